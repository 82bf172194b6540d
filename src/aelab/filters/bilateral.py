"""The bilateral filter: smooth among neighbours that look alike, so that edges stay.

Written here because scikit-image 0.26's ``denoise_bilateral`` smooths askew: its table of distances is one wider than
the odd window that is looked up in it, so that a single white pixel comes back as a crooked arc beside its place.
"""

from __future__ import annotations

import itertools
import math
from typing import Final

import numpy as np

from aelab.errors import N_
from aelab.filters._images import in_range
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images

TRUNCATE: Final = 3.0  # of sigma_spatial: how far the window reaches
_CHUNK_VALUES = 2**16  # few enough for the processor's cache


def restore(noisy: Images, known: Known, *, sigma_color: float, sigma_spatial: float) -> Images:
    """Return images (N, H, W, C) restored by the bilateral filter, mirrored at their edges.

    The channels of a pixel are averaged together, with a weight for how alike the pixels are as a whole.

    Parameters
    ----------
    sigma_color : float
        How far apart two pixels may be (root mean square over the channels) and still count as alike, in units of the
        [0, 1] range.
    sigma_spatial : float
        In pixels.
    """
    restored = np.empty(noisy.shape, np.float32)
    step = max(1, _CHUNK_VALUES // math.prod(noisy.shape[1:]))
    for start in range(0, len(noisy), step):
        some = noisy[start : start + step]
        restored[start : start + step] = _smoothed(some, sigma_color, sigma_spatial)
    return in_range(restored)


def _smoothed(images: Images, sigma_color: float, sigma_spatial: float) -> Images:
    """Return the weighted means of some images, one shift of the whole stack after another."""
    reach = math.ceil(TRUNCATE * sigma_spatial)
    values = np.ascontiguousarray(np.moveaxis(images, -1, 0))  # (C, n, H, W): sums over channels are sums of planes
    padded = np.pad(values, ((0, 0), (0, 0), (reach, reach), (reach, reach)), mode="symmetric")
    channels, _, height, width = values.shape
    total, weights = np.zeros_like(values), np.zeros_like(values[0])
    for down, right in itertools.product(range(2 * reach + 1), repeat=2):
        near = padded[:, :, down : down + height, right : right + width]
        weight = np.square(near - values).sum(axis=0)
        weight *= np.float32(-1 / (2 * channels * sigma_color**2))
        weight -= np.float32(((down - reach) ** 2 + (right - reach) ** 2) / (2 * sigma_spatial**2))
        np.exp(weight, out=weight)
        weights += weight
        total += weight * near
    return np.moveaxis(total / weights, 0, -1)


SPEC = FilterSpec(
    name="bilateral",
    label=N_("Bilateral filter"),
    summary=N_("Averages neighbours of similar colour only, all channels together, so that edges stay sharp."),
    settings={
        "sigma_color": (0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7, 1.0),
        "sigma_spatial": (0.5, 0.75, 1.0, 1.5, 2.0),
    },
    restore=restore,
    source=(
        "Tomasi & Manduchi (1998), Bilateral filtering for gray and color images, ICCV, 839-846, "
        "doi:10.1109/ICCV.1998.710815"
    ),
    equation=(
        r"\hat{x}_i \propto \sum_j e^{-\|i - j\|^2 / 2 \sigma_s^2} "
        r"e^{-\|\tilde{x}_i - \tilde{x}_j\|^2 / 2 C \sigma_c^2} \, \tilde{x}_j"
    ),
    order=50,
)
