"""In which directions do the images vary? Their mean, their spread, and the first principal components as pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.pixels import Images, to_unit
from aelab.studies.spec import StudySpec


@dataclass(frozen=True)
class Config(BaseConfig):
    """How many components, from how many images."""

    components: int = field(10, "Components", "How many eigenimages to draw.", low=1, high=64)
    limit: int = field(2000, "Images", "Training images to look at, chosen by chance.", low=10, high=20_000)
    seed: int = field(0, "Seed", "Chooses the images.", low=0, high=2**32 - 1)


@dataclass(frozen=True)
class Eigenimages:
    """How training images vary.

    Attributes
    ----------
    mean, deviation : ndarray, float32 (H, W, C)
        In [0, 1]; the deviation is the standard deviation of each pixel.
    components : ndarray, float32 (K, H, W, C)
        Unit vectors, each with its largest value positive; K may be smaller than asked for, and is 0 where
        there is one image, or all are the same.
    explained : ndarray, float64 (K,)
        The share of the variance that each explains.
    n : int
        Images they were found from.
    """

    mean: Images
    deviation: Images
    components: Images
    explained: npt.NDArray[np.float64]
    n: int


def run(dataset: Dataset, config: Config) -> Eigenimages:
    """Find the principal components of training images.

    References
    ----------
    M. Turk and A. Pentland (1991), Eigenfaces for recognition. doi:10.1162/jocn.1991.3.1.71
    """
    train = dataset.indices("train")
    count = min(config.limit, len(train))
    chosen = np.sort(np.random.default_rng(config.seed).choice(train, count, replace=False))
    images = to_unit(np.concatenate([part for part, _ in dataset.chunks(chosen)]))
    flat = images.reshape(count, -1)
    components, explained = _principal(flat, min(config.components, count - 1, flat.shape[1]), config.seed)
    largest = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
    return Eigenimages(
        mean=images.mean(axis=0, dtype=np.float64).astype(np.float32),
        deviation=images.std(axis=0, dtype=np.float64).astype(np.float32),
        components=(components * np.sign(largest)).reshape(-1, *dataset.shape),
        explained=explained,
        n=count,
    )


def _principal(flat: Images, count: int, seed: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    """Return the components of images (N, D), float32 (K, D), and the share that each explains, float64 (K,)."""
    from scipy.sparse.linalg import svds  # noqa: PLC0415 - scikit-learn's PCA would cost the server 50 MB

    count = min(count, min(flat.shape) - 1)
    if count < 1 or (flat == flat[0]).all():
        return np.zeros((0, flat.shape[1]), np.float32), np.zeros(0)
    centred = flat - flat.mean(axis=0)
    _, singular, components = svds(centred, count, random_state=seed)
    explained = np.square(singular, dtype=np.float64) / np.square(centred, dtype=np.float64).sum()
    return components[::-1].astype(np.float32), explained[::-1]


def as_pictures(components: Images) -> Images:
    """Return components as images in [0, 1]: 0.5 is no change, and the largest change of each is 0 or 1."""
    largest = np.abs(components).max(axis=(1, 2, 3), keepdims=True)
    shown: Images = (0.5 + 0.5 * components / np.maximum(largest, np.finfo(np.float32).tiny)).astype(np.float32)
    return shown


SPEC = StudySpec(
    name="eigenimages",
    label=N_("Eigenimages"),
    question=N_("In which directions do the images vary?"),
    subject="dataset",
    config=Config,
    run=run,
)
