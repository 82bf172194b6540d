"""Occlusion: something stands before the camera, and a whole part of the image is not seen.

DeVries and Taylor, Improved regularization of convolutional neural networks with cutout, 2017, arXiv:1708.04552.
"""

from __future__ import annotations

import math

import numpy as np

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec

_GREY = np.float32(0.5)  # black would not be seen on black


def occlude(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images behind a grey block each, as tall and wide in proportion as they are, at a place drawn for it.

    The same generator state draws blocks of the same centre at every level, as far as they stay within the image.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        Share of the image that is hidden, 0 to 1, rounded to whole pixels.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    height, width = images.shape[1:3]
    places = rng.random((len(images), 2))  # image by image: the first ones get the same whatever comes after
    rows = _within(height, places[:, 0], level)[:, :, None]
    columns = _within(width, places[:, 1], level)[:, None, :]
    return np.where((rows & columns)[..., None], _GREY, images)


def _within(side: int, places: np.ndarray, level: float) -> np.ndarray:
    """Return, for each image, which of the pixels along a side its block hides, bool (N, side)."""
    length = round(side * math.sqrt(level))
    begins = np.clip(np.floor(places * side) - length // 2, 0, side - length)[:, None]
    pixels = np.arange(side)
    hidden: np.ndarray = (pixels >= begins) & (pixels < begins + length)
    return hidden


SPEC = NoiseSpec(
    name="occlusion",
    label=N_("Occlusion"),
    summary=N_("Hides a part of the image behind a grey block, at a place drawn for it."),
    level_label=N_("Share of the image that is hidden"),
    highest=1.0,
    default=0.1,
    apply=occlude,
    severities=(0.01, 0.03, 0.08, 0.18, 0.45),
    equation=r"\tilde{x}_i = \begin{cases} \frac{1}{2} & \text{if } i \in B \\ x_i & \text{otherwise} \end{cases},"
    r" \quad |B| = p \cdot HW",
    order=90,
)
