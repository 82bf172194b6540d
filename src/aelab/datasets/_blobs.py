"""How one picture is kept: re-encoded from its pixels, so that nothing but pixels of the file stays."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

RAW: Final = 0
JPEG: Final = 1
PNG: Final = 2

# A picture is kept as it is, which costs no time and no detail, if it has so many values at most: always those of
# an image of 128 x 128, and those of what a search for images shows as long as all together stay within a gigabyte.
_ALWAYS_RAW = 128 * 128 * 3
_SELDOM_RAW = 320 * 240 * 3
_RAW_IN_ALL = 2**30
_QUALITY = 95


def most_raw(count: int) -> int:
    """Return up to how many values a picture is kept as it is, where `count` pictures come together."""
    return int(np.clip(_RAW_IN_ALL // max(count, 1), _ALWAYS_RAW, _SELDOM_RAW))


def encoded(pixels: Pixels, form: str, raw: int) -> tuple[int, bytes]:
    """Return how a picture is kept (`RAW`, `JPEG`, `PNG`) and its bytes.

    Parameters
    ----------
    pixels : ndarray, uint8 (h, w, c)
        c is 1, 3 or 4.
    form : str
        The format of the file it came in: what lost detail to JPEG before may lose a little more.
    raw : int
        Up to how many values it is kept as it is; see `most_raw`.
    """
    if pixels.size <= raw:
        return RAW, pixels.tobytes()
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    file = io.BytesIO()
    if form == "JPEG" and pixels.shape[2] != 4:
        image.save(file, "JPEG", quality=_QUALITY, subsampling=0)
        return JPEG, file.getvalue()
    image.save(file, "PNG", compress_level=1)
    return PNG, file.getvalue()


def decoded(kind: int, data: bytes | memoryview, shape: tuple[int, int, int]) -> Pixels:
    """Return the pixels, uint8 `shape`, of what `encoded` returned."""
    if kind == RAW:
        return np.frombuffer(data, np.uint8).reshape(shape)
    with Image.open(io.BytesIO(data), formats=("JPEG",) if kind == JPEG else ("PNG",)) as image:
        return np.asarray(image).reshape(shape)
