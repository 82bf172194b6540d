"""The known causes of images as kinds: what cannot be counted is cut into bins first.

The papers draw factors of a few values each, and images of which some have the same value. No two images have the same
value of a continuous factor, such as those of drawn shapes: each is cut into equal-width bins, and images of one bin
count as having the same value. An image's position within its bin is what the scores then take for noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError

#: Bins of a continuous factor.
FACTOR_BINS: Final = 10
#: Bins of each number of a code, as in Locatello et al. (2019), arXiv:1811.12359, appendix C.
CODE_BINS: Final = 20

Values = npt.NDArray[np.floating]
Kinds = npt.NDArray[np.int64]


def kinds_of(factors: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, Kinds]:
    """Return each factor that varies as numbers from 0, int64 (N,): classes as they are, the rest in bins.

    Raises
    ------
    LabError
        If fewer than two factors vary: nothing could be told from anything.
    """
    found = {name: _kinds(np.asarray(values)) for name, values in factors.items()}
    varying = {name: kinds for name, kinds in found.items() if kinds.max(initial=0) > 0}
    if len(varying) < 2:
        raise LabError(
            "Disentanglement needs images of which at least two causes are known and vary; here there are {count}. Use "
            "a run on drawn shapes.",
            count=len(varying),
        )
    return varying


def is_discrete(values: npt.NDArray[np.generic]) -> bool:
    """Return whether a factor is a kind, such as a shape, and no quantity."""
    return bool(np.issubdtype(values.dtype, np.integer))


def binned(values: npt.NDArray[np.generic], bins: int) -> Kinds:
    """Return the bin of each value (N,), from 0, of `bins` equal ones between the least and the largest."""
    numbers = np.asarray(values, np.float64)
    low, high = float(numbers.min()), float(numbers.max())
    if low == high:
        return np.zeros(len(numbers), np.int64)
    return np.asarray(np.minimum(bins * (numbers - low) / (high - low), bins - 1), np.int64)


def _kinds(values: npt.NDArray[np.generic]) -> Kinds:
    if is_discrete(values):
        return np.asarray(np.unique(values, return_inverse=True)[1], np.int64)
    return np.asarray(np.unique(binned(values, FACTOR_BINS), return_inverse=True)[1], np.int64)
