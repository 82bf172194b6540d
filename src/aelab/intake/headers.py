"""What a JPEG or WebP says of itself, looked at before Pillow opens it.

Two things Pillow leaves to its caller: a WebP's size, for which it takes memory as soon as it is opened, and how
often a JPEG paints over the same pixels.
"""

from __future__ import annotations

from typing import Final

from aelab.errors import LabError
from aelab.intake.limits import MOST_PIXELS, too_many_pixels

#: Scans of one JPEG. A progressive one has about ten; a hostile one has thousands, each as slow as a picture.
MOST_SCANS: Final = 100
_START_OF_SCAN: Final = b"\xff\xda"


def check_jpeg(name: str, data: bytes) -> None:
    """Raise a `LabError` if a JPEG would take far longer to decode than its size says."""
    if data.count(_START_OF_SCAN) > MOST_SCANS:
        raise LabError(
            "{file} is left out: it is drawn in more than {most} scans, as no picture is.", file=name, most=MOST_SCANS
        )


def check_webp(name: str, data: bytes) -> None:
    """Raise a `LabError` if a WebP has too many pixels."""
    width, height = _webp_size(data)
    if width * height > MOST_PIXELS:
        raise too_many_pixels(name)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return the width and height in the first chunk of a WebP, zeros where it is none that is known. (RFC 9649)"""
    chunk, content = data[12:16], data[20:30]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(content[4:7], "little"), 1 + int.from_bytes(content[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(content[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        return int.from_bytes(content[6:8], "little") & 0x3FFF, int.from_bytes(content[8:10], "little") & 0x3FFF
    return 0, 0
