"""How much an import may bring, so that a mistaken or hostile file costs a sentence and not the machine.

Each limit that is a `setting` can be changed for one installation by an environment variable of its name with
``AELAB_`` before it: ``AELAB_MOST_FILES=500000``, read when the lab starts.
"""

from __future__ import annotations

import os
from typing import Final

from aelab.errors import LabError


def setting(name: str, default: int) -> int:
    """Return the limit that the environment variable ``AELAB_<name>`` sets, or `default` where it sets none.

    As with the lab's other variables, what is no whole number from 1 up sets none.
    """
    asked = os.environ.get(f"AELAB_{name}", "")
    return int(asked) if asked.isdecimal() and int(asked) > 0 else default


#: Bytes of pixels in one dataset, and of values in one array: MNIST has 55 million.
MOST_BYTES: Final = setting("MOST_BYTES", 2 * 1024**3)
#: Bytes that one dataset may take on disk, with the pictures it was made of.
MOST_DATASET_BYTES: Final = setting("MOST_DATASET_BYTES", 8 * 1024**3)
#: Bytes of all datasets of an installation together.
MOST_BYTES_IN_ALL: Final = setting("MOST_BYTES_IN_ALL", 32 * 1024**3)
#: Sides of an image, in pixels; structural similarity needs windows of 11.
LEAST_SIDE: Final = 12
MOST_SIDE: Final = 1024
#: Files in a folder or archive.
MOST_FILES: Final = setting("MOST_FILES", 200_000)
#: Folders within folders, down to a picture.
MOST_DEPTH: Final = 32
#: Bytes of one picture file.
MOST_FILE_BYTES: Final = setting("MOST_FILE_BYTES", 64 * 1024**2)
#: Bytes of all files of an archive together, unpacked.
MOST_ARCHIVE_BYTES: Final = setting("MOST_ARCHIVE_BYTES", 16 * 1024**3)
#: Pixels of one picture before it is made smaller: a phone's 50 megapixels, and a little more.
MOST_PIXELS: Final = setting("MOST_PIXELS", 64_000_000)
#: Pixels of the shorter side at which a picture is kept; a larger one is made smaller on the way in.
KEPT_SIDE: Final = 512
#: How many times smaller than its content deflate can be at best (RFC 1951), rounded up.
MOST_DEFLATED: Final = 1040
#: How many times smaller a picture may be in a zip than unpacked, if it is larger than a megabyte; so with a
#: compressed tar as a whole, if it is larger than 64.
MOST_RATIO: Final = 500
#: Different values that class labels may have.
MOST_CLASSES: Final = 1000


def check_room(count: int, height: int, width: int, channels: int) -> None:
    """Raise a `LabError` if so many images of that size are more than a dataset may hold."""
    if count * height * width * channels > MOST_BYTES:
        raise LabError(
            "{count} images of {height} × {width} × {channels} values are more than the {most} a dataset may "
            "hold; choose fewer images or a smaller size.",
            count=count,
            height=height,
            width=width,
            channels=channels,
            most=amount(MOST_BYTES),
        )


def too_many_pixels(name: str) -> LabError:
    """Return what is said of a picture of more than `MOST_PIXELS`."""
    return LabError(
        "{file} is left out: it has more than {most} million pixels; make it smaller first.",
        file=name,
        most=MOST_PIXELS // 1_000_000,
    )


def amount(size: int) -> str:
    """Return a number of bytes as people read it: ``"2 GB"``, ``"1.5 MB"``, ``"300 bytes"``."""
    for unit, power in (("GB", 3), ("MB", 2), ("kB", 1)):
        if size >= 1024**power:
            return f"{size / 1024**power:.3g} {unit}"
    return f"{size} bytes"
