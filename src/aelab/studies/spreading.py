"""An order of the points of a map of which every beginning is spread over all of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_FINEST = 12  # halvings of the map; below that, neighbours stand on each other anyway


def spread_order(coordinates: npt.ArrayLike, count: int, seed: int = 0) -> npt.NDArray[np.intp]:
    """Return at most `count` rows of coordinates (N, d), the most widely spread first.

    The map is halved along each axis again and again; each time, every cell in which no point was taken yet gives
    one, drawn with `seed`. So lonely points come as early as those of a crowd, and each part of the map that is
    looked at closely has some.
    """
    points = np.asarray(coordinates, np.float64)
    low, size = points.min(axis=0), np.ptp(points, axis=0).max()
    share = np.clip((points - low) / max(float(size), 1e-300), 0.0, 1.0 - 1e-9)
    order = np.random.default_rng(seed).permutation(len(points))
    taken: list[npt.NDArray[np.intp]] = []
    left = order
    for level in range(_FINEST):
        if not len(left) or sum(map(len, taken)) >= count:
            break
        cells = _cells(share, level)
        held = np.unique(cells[np.concatenate(taken)]) if taken else np.zeros(0, np.int64)
        free = left[~np.isin(cells[left], held)]
        _, first = np.unique(cells[free], return_index=True)
        chosen = free[np.sort(first)]
        taken.append(chosen)
        left = left[~np.isin(left, chosen)]
    return np.concatenate([*taken, left])[:count]


def _cells(share: npt.NDArray[np.float64], level: int) -> npt.NDArray[np.int64]:
    """Return the number of the cell that each point lies in, when each axis has 2^level of them."""
    sides = (share * 2**level).astype(np.int64)
    weights = (2 ** (level * np.arange(share.shape[1]))).astype(np.int64)
    return np.asarray(sides @ weights)
