"""Which images are most like this one, pixel by pixel?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset


@dataclass(frozen=True)
class Neighbours:
    """The nearest neighbours of an image.

    Attributes
    ----------
    indices : ndarray, int64 (K,)
        Into the dataset, the nearest first; never the image itself.
    distances : ndarray, float64 (K,)
        Root mean square difference of the pixels, in [0, 1].
    """

    indices: npt.NDArray[np.int64]
    distances: npt.NDArray[np.float64]


def neighbours(dataset: Dataset, index: int, count: int = 9) -> Neighbours:
    """Compare an image with every other of the dataset, in memory for some thousand of them.

    Parameters
    ----------
    dataset : Dataset
    index : int
    count : int
        How many neighbours; fewer where there are not as many images.
    """
    image = dataset.take([index])[0].astype(np.float32)
    squares = np.concatenate(
        [
            np.square(images - image).reshape(len(images), -1).mean(axis=1)
            for images, _ in dataset.chunks(dataset.indices())
        ]
    )
    squares[index] = np.inf
    count = min(count, len(squares) - 1)
    nearest = np.argpartition(squares, count - 1)[:count]
    nearest = nearest[np.argsort(squares[nearest], kind="stable")]
    return Neighbours(nearest.astype(np.int64), np.sqrt(squares[nearest].astype(np.float64)) / 255.0)
