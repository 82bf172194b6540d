"""Uniform noise: what rounding and cheap converters add, and the plainest of all.

It has no outliers, by which it differs from Gaussian noise of the same standard deviation (Gonzalez & Woods, Digital
Image Processing, chapter on image restoration).
"""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec


def add_uniform(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images with an independent number between -level and level on every value, clipped to [0, 1].

    The same generator state draws the same grain at every level, only stronger.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        The furthest that a value is moved; the standard deviation is level / √3.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    noisy = rng.random(images.shape, dtype=np.float32)
    noisy *= np.float32(2)
    noisy -= 1
    noisy *= np.float32(level)
    noisy += images
    return np.clip(noisy, 0, 1, out=noisy)


SPEC = NoiseSpec(
    name="uniform",
    label=N_("Uniform noise"),
    summary=N_("Adds to every value a random number between two limits, all equally likely."),
    level_label=N_("Furthest that a value is moved (1 = from black to white)"),
    highest=1.0,
    default=0.4,
    apply=add_uniform,
    severities=(0.065, 0.115, 0.21, 0.34, 0.56),
    equation=r"\tilde{x}_i = \min(1, \max(0, x_i + a u_i)), \quad u_i \sim \mathcal{U}(-1, 1)",
    order=50,
)
