"""How much an import may bring, so that a mistaken or hostile file costs a sentence and not the machine."""

from __future__ import annotations

from typing import Final

from aelab.errors import LabError

#: Bytes of pixels in one dataset, and of values in one array: MNIST has 55 million.
MOST_BYTES: Final = 2 * 1024**3
#: Sides of an image, in pixels; structural similarity needs windows of 11.
LEAST_SIDE: Final = 12
MOST_SIDE: Final = 1024
#: Files in a folder or zip.
MOST_FILES: Final = 200_000
#: Bytes of one picture file.
MOST_FILE_BYTES: Final = 64 * 1024**2
#: Bytes of all files of a zip together, unpacked.
MOST_ZIP_BYTES: Final = 16 * 1024**3
#: Pixels of one picture before it is made smaller: a phone's 50 megapixels, and a little more.
MOST_PIXELS: Final = 64_000_000
#: How many times smaller than its content deflate can be at best (RFC 1951), rounded up.
MOST_DEFLATED: Final = 1040
#: How many times smaller a picture may be in a zip than unpacked, if it is larger than a megabyte.
MOST_PICTURE_RATIO: Final = 500
#: Different values that class labels may have.
MOST_CLASSES: Final = 1000


def check_room(count: int, height: int, width: int, channels: int) -> None:
    """Raise a `LabError` if so many images of that size are more than a dataset may hold."""
    if count * height * width * channels > MOST_BYTES:
        raise LabError(
            "{count} images of {height} × {width} × {channels} values are more than the {most} GB a dataset may "
            "hold; choose fewer images or a smaller size.",
            count=count,
            height=height,
            width=width,
            channels=channels,
            most=MOST_BYTES // 1024**3,
        )
