"""Turn one picture file, whoever made it, into pixels: upright, in 8 bits, without anything else it carried.

Thousands of small files pass through here, on threads: what Pillow does outside Python's lock (decoding,
converting, resizing) runs side by side, so what is Python is kept short.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from aelab.errors import LabError
from aelab.intake import headers, png
from aelab.intake.kinds import kind_of
from aelab.intake.limits import KEPT_SIDE, MOST_PIXELS, too_many_pixels

Color = Literal["rgb", "gray"]

# The formats that are read. Pillow's own readers, called by the content: Image.open would try one after another,
# which takes longer than decoding a small picture, and would forget why the right one failed.
_READERS: Final[dict[str, type[ImageFile]]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
}
# What Pillow is known to raise on files that are broken in one way or another; warnings, where those are errors.
_DAMAGE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
    Warning,
)
_BOMB: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# What the EXIF orientation asks for; 1 is upright. (Exif 2.32, tag 0x0112)
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


# Pillow's modes for grey of more than 8 bits: integers and floats.
_DEEP: Final = ("I", "F")
_CONVERTED: Final = {
    "1": LabError("Converted from 1 bit to grey."),
    "P": LabError("Converted from a palette."),
    "CMYK": LabError("Converted from CMYK to RGB."),
}


@dataclass(frozen=True)
class Picture:
    """One picture as the lab keeps it.

    Attributes
    ----------
    pixels : ndarray, uint8 (h, w, c)
        c is 1 for grey, 3 for RGB, 4 for RGB and opacity (straight, not premultiplied) where some of it is
        transparent. The shorter side is at most `limits.KEPT_SIDE`, unless another is asked for. May be read-only.
    height, width : int
        Of the upright picture in the file, in pixels.
    format : str
        What the file is: ``"JPEG"``, ``"PNG"``, ``"WEBP"``, ``"BMP"`` or ``"GIF"``.
    notes : tuple of LabError
        What was done to the picture on the way in, a sentence each, in that order.
    """

    pixels: npt.NDArray[np.uint8]
    height: int
    width: int
    format: str
    notes: tuple[LabError, ...]


def read_picture(name: str, data: bytes, kept_side: int = KEPT_SIDE) -> Picture:
    """Decode a picture file and turn it upright; nothing of it is kept but the pixels.

    Grey of more than 8 bits is scaled so that its darkest value becomes 0 and its lightest 255; CMYK, palettes and
    1-bit pictures are converted; of an animation the first frame is taken; a large picture is made smaller.
    Safe to call from several threads at once.

    Parameters
    ----------
    name : str
        What an error calls the file.
    data : bytes
        The whole file.
    kept_side : int
        Pixels of the shorter side at which a larger picture is kept.

    Raises
    ------
    LabError
        If it is no picture of a kind the lab reads, is damaged, or has more than `limits.MOST_PIXELS`, which its
        header tells before memory is taken for them.
    """
    kind = kind_of(data)
    if kind not in _READERS:
        raise _foreign(name, kind, len(data))
    try:
        image = _opened(name, kind, data)
        width, height = image.size
        notes: list[LabError] = []
        if (frames := getattr(image, "n_frames", 1)) > 1:
            notes.append(LabError("Its first frame of {count} was taken.", count=frames))
        pixels, turned = _pixels(image, notes, kept_side)
    except LabError:
        raise
    except _BOMB:
        raise too_many_pixels(name) from None
    except _DAMAGE as error:
        raise LabError("{file} is left out: it is damaged ({reason}).", file=name, reason=error) from None
    except MemoryError:
        raise LabError("{file} is left out: there is not enough memory to read it.", file=name) from None
    if turned:
        width, height = height, width
    return Picture(pixels, height, width, kind, tuple(notes))


def decoded(name: str, data: bytes, size: int, color: Color) -> npt.NDArray[np.uint8]:
    """Decode a picture and make it a square of `size` pixels: the middle, resized (Lanczos), on white.

    Returns
    -------
    ndarray, uint8 (size, size, C)
        C is 3 for ``"rgb"`` and 1 for ``"gray"``, which is luma (ITU-R 601).

    Raises
    ------
    LabError
        As `read_picture` does.
    """
    pixels = read_picture(name, data).pixels
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    square = ImageOps.fit(image.convert("RGB"), (size, size), Image.Resampling.LANCZOS)
    return np.asarray(square.convert("RGB" if color == "rgb" else "L")).reshape(size, size, -1)


def _foreign(name: str, kind: str | None, size: int) -> LabError:
    """Return what is said of a file that is no picture the lab reads."""
    if not size:
        return LabError("{file} is left out: it is empty.", file=name)
    if kind is None:
        return LabError("{file} is left out: it is not a JPEG, PNG, WebP, BMP or GIF picture.", file=name)
    return LabError(
        "{file} is left out: it is not a JPEG, PNG, WebP, BMP or GIF picture; its content is {kind}.",
        file=name,
        kind=kind,
    )


def _opened(name: str, kind: str, data: bytes) -> Image.Image:
    """Return a picture whose header, at least, has been read, and is not larger than pictures may be."""
    if kind == "PNG":
        if (plain := png.read(name, data)) is not None:
            return plain
    elif kind == "JPEG":
        headers.check_jpeg(name, data)
    elif kind == "WEBP":
        headers.check_webp(name, data)
    image = _READERS[kind](io.BytesIO(data))
    if image.width * image.height > MOST_PIXELS:
        raise too_many_pixels(name)
    return image


def _pixels(image: Image.Image, notes: list[LabError], kept_side: int) -> tuple[npt.NDArray[np.uint8], bool]:
    """Return a picture's pixels upright, and whether its height and width changed places."""
    width, height = image.size
    small = _kept_size(width, height, kept_side)
    if small != image.size:
        # A large JPEG is decoded smaller, several times faster; at twice the size, resizing still has the last word.
        image.draft(image.mode, (2 * small[0], 2 * small[1]))
    plain = _plain(image, notes)
    if small != (width, height):
        plain = plain.resize(small, Image.Resampling.LANCZOS)
        notes.append(
            LabError(
                "Made smaller, from {width} × {height} to {new_width} × {new_height} pixels: of the shorter side "
                "{most} are kept.",
                width=width,
                height=height,
                new_width=small[0],
                new_height=small[1],
                most=kept_side,
            )
        )
    orientation = _orientation(image)
    if orientation in _TURNS:
        plain = plain.transpose(_TURNS[orientation])
        notes.append(LabError("Turned upright, as its EXIF orientation {orientation} asks.", orientation=orientation))
    pixels = np.asarray(plain)
    if pixels.dtype != np.uint8:
        pixels = _scaled(pixels, cast("tuple[float, float]", image.getextrema()), notes)
    return pixels.reshape(plain.height, plain.width, -1), orientation >= 5


