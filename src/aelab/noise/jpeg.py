"""JPEG artefacts: blocks of 8 by 8 pixels of which the fine detail is thrown away.

ITU-T Recommendation T.81, 1992; encoded and decoded by Pillow, with its usual tables.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec
from aelab.pixels import to_uint8, to_unit

_BEST = 100


def compress(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images as they are after JPEG; chance has no part in it.

    Images of one or three channels are encoded as such, of any other number channel by channel.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        100 minus the quality, rounded.
    rng : numpy.random.Generator
        Not used.

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    quality = max(1, round(_BEST - level))
    pixels = to_uint8(images)
    if images.shape[3] != 3:
        planes = [[_coded(plane, quality) for plane in np.moveaxis(image, 2, 0)] for image in pixels]
        coded = np.moveaxis(np.array(planes, np.uint8).reshape(len(pixels), images.shape[3], *images.shape[1:3]), 1, 3)
    else:
        coded = np.array([_coded(image, quality) for image in pixels], np.uint8).reshape(images.shape)
    return to_unit(coded)


def _coded(image: np.ndarray, quality: int) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


SPEC = NoiseSpec(
    name="jpeg",
    label=N_("JPEG artefacts"),
    summary=N_("Saves an image as JPEG and opens it again: blocks and rings, and nothing random."),
    level_label=N_("100 minus the quality"),
    highest=99.0,
    default=80.0,
    apply=compress,
    severities=(65.0, 90.0, 97.0, 98.0, 99.0),
    equation=(
        r"\tilde{x} = \mathrm{DCT}^{-1}\!\left(Q \left\lfloor \tfrac{\mathrm{DCT}(x)}{Q} \right\rceil\right)"
        r"\ \text{in blocks of } 8 \times 8"
    ),
    random=False,
    order=100,
)
