"""Check a PNG's checksums, and decode the plain ones at once.

Pillow passes over the checksums of a PNG's pixels, so the chunks are walked here, and then a picture of the usual
kinds is as good as decoded: its pixels go straight to Pillow's decoder, in half the time that its reader takes for
one of the size of MNIST's.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from PIL import Image

from aelab.errors import LabError
from aelab.intake.limits import MOST_PIXELS, too_many_pixels

_SIGNATURE: Final = 8  # bytes
# Pillow's mode for each type of colour, where a value has 8 bits.
_MODES: Final = {0: "L", 2: "RGB", 6: "RGBA"}
# Chunks that change nothing in how a picture of these modes is read; others are for Pillow's reader to understand.
_HARMLESS: Final = frozenset(
    {b"IHDR", b"IDAT", b"IEND", b"PLTE", b"pHYs", b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"bKGD", b"tIME", b"iCCP"}
)


def read(name: str, data: bytes) -> Image.Image | None:
    """Return a PNG decoded, or None where it takes Pillow's reader.

    That is one with a palette, with 1, 2, 4 or 16 bits a value, interlaced, animated, or with a transparent colour,
    text or EXIF data.

    Raises
    ------
    LabError
        If it ends too early, one of its checksums is wrong, or it has too many pixels.
    """
    # A chunk is its length, its type, its content, and the CRC of type and content. (RFC 2083, 3.2)
    view = memoryview(data)
    types = set()
    pixels = []
    start = _SIGNATURE
    while b"IEND" not in types:
        end = start + 8 + int.from_bytes(view[start : start + 4], "big")
        if end + 4 > len(data):
            raise LabError("{file} is left out: it is damaged ({reason}).", file=name, reason="it ends too early")
        if zlib.crc32(view[start + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            raise LabError("{file} is left out: it is damaged ({reason}).", file=name, reason="a checksum is wrong")
        kind = data[start + 4 : start + 8]
        types.add(kind)
        if kind == b"IDAT":
            pixels.append(view[start + 8 : end])
        start = end + 4
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, _SIGNATURE + 8)
    if width * height > MOST_PIXELS:
        raise too_many_pixels(name)
    if depth != 8 or colour not in _MODES or interlaced or not types <= _HARMLESS or not width * height:
        return None
    content = pixels[0] if len(pixels) == 1 else b"".join(pixels)
    return Image.frombytes(_MODES[colour], (width, height), content, "zip", _MODES[colour], 0)