def _kept_size(width: int, height: int, kept_side: int) -> tuple[int, int]:
    """Return the size at which a picture is kept."""
    shorter = min(width, height)
    if shorter <= kept_side:
        return width, height
    return round(width * kept_side / shorter), round(height * kept_side / shorter)


def _plain(image: Image.Image, notes: list[LabError]) -> Image.Image:
    """Return the picture, decoded, as L, RGB or RGBA, or as it is where it has more than 8 bits."""
    image.load()  # before asking for transparency, which a PNG may mention late
    mode = image.mode
    if mode.startswith(_DEEP):
        return image
    if mode in _CONVERTED:
        notes.append(_CONVERTED[mode])
    colours: Literal["L", "RGB"] = "L" if mode in ("1", "L", "LA") or (mode == "P" and _is_grey(image)) else "RGB"
    if image.has_transparency_data:
        translucent = image if mode == "RGBA" else image.convert("RGBA")
        if translucent.getchannel("A").getextrema() != (255, 255):
            return translucent
    return image if mode == colours else image.convert(colours)


def _is_grey(image: Image.Image) -> bool:
    """Return whether every colour of the palette is a grey."""
    palette = np.array(image.getpalette("RGB")).reshape(-1, 3)
    return bool((palette == palette[:, :1]).all())


def _scaled(pixels: npt.NDArray[Any], extremes: tuple[float, float], notes: list[LabError]) -> npt.NDArray[np.uint8]:
    """Return grey of more than 8 bits scaled from its range, before it was made smaller, to 0 to 255."""
    low, high = extremes
    if low == high:  # nothing to see, but as light or dark as it was
        low, high = 0, 65535
    notes.append(LabError("Scaled from its values, {low} to {high}, to 0 to 255.", low=low, high=high))
    values = (pixels.astype(np.float32) - low) * (255 / (high - low))
    scaled: npt.NDArray[np.uint8] = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    return scaled


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 where there is none, or none that makes sense."""
    if not any(key in image.info for key in ("exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp")):
        return 1
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _DAMAGE:  # the pixels are whole all the same
        return 1
    return found if found in _TURNS else 1
