"""Salt and pepper: pixels that are lost altogether, as by a faulty sensor or line.

What is left says nothing about a pixel that was hit, so undoing it takes knowledge of the images, and
not only smoothing (Gonzalez & Woods, Digital Image Processing, chapter on image restoration).
"""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec


def add_salt_pepper(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images in which some pixels are replaced by white or black, with equal chance.

    A pixel is hit as a whole: in a colour image all its channels become 1, or all become 0. Each pixel is
    hit independently, so `level` is the expected share and the share in one image varies around it. The
    same generator state hits the same pixels at every level, in the same colour, and more at a higher one.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        Share of the pixels that are hit, 0 to 1. Some were white or black before and look the same.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    draw = rng.random((*images.shape[:3], 1), dtype=np.float32)  # one a pixel, whatever the channels
    salt, pepper = draw < level / 2, draw >= 1 - level / 2
    noisy = np.where(salt, np.float32(1), images)
    return np.where(pepper, np.float32(0), noisy)


SPEC = NoiseSpec(
    name="salt_pepper",
    label=N_("Salt and pepper noise"),
    summary=N_("Turns pixels drawn at random white or black, in all channels at once, like a faulty sensor."),
    level_label=N_("Share of pixels hit (half white, half black)"),
    highest=1.0,
    default=0.1,
    apply=add_salt_pepper,
    severities=(0.005, 0.01, 0.025, 0.06, 0.15),
    equation=(
        r"\tilde{x}_i = \begin{cases} 1 & \text{if } u_i < p/2 \\ 0 & \text{if } u_i \ge 1 - p/2 \\ "
        r"x_i & \text{otherwise} \end{cases}, \quad u_i \sim \mathcal{U}(0, 1)"
    ),
    order=20,
)
