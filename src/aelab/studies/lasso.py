"""Which points of a map lie in a line drawn around them by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def inside(points: npt.ArrayLike, polygon: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return for each point (N, 2) whether it lies in a polygon of corners (M, 2), whose ends are joined.

    By the even-odd rule: a ray from the point to the right crosses an odd number of sides. Where the line crosses
    itself, what it goes around twice is outside. Nothing lies in fewer than three corners.

    References
    ----------
    .. [1] M. Shimrat, "Algorithm 112: Position of point relative to polygon", Commun. ACM 5(8), 1962.
       https://doi.org/10.1145/368637.368653
    """
    x, y = np.asarray(points, np.float64).reshape(-1, 2).T
    corners: Floats = np.asarray(polygon, np.float64).reshape(-1, 2)
    found = np.zeros(len(x), bool)
    if len(corners) < 3:
        return found
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))
    x, y = x[near], y[near]
    odd = np.zeros(len(near), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 == y2:
            continue  # a level side meets no level ray in one point
        crosses = (y < y1) != (y < y2)
        odd ^= crosses & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    found[near] = odd
    return found
