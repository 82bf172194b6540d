"""Speckle: grain that is stronger where an image is brighter, as in ultrasound and radar.

Waves that come back from a rough surface add up or cancel at random, and so multiply what is there instead of adding to
it (Goodman, Speckle Phenomena in Optics, 2007).
"""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec


def add_speckle(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images of which every value is multiplied by 1 plus normal noise, clipped to [0, 1].

    Black stays black. The same generator state draws the same grain at every level, only stronger.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        Standard deviation of the factor.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    noisy = rng.standard_normal(images.shape, dtype=np.float32)
    noisy *= np.float32(level)
    noisy += 1
    noisy *= images
    return np.clip(noisy, 0, 1, out=noisy)


SPEC = NoiseSpec(
    name="speckle",
    label=N_("Speckle"),
    summary=N_("Multiplies every value by a normal random number around 1, as in ultrasound: black stays black."),
    level_label=N_("Standard deviation of the factor"),
    highest=1.0,
    default=0.4,
    apply=add_speckle,
    severities=(0.08, 0.15, 0.25, 0.45, 0.9),
    equation=(
        r"\tilde{x}_i = \min(1, \max(0, x_i (1 + \sigma \varepsilon_i))), \quad \varepsilon_i \sim \mathcal{N}(0, 1)"
    ),
    order=30,
)
