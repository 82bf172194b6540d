"""Structural similarity for a whole batch at once, whatever the window.

The window slides over the image, and only where it lies inside the image counts.  The windows of both variants are
separable, so the local means of a batch are two matrix products, which the processor does far faster than it slides a
window over one image after another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from aelab.errors import LabError
from aelab.metrics._pairs import Images, check_pairs, chunk_length, measure_pairs
from aelab.metrics.spec import Floats

K1: Final = 0.01
K2: Final = 0.03

# Each product is of (24, 34) by (34, 256) at most. Wider bands multiply more zeros, narrower ones make more calls.
# Above 2**18 multiplications OpenBLAS starts threads, which wait for each other where other programs keep the
# processor busy: on two cores, one of them taken, that was measured to last up to 75 times as long.
_BAND = 24
_COLUMNS = 256


@dataclass(frozen=True)
class Window:
    """What local means are taken over.

    Attributes
    ----------
    weights : tuple of float
        Along one side, summing to 1; the window is their outer product with themselves.
    spread : float
        What variances and the covariance are multiplied by: 1 for those of a population, n / (n - 1) for those of a
        sample of the n pixels of the window.
    """

    weights: tuple[float, ...]
    spread: float = 1.0


def structural_similarity(reference: Images, candidate: Images, data_range: float, window: Window) -> Floats:
    """Return the mean structural similarity of each pair, float64 (N,); errors as `ssim` has them."""
    check_pairs(reference, candidate, data_range)
    height, width = reference.shape[1:3]
    least = len(window.weights)
    if min(height, width) < least:
        raise LabError(
            "SSIM needs images of at least {least} × {least} pixels; these are {height} × {width}.",
            least=least,
            height=height,
            width=width,
        )
    scratch = np.empty((2, 4 * chunk_length(reference) * math.prod(reference.shape[1:])))
    return measure_pairs(lambda x, y: _ssim(x, y, float(data_range), window, scratch), reference, candidate, data_range)


def _ssim(x: Floats, y: Floats, data_range: float, window: Window, scratch: Floats) -> Floats:
    """Return SSIM (n,) of float64 pairs (n, H, W, C), working in the two rows of `scratch` by turns.

    Sum s = x + y and difference d = x - y replace x and y, because the formula then needs four local
    means instead of five, and is exactly 1 for identical images and exactly symmetric:

    4 μx μy = μs² - μd²,  2 (μx² + μy²) = μs² + μd²,  4 σxy = σs² - σd²,  2 (σx² + σy²) = σs² + σd².
    """
    n, height, width, channels = x.shape
    maps = _view(scratch[0], height, 4, n, channels, width)  # rows first, columns last: no copies on the way
    x, y = x.transpose(1, 0, 3, 2), y.transpose(1, 0, 3, 2)
    np.add(x, y, out=maps[:, 0])
    np.subtract(x, y, out=maps[:, 1])
    np.square(maps[:, :2], out=maps[:, 2:])

    reach = len(window.weights) - 1
    high, wide = height - reach, width - reach
    rows = _view(scratch[1], high, 4 * n * channels * width)
    _slide(window, maps.reshape(height, -1), out=rows)
    means = _view(scratch[0], high * 4 * n * channels, wide)
    _slide(window, rows.reshape(-1, width).T, out=means.T)

    moments = means.reshape(high, 2, 2, n, channels, wide)  # second axis: mean, variance; third: s, d
    np.square(moments[:, 0], out=moments[:, 0])
    moments[:, 1] -= moments[:, 0]
    moments[:, 1] *= window.spread
    terms = _view(scratch[1], 2, high, 2, n, channels, wide)  # numerators and denominators of two fractions
    np.subtract(moments[:, :, 0], moments[:, :, 1], out=terms[0])
    np.add(moments[:, :, 0], moments[:, :, 1], out=terms[1])
    terms[:, :, 0] += 2 * (K1 * data_range) ** 2  # twice the paper's C1 and C2: so are all the other terms
    terms[:, :, 1] += 2 * (K2 * data_range) ** 2
    fractions = np.divide(terms[0], terms[1], out=terms[0])
    similarity: Floats = np.multiply(fractions[:, 0], fractions[:, 1], out=fractions[:, 0])
    averages: Floats = similarity.mean(axis=(0, 2, 3))
    return averages


def _view(row: Floats, *shape: int) -> Floats:
    return row[: math.prod(shape)].reshape(shape)


def _slide(window: Window, values: Floats, out: Floats) -> None:
    """Put into `out` (L - k + 1, M) the weighted means of every k neighbours along the first axis of (L, M)."""
    for start in range(0, len(out), _BAND):
        stop = min(start + _BAND, len(out))
        weights = _banded(window.weights, stop - start)
        band = values[start : start + weights.shape[1]]
        for left in range(0, values.shape[1], _COLUMNS):
            columns = slice(left, left + _COLUMNS)
            np.matmul(weights, band[:, columns], out=out[start:stop, columns])


@cache
def _banded(weights: tuple[float, ...], count: int) -> Floats:
    """Return the matrix (count, count + k - 1) with the k weights in each row, each row further to the right."""
    banded = np.zeros((count, count + len(weights) - 1))
    for row in range(count):
        banded[row, row : row + len(weights)] = weights
    return banded
