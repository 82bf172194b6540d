"""Masking: pixels that are left out, and so the puzzle that the first denoising autoencoders were given.

Vincent, Larochelle, Bengio and Manzagol, Extracting and composing robust features with denoising autoencoders, ICML
2008.
"""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec


def mask(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images of which some pixels are black in all channels.

    Each pixel is hit independently, so `level` is the expected share. The same generator state hits the same pixels at
    every level, and more at a higher one.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        Share of the pixels, 0 to 1. Some were black before and look the same.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    draw = rng.random((*images.shape[:3], 1), dtype=np.float32)
    return np.where(draw < level, np.float32(0), images)


SPEC = NoiseSpec(
    name="masking",
    label=N_("Masking"),
    summary=N_("Turns pixels drawn at random black: a puzzle with pieces missing."),
    level_label=N_("Share of pixels hit"),
    highest=1.0,
    default=0.3,
    apply=mask,
    severities=(0.01, 0.02, 0.05, 0.12, 0.3),
    equation=r"\tilde{x}_i = x_i \, [u_i \ge p], \quad u_i \sim \mathcal{U}(0, 1)",
    order=80,
)
