"""In which order validation images are taken: a worker shows the first of them, and the server says what they are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def taking_turns(indices: npt.NDArray[np.intp], labels: npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
    """Return the indices in an order in which the classes take turns, so that the first few are of many classes."""
    codes = labels[indices]
    by_class = np.argsort(codes, kind="stable")
    _, starts, counts = np.unique(codes[by_class], return_index=True, return_counts=True)
    turn = np.empty(len(indices), np.intp)
    turn[by_class] = np.arange(len(indices)) - np.repeat(starts, counts)
    return indices[np.lexsort((codes, turn))]
