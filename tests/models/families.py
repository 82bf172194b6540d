"""Train a family on a few hundred digits."""

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


def trained(model: str, images: np.ndarray, **settings: Any) -> Trained:
    """Train an architecture on uint8 images (N, H, W, C)."""
    kept = Kept()
    networks = train(plan(model, settings), TrainingImages(images, images[:50]), kept)
    return Trained(networks, networks.encode(to_unit(images)), kept.epochs[-1].train)
