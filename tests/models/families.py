"""Train a family on a few hundred digits, or on images of which every kind is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from labs import Kept

from aelab.pixels import to_unit
from aelab.training.config import plan
from aelab.training.loop import TrainingImages, train
from aelab.training.networks import Networks


@dataclass(frozen=True)
class Trained:
    """What a training gave.

    Attributes
    ----------
    networks : Networks
    codes : ndarray (N, K)
        Of the training images.
    last : mapping of str to float
        Parts of the loss in the last epoch, on the training images.
    """

    networks: Networks
    codes: np.ndarray
    last: Mapping[str, float]


def trained(model: str, images: np.ndarray, labels: np.ndarray | None = None, **settings: Any) -> Trained:
    """Train an architecture on uint8 images (N, H, W, C), told their classes (N,) if it is conditional."""
    kept = Kept()
    told = labels, None if labels is None else labels[:50]
    networks = train(plan(model, settings), TrainingImages(images, images[:50], *told), kept)
    return Trained(networks, networks.encode(to_unit(images), labels), kept.epochs[-1].train)


_PLACES, _SIDE, _RADIUS = 8, 12, 0.3  # spots on a ring, whose radius is this share of the side
_SAMPLES = 800
_CLOSE = 0.4  # of a spot's own squares, that an image may be from it


def ring(count: int) -> np.ndarray:
    """Draw a spot of light near one of eight places on a ring in each image, uint8 (count, 12, 12, 1)."""
    rng = np.random.default_rng(0)
    places = _places()[rng.integers(_PLACES, size=count)] + rng.normal(0, 0.1, (count, 2))
    return np.rint(255 * _spots(places)).astype(np.uint8)[..., None]


def covered(model: str, images: np.ndarray, **settings: Any) -> np.ndarray:
    """Train a generative family on a ring; return how many of 800 samples are a spot at each of the eight places."""
    networks = train(plan(model, settings), TrainingImages(images, images[:50]), Kept())
    codes = np.random.default_rng(1).standard_normal((_SAMPLES, settings["latent_dim"]), dtype=np.float32)
    spots = _spots(_places())
    errors = np.square(networks.decode(codes)[:, None, ..., 0] - spots).sum(axis=(2, 3)) / np.square(spots[0]).sum()
    close = errors.min(axis=1) < _CLOSE
    return np.bincount(errors.argmin(axis=1)[close], minlength=_PLACES)


def _places() -> np.ndarray:
    turns = 2 * np.pi * np.arange(_PLACES) / _PLACES
    return (_SIDE - 1) / 2 + _RADIUS * _SIDE * np.stack([np.sin(turns), np.cos(turns)], axis=1)


def _spots(places: np.ndarray) -> np.ndarray:
    """Return an image for each place, (N, 12, 12): light that falls off as a Gaussian does."""
    rows, columns = np.mgrid[:_SIDE, :_SIDE]
    squares = np.square(rows - places[:, 0, None, None]) + np.square(columns - places[:, 1, None, None])
    return np.exp(-squares / 2)
