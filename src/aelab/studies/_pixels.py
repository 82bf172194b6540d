"""What codes are held against: the pixels of the same images, and as many of their principal components."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.pixels import to_unit

_AT_ONCE = 256
_MOST_VALUES = 12_000_000  # of all pixels together: a worker that holds them a few times takes half a gigabyte

Values = npt.NDArray[np.float32]


def room_for(dataset: Dataset, limit: int) -> int:
    """Return how many images there is room for with all their pixels; no more than `limit`, unless that is 0."""
    room = max(1, _MOST_VALUES // math.prod(dataset.shape))
    return min(limit or room, room)


def pixels_of(dataset: Dataset, indices: npt.NDArray[np.intp]) -> Values:
    """Return the pixels of images in [0, 1], float32 (N, H · W · C)."""
    values = np.empty((len(indices), math.prod(dataset.shape)), np.float32)
    for start in range(0, len(indices), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        values[part] = to_unit(dataset.take(indices[part])).reshape(-1, values.shape[1])
    return values


def components_of(values: Values, count: int, seed: int) -> Values:
    """Return the first principal components of values (N, D) as float32 (N, min(count, N, D)), fitted on the same."""
    from sklearn.decomposition import PCA  # noqa: PLC0415 - a second to import
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - it has to look for the libraries that came just now

    pca = PCA(min(count, *values.shape), random_state=seed)
    with threadpool_limits(1):
        return np.asarray(pca.fit_transform(values), np.float32)
