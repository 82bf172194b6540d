"""Gaussian blur: a lens out of focus, or air that trembles."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec


def blur(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images that are smoothed by a Gaussian window; chance has no part in it.

    Beyond the border an image goes on as in a mirror.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        Standard deviation of the window, in pixels.
    rng : numpy.random.Generator
        Not used.

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    smooth: Images = ndimage.gaussian_filter(images, (0, level, level, 0), mode="reflect")
    return np.clip(smooth, 0, 1, out=smooth)


SPEC = NoiseSpec(
    name="gaussian_blur",
    label=N_("Gaussian blur"),
    summary=N_("Spreads every pixel over its neighbours, like a lens out of focus; nothing is random."),
    level_label=N_("Standard deviation of the window, in pixels"),
    highest=8.0,
    default=1.5,
    apply=blur,
    severities=(0.8, 1.4, 2.7, 5.7, 8.0),
    equation=r"\tilde{x} = G_\sigma * x, \quad G_\sigma(u) \propto e^{-\|u\|^2 / 2 \sigma^2}",
    random=False,
    order=60,
)
