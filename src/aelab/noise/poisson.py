"""Poisson noise: light comes in photons, and few of them make a grainy image.

Also called shot noise (Hasinoff, Photon, Poisson noise, in Computer Vision: A Reference Guide, 2014).
"""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec

_WEAKEST = 1e-6  # of a million millions of photons nobody sees one more, and more would not fit into an integer


def count_photons(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images as a camera counts them that is reached by 1 / level² photons from a white value.

    Every value and channel counts for itself; what is brighter than white is clipped. Another level is another draw.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        Standard deviation of a white value before clipping; that of a darker one is smaller, of black 0.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    photons = max(float(level), _WEAKEST) ** -2
    counted: Images = rng.poisson(images * photons).astype(np.float32)
    counted /= np.float32(photons)
    return np.clip(counted, 0, 1, out=counted)


SPEC = NoiseSpec(
    name="poisson",
    label=N_("Poisson noise"),
    summary=N_("Counts the photons of every value, as in a photo in the dark: the fewer, the more grain."),
    level_label=N_("Standard deviation of white, one over the square root of its photons"),
    highest=1.0,
    default=0.3,
    apply=count_photons,
    severities=(0.07, 0.12, 0.23, 0.38, 0.65),
    equation=r"\tilde{x}_i = \min(1, \sigma^2 k_i), \quad k_i \sim \mathrm{Poisson}(x_i / \sigma^2)",
    order=40,
)
