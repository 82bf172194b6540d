"""Quantisation: fewer shades than the eye needs, and edges where there were none."""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec

_FINEST = 1e-6


def quantise(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images in fewer shades, evenly spaced from black to white; chance has no part in it.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        Distance of two neighbouring shades, rounded so that white is one of them: at 1 black and white are left.
    rng : numpy.random.Generator
        Not used.

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    steps = np.float32(max(1, round(1 / max(level, _FINEST))))
    return np.asarray(np.rint(images * steps) / steps, np.float32)


SPEC = NoiseSpec(
    name="quantisation",
    label=N_("Quantisation"),
    summary=N_("Leaves a few shades, evenly spaced, and rounds every value to the nearest; nothing is random."),
    level_label=N_("Distance of two shades (1 = black and white alone)"),
    highest=1.0,
    default=0.25,
    apply=quantise,
    severities=(0.1, 0.2, 0.33, 0.5, 1.0),
    equation=r"\tilde{x}_i = \frac{1}{n} \lfloor n x_i \rceil, \quad n = \max(1, \lfloor 1 / \delta \rceil)",
    random=False,
    order=110,
)
