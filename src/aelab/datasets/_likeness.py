"""Tell whether two pictures whose hashes are near show the same: do their thumbnails correlate?

A perceptual hash keeps 64 bits of a picture; of handwriting, where much is black, that is too little to
tell two people's ones apart.  Their thumbnails still can, brightness and contrast left aside.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

UInt8 = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_CORRELATION = 0.99
_FARTHEST = 2 * (1 - _CORRELATION)  # squared distance of two standardised thumbnails that correlate so
_FLAT = 8.0  # grey levels of standard deviation: what has less is flat, and its noise is not made larger
_POOL = 4  # pixels, each way
_AT_ONCE = 4096


class Likeness:
    """The thumbnails of a dataset, ready to be compared in pairs.

    Parameters
    ----------
    small : ndarray, uint8 (N, 32, 32)
    """

    def __init__(self, small: UInt8) -> None:
        self._pixels = small.reshape(len(small), -1)
        side = small.shape[1] // _POOL
        pools = small.reshape(len(small), side, _POOL, side, _POOL).sum(axis=(2, 4), dtype=np.float32)
        squares = np.einsum("ij,ij->i", self._pixels, self._pixels, dtype=np.float32, casting="unsafe")
        size = self._pixels.shape[1]
        self._means = pools.sum(axis=(1, 2)) / size
        self._scales = np.sqrt(np.maximum(squares - size * self._means**2, size * _FLAT**2))
        centred = pools.reshape(len(small), -1) / _POOL - _POOL * self._means[:, None]
        self._coarse = centred / self._scales[:, None]

    def holds(self, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Tell for each pair (P, 2) of indices whether the two correlate by 0.99 (or both are flat)."""
        found = np.zeros(len(pairs), np.bool_)
        for start in range(0, len(pairs), _AT_ONCE):
            found[start : start + _AT_ONCE] = self._few(pairs[start : start + _AT_ONCE])
        return found

    def _few(self, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        # Pooling is a projection, which brings no two points farther apart: what is too far even in 64
        # numbers need not be compared in 1,024.
        near = _squared(self._coarse[pairs[:, 0]] - self._coarse[pairs[:, 1]]) <= _FARTHEST + 1e-5
        one, other = pairs[near].T
        near[near] = _squared(self._standardised(one) - self._standardised(other)) <= _FARTHEST
        return near

    def _standardised(self, indices: npt.NDArray[np.int64]) -> Floats:
        centred: Floats = self._pixels[indices] - self._means[indices, None]
        standardised: Floats = centred / self._scales[indices, None]
        return standardised


def _squared(vectors: Floats) -> Floats:
    lengths: Floats = np.einsum("ij,ij->i", vectors, vectors)
    return lengths
