"""Which images a training takes, and in which order it shows those of validation; the server says what they are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]


def taking_turns(indices: Indices, labels: npt.NDArray[np.int32]) -> Indices:
    """Return the indices in an order in which the classes take turns, so that the first few are of many classes."""
    codes = labels[indices]
    by_class = np.argsort(codes, kind="stable")
    _, starts, counts = np.unique(codes[by_class], return_index=True, return_counts=True)
    turn = np.empty(len(indices), np.intp)
    turn[by_class] = np.arange(len(indices)) - np.repeat(starts, counts)
    return indices[np.lexsort((codes, turn))]


def limited(indices: Indices, labels: npt.NDArray[np.int32], limit: int) -> Indices:
    """Return `limit` of the indices, evenly over the classes and the same for every seed; all if 0.

    A smaller limit's images are among a larger one's, so that learning curves over the number of
    images compare like with like.
    """
    if limit == 0 or limit >= len(indices):
        return indices
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(indices)
    rank = np.empty(len(shuffled))
    for label in np.unique(labels[shuffled]):
        members = np.flatnonzero(labels[shuffled] == label)
        rank[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.sort(shuffled[np.argsort(rank, kind="stable")[:limit]])
