"""How sure is an agreement? Intervals over images: the clusters stay, other images of the same kind are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.clustering import agreement
from aelab.metrics.estimate import Estimate

#: What is measured of each table, in this order.
MEASURES: Final = {
    "accuracy": agreement.accuracy,
    "nmi": agreement.normalized_mutual_information,
    "ari": agreement.adjusted_rand_index,
}
DRAWS: Final = 500
_ENDS = (2.5, 97.5)  # per cent: 95% lie between them

Draws = npt.NDArray[np.float64]


def draws(classes: npt.ArrayLike, clusters: npt.ArrayLike, seed: int, count: int = DRAWS) -> Draws:
    """Return the measures of images drawn with replacement, float64 (count, 3); matched anew each time.

    Those of the same classes and seed are the same draws of images, so that two clusterings can be held against each
    other draw by draw.

    Parameters
    ----------
    classes, clusters : array_like, int (N,)
        At least one image; numbers from 0.
    seed, count : int

    References
    ----------
    B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13 (percentiles), here of the
    draws brought to the mean of what was measured.
    """
    shape = (int(np.max(classes)) + 1, int(np.max(clusters)) + 1)
    flat = np.asarray(classes, np.int64) * shape[1] + np.asarray(clusters, np.int64)
    rng = np.random.default_rng(seed)
    found = np.empty((count, len(MEASURES)))
    for draw in found:
        chosen = flat[rng.integers(0, len(flat), len(flat))]
        counts = np.bincount(chosen, minlength=shape[0] * shape[1]).reshape(shape)
        draw[:] = [measure(counts) for measure in MEASURES.values()]
    return found


def estimates(counts: agreement.Counts, drawn: Draws) -> dict[str, Estimate]:
    """Return each measure of a table with the 95% interval of its draws."""
    return {
        name: _with_interval(measure(counts), drawn[:, place], int(counts.sum()))
        for place, (name, measure) in enumerate(MEASURES.items())
    }


def leads(one: Mapping[str, Estimate], other: Mapping[str, Estimate], apart: Draws) -> dict[str, Estimate]:
    """Return by how much one clustering leads another, by measure; `apart` is the difference of their draws."""
    return {
        name: _with_interval(one[name].mean - other[name].mean, apart[:, place], one[name].n)
        for place, name in enumerate(MEASURES)
    }


def _with_interval(value: float, drawn: Draws, n: int) -> Estimate:
    """Put the interval of draws around a value: an image that is drawn twice agrees with itself, which lifts each."""
    low, high = np.percentile(drawn - drawn.mean(), _ENDS)
    return Estimate(value, value + float(low), value + float(high), n)
