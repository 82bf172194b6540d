"""Structural similarity, in the variant of the original paper, for a whole batch at once.

The paper's window is a Gaussian of 11 by 11 pixels, and only windows that lie inside the image count.
A Gaussian is separable, so the local means of a batch are two matrix products, which the processor
does far faster than it slides a window over one image after another.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import numpy as np

from aelab.errors import N_, LabError
from aelab.metrics._pairs import Images, check_pairs, chunk_length, measure_pairs
from aelab.metrics.spec import Floats, MetricSpec

WINDOW: Final = 11
SIGMA: Final = 1.5
K1: Final = 0.01
K2: Final = 0.03

# Each product is of (24, 34) by (34, 256) at most. Wider bands multiply more zeros, narrower ones make more calls.
# Above 2**18 multiplications OpenBLAS starts threads, which wait for each other where other programs keep the
# processor busy: on two cores, one of them taken, that was measured to last up to 75 times as long.
_BAND = 24
_COLUMNS = 256


def ssim(reference: Images, candidate: Images, *, data_range: float) -> Floats:
    """Return the mean structural similarity of each pair of images.

    Gaussian window of 11 by 11 pixels with sigma 1.5, K1 = 0.01, K2 = 0.03, population covariance;
    averaged over the windows inside the image and over the channels. The same as scikit-image's
    ``structural_similarity(x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    data_range=..., channel_axis=-1)`` [2]_, whose defaults are another variant.

    Parameters
    ----------
    reference, candidate : ndarray, (N, H, W, C)
        H and W at least 11.
    data_range : float
        Distance between the lowest and the highest possible intensity.

    Returns
    -------
    ndarray, float64 (N,)
        At most 1, which identical images give exactly; negative where structures are opposed.

    Raises
    ------
    LabError
        If a side is shorter than 11 pixels, the arrays cannot be compared, or `data_range` is not above 0.

    References
    ----------
    .. [1] Wang, Bovik, Sheikh & Simoncelli (2004), Image quality assessment: from error visibility to
       structural similarity, IEEE Transactions on Image Processing 13(4), 600-612,
       doi:10.1109/TIP.2003.819861
    .. [2] https://scikit-image.org/docs/stable/api/skimage.metrics.html

    Examples
    --------
    >>> image = np.linspace(0, 1, 256).reshape(1, 16, 16, 1)
    >>> ssim(image, image, data_range=1.0)
    array([1.])
    """
    check_pairs(reference, candidate, data_range)
    height, width = reference.shape[1:3]
    if min(height, width) < WINDOW:
        raise LabError(
            "SSIM needs images of at least {least} × {least} pixels; these are {height} × {width}.",
            least=WINDOW,
            height=height,
            width=width,
        )
    scratch = np.empty((2, 4 * chunk_length(reference) * math.prod(reference.shape[1:])))
    return measure_pairs(lambda x, y: _ssim(x, y, float(data_range), scratch), reference, candidate, data_range)


def _ssim(x: Floats, y: Floats, data_range: float, scratch: Floats) -> Floats:
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

    high, wide = height - WINDOW + 1, width - WINDOW + 1
    rows = _view(scratch[1], high, 4 * n * channels * width)
    _slide(maps.reshape(height, -1), out=rows)
    means = _view(scratch[0], high * 4 * n * channels, wide)
    _slide(rows.reshape(-1, width).T, out=means.T)

    moments = means.reshape(high, 2, 2, n, channels, wide)  # second axis: mean, variance; third: s, d
    np.square(moments[:, 0], out=moments[:, 0])
    moments[:, 1] -= moments[:, 0]
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


def _slide(values: Floats, out: Floats) -> None:
    """Put into `out` (L - 10, M) the Gaussian means of every 11 neighbours along the first axis of (L, M)."""
    for start in range(0, len(out), _BAND):
        stop = min(start + _BAND, len(out))
        weights, band = _weights(stop - start), values[start : stop + WINDOW - 1]
        for left in range(0, values.shape[1], _COLUMNS):
            columns = slice(left, left + _COLUMNS)
            np.matmul(weights, band[:, columns], out=out[start:stop, columns])


@cache
def _weights(count: int) -> Floats:
    """Return the banded matrix (count, count + 10) with the Gaussian window in each row."""
    offsets = np.arange(WINDOW) - WINDOW // 2
    window = np.exp(-0.5 * (offsets / SIGMA) ** 2)
    window /= window.sum()
    weights = np.zeros((count, count + WINDOW - 1))
    for row in range(count):
        weights[row, row : row + WINDOW] = window
    return weights


SPEC = MetricSpec(
    name="ssim",
    label=N_("Structural similarity"),
    symbol=N_("SSIM"),
    unit="",
    direction="higher",
    definition=N_(
        "Agreement of brightness, contrast and structure in sliding Gaussian windows of 11 × 11 pixels (sigma 1.5), "
        "averaged over the image; 1 means identical."
    ),
    equation=(
        r"\mathrm{SSIM}(x, y) = \frac{(2 \mu_x \mu_y + C_1)(2 \sigma_{xy} + C_2)}"
        r"{(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)},"
        r"\quad C_1 = (0.01 R)^2,\; C_2 = (0.03 R)^2"
    ),
    source=(
        "Wang, Bovik, Sheikh & Simoncelli (2004), Image quality assessment: from error visibility to structural "
        "similarity, IEEE Transactions on Image Processing 13(4), 600-612, doi:10.1109/TIP.2003.819861"
    ),
    per_image=ssim,
    decimals=4,
    order=30,
)
