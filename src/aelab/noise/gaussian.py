"""Additive Gaussian noise: the grain of a sensor in poor light.

The denoising autoencoder's usual opponent (Vincent et al. 2010, Stacked denoising autoencoders,
Journal of Machine Learning Research 11, 3371-3408).
"""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec


def add_gaussian(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images with independent Gaussian noise on every pixel and channel, clipped to [0, 1].

    The same generator state draws the same grain at every level, only stronger, so levels can be
    compared image by image. Clipping takes some of it away in black and white regions: there the error
    is smaller than the level says.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        Standard deviation before clipping, in units of the [0, 1] range.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    noisy = rng.standard_normal(images.shape, dtype=np.float32)
    noisy *= np.float32(level)
    noisy += images
    return np.clip(noisy, 0, 1, out=noisy)


SPEC = NoiseSpec(
    name="gaussian",
    label=N_("Gaussian noise"),
    summary=N_("Adds an independent normal random number to every value, like the grain of a sensor in poor light."),
    level_label=N_("Standard deviation (1 = from black to white)"),
    highest=1.0,
    default=0.2,
    apply=add_gaussian,
    severities=(0.04, 0.07, 0.12, 0.2, 0.35),
    equation=(
        r"\tilde{x}_i = \min(1, \max(0, x_i + \sigma \varepsilon_i)), \quad \varepsilon_i \sim \mathcal{N}(0, 1)"
    ),
    order=10,
)
