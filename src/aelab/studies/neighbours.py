"""Which images are most like this one, pixel by pixel, and by their codes?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.inference import Codes


@dataclass(frozen=True)
class Neighbours:
    """The nearest neighbours of an image.

    Attributes
    ----------
    indices : ndarray, int64 (K,)
        Into the dataset, the nearest first; never the image itself.
    distances : ndarray, float64 (K,)
        In pixels: root mean square difference, in [0, 1]. In codes: Euclidean.
    """

    indices: npt.NDArray[np.int64]
    distances: npt.NDArray[np.float64]


def neighbours(dataset: Dataset, index: int, count: int = 9, among: npt.NDArray[np.intp] | None = None) -> Neighbours:
    """Compare the pixels of an image with those of others, in memory for some thousand of them.

    Parameters
    ----------
    dataset : Dataset
    index : int
    count : int
        How many neighbours; fewer where there are not as many images.
    among : ndarray, int (N,), optional
        Which images to compare with; without it, all of them.
    """
    among = dataset.indices() if among is None else among
    image = dataset.take([index])[0].astype(np.float32)
    squares = np.concatenate(
        [np.square(images - image).reshape(len(images), -1).mean(axis=1) for images, _ in dataset.chunks(among)]
    )
    places, nearest = _smallest(squares, among, index, count)
    return Neighbours(places, np.sqrt(nearest) / 255.0)


def code_neighbours(codes: Codes, indices: npt.NDArray[np.intp], index: int, count: int = 9) -> Neighbours:
    """Compare the code of an image with those of others.

    Parameters
    ----------
    codes : ndarray, float32 (N, K)
    indices : ndarray, int (N,)
        Which images of the dataset the codes are of; `index` is among them.
    index : int
    count : int
        How many neighbours; fewer where there are not as many images.
    """
    (place,) = np.flatnonzero(indices == index)
    squares = np.square(codes - codes[place]).sum(axis=1, dtype=np.float64)
    places, nearest = _smallest(squares, indices, index, count)
    return Neighbours(places, np.sqrt(nearest))


def _smallest(
    squares: npt.NDArray[np.floating], indices: npt.NDArray[np.intp], index: int, count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the images with the smallest squares, the least first and never the image itself, and these squares."""
    squares[indices == index] = np.inf
    count = max(0, min(count, int(np.isfinite(squares).sum())))
    if not count:
        return np.zeros(0, np.int64), np.zeros(0)
    nearest = np.argpartition(squares, count - 1)[:count]
    nearest = nearest[np.argsort(squares[nearest], kind="stable")]
    return indices[nearest].astype(np.int64), squares[nearest].astype(np.float64)
