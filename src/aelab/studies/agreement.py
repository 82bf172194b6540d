"""Do two runs find the same images alike?

Each image's nearest neighbours are looked up in either run's codes, among the same test images.  Neighbourhoods can be
held against one another where coordinates cannot: the codes may differ in scale, direction and number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.projections.nearest import nearest_others
from aelab.studies.map_quality import NEIGHBOURS

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Agreement:
    """How far the neighbourhoods in two codes are the same.

    Attributes
    ----------
    shared : ndarray, float64 (N,)
        Of each image's nearest neighbours in one code, the share that are among those in the other.
    overlap : Estimate
        Their mean: 1 where the two agree on every neighbour.
    chance : float
        What neighbours that are drawn by lot would come to: k / (N - 1).
    neighbours : int
        k: 10, or fewer where there are not as many other images.
    """

    shared: npt.NDArray[np.float64]
    overlap: Estimate
    chance: float
    neighbours: int


def agreement(one: npt.NDArray[np.floating], other: npt.NDArray[np.floating]) -> Agreement:
    """Compare two runs' codes of the same N images, (N, K) and (N, L).

    Raises
    ------
    LabError
        If there are fewer than three images, so that neighbours have no choice.
    """
    if len(one) < 3:
        raise LabError("Neighbours can be compared among at least 3 images; there are {count}.", count=len(one))
    # With all the others as neighbours, any two codes agree.
    count = min(NEIGHBOURS, len(one) - 2)
    shared = shared_neighbours(nearest_others(one, count)[0], nearest_others(other, count)[0])
    return Agreement(shared, mean_with_interval(shared), count / (len(one) - 1), count)


def shared_neighbours(one: Indices, other: Indices) -> npt.NDArray[np.float64]:
    """Return the share of each row's neighbours (N, k) that are in the same row of the other, (N,)."""
    return np.asarray((one[:, :, None] == other[:, None, :]).any(axis=2).mean(axis=1), np.float64)


def purity_by_chance(labels: npt.NDArray[np.integer]) -> float:
    """Return the purity of neighbours that are drawn by lot: how often two images with a class have the same one."""
    counts = np.unique(labels[labels >= 0], return_counts=True)[1]
    total = counts.sum()
    return float((counts * (counts - 1)).sum() / (total * (total - 1))) if total > 1 else float("nan")
