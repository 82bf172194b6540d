"""Turn one picture file, whoever made it, into an array of the size that is wanted."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from aelab.errors import LabError
from aelab.intake.limits import MOST_PIXELS

Color = Literal["rgb", "gray"]

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
# What Pillow is known to raise on files that are broken in one way or another.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    struct.error,
    zlib.error,
)
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def decoded(name: str, data: bytes, size: int, color: Color) -> npt.NDArray[np.uint8]:
    """Decode a picture, turn it upright, and make it a square of `size` pixels.

    Of a film the first frame is taken; transparency is laid on white; the middle square is cut out
    and resized (Lanczos). Grey is luma (ITU-R 601).

    Returns
    -------
    ndarray, uint8 (size, size, C)
        C is 3 for ``"rgb"`` and 1 for ``"gray"``.

    Raises
    ------
    LabError
        If it cannot be decoded, or has too many pixels; the header tells, before memory is taken.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_large(name)
            image.draft(None, (2 * size, 2 * size))  # a large JPEG is decoded smaller: several times faster
            upright = ImageOps.exif_transpose(image)
            square = ImageOps.fit(_opaque(upright), (size, size), Image.Resampling.LANCZOS)
            pixels = np.asarray(square.convert("RGB" if color == "rgb" else "L"))
    except LabError:
        raise
    except _TOO_LARGE:
        raise _too_large(name) from None
    except UnidentifiedImageError:
        raise LabError("{file} is left out: it is not a JPEG, PNG, WebP, BMP or GIF picture.", file=name) from None
    except _DAMAGE as error:
        raise LabError("{file} is left out: it is damaged ({reason}).", file=name, reason=error) from None
    return pixels.reshape(size, size, -1)


def _opaque(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, with white where it was transparent."""
    if image.mode.startswith("I"):  # 16-bit grey, which Pillow would clip at 255
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8)).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    colours = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours).convert("RGB")


def _too_large(name: str) -> LabError:
    return LabError(
        "{file} is left out: it has more than {most} million pixels; make it smaller first.",
        file=name,
        most=MOST_PIXELS // 1_000_000,
    )
