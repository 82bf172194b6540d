"""Read images and labels from the IDX files in which MNIST is published, compressed by gzip or not.

An IDX file is two zeros, a byte for the type (8 is uint8), a byte for the number of dimensions, each
dimension as a big-endian uint32, and the values.  http://yann.lecun.com/exdb/mnist/
"""

from __future__ import annotations

import gzip
import io
import math
import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError
from aelab.intake.labelled import LabelledImages, pair, with_test
from aelab.intake.limits import MOST_BYTES, MOST_DEFLATED

#: The files of MNIST and of the sets that are published like it.
FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
_GZIP = b"\x1f\x8b"
_DAMAGE = (OSError, EOFError, zlib.error)
_UINT8 = 8
_PIECE = 2**24


def is_idx(path: Path) -> bool:
    """Return whether `path` begins like an IDX file, compressed or not."""
    try:
        with _opened(path) as stream:
            start = stream.read(4)
    except _DAMAGE:
        return False
    return len(start) == 4 and start[:2] == b"\0\0" and start[2] in (8, 9, 11, 12, 13, 14) and 1 <= start[3] <= 4


def training_images(folder: Path) -> Path | None:
    """Return the file of training images in a folder of IDX files, or None."""
    for name in ("train-images-idx3-ubyte", "train-images.idx3-ubyte"):
        if found := _either(folder / name):
            return found
    return None


def is_complete(folder: Path) -> bool:
    """Return whether a folder has all four files under their published names, compressed or not."""
    return all(_either(folder / name.removesuffix(".gz")) for name in FILES)


def read(path: Path) -> LabelledImages:
    """Read a file of images, the labels beside it, and the test pair beside training images.

    Raises
    ------
    LabError
        If the file or one that belongs to it is missing, damaged or of another kind.
    """
    content = _pair(path)
    test = _either(path.with_name(path.name.removesuffix(".gz").replace("train", "t10k")))
    if "train" in path.name and test is not None:
        content = with_test(content, _pair(test), test.name)
    return content


def _pair(path: Path) -> LabelledImages:
    plain = path.name.removesuffix(".gz")
    wanted = plain.replace("images", "labels").replace("idx3", "idx1")
    if wanted == plain:
        raise LabError(
            "{file} must be a file of images such as train-images-idx3-ubyte.gz, with its labels beside it.",
            file=path.name,
        )
    labels = _either(path.with_name(wanted))
    if labels is None:
        raise LabError("{file} has no labels: put {wanted} (or .gz) beside it.", file=path.name, wanted=wanted)
    return pair(_array(path), _array(labels), path.name, path.name, labels.name)


def _either(plain: Path) -> Path | None:
    """Return `plain`, or the same with .gz, whichever is a file."""
    for path in (plain, plain.with_name(plain.name + ".gz")):
        if path.is_file():
            return path
    return None


def _opened(path: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.GzipFile(path, "rb") if _is_gzip(path) else path.open("rb")


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == _GZIP


def _array(path: Path) -> npt.NDArray[np.uint8]:
    try:
        with _opened(path) as stream:
            shape = _header(stream, path)
            size = math.prod(shape)
            # Before asking for memory: no more can come out than a file of this size can hold.
            if size > min(MOST_BYTES, path.stat().st_size * (MOST_DEFLATED if _is_gzip(path) else 1)):
                raise _wrong_size(path, shape)
            data = _content(stream, size)
            if len(data) != size or stream.read(1):
                raise _wrong_size(path, shape)
    except _DAMAGE as error:
        raise LabError("{file} cannot be read ({reason}).", file=path.name, reason=error) from None
    return np.frombuffer(data, np.uint8).reshape(shape)


def _content(stream: gzip.GzipFile | io.BufferedReader, size: int) -> bytearray:
    """Return up to `size` bytes, taking memory only for those that are there."""
    data = bytearray()
    while piece := stream.read(min(_PIECE, size - len(data))):
        data += piece
    return data


def _header(stream: gzip.GzipFile | io.BufferedReader, path: Path) -> tuple[int, ...]:
    start = stream.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] != _UINT8 or not 1 <= start[3] <= 4:
        raise LabError("{file} is not an IDX file of unsigned bytes.", file=path.name)
    dimensions = stream.read(4 * start[3])
    if len(dimensions) < 4 * start[3]:
        raise LabError("{file} is damaged: it ends within its header.", file=path.name)
    return struct.unpack(f">{start[3]}I", dimensions)


def _wrong_size(path: Path, shape: tuple[int, ...]) -> LabError:
    return LabError(
        "{file} is damaged or too large: its header announces {shape} values, which is not what follows.",
        file=path.name,
        shape=" × ".join(map(str, shape)),
    )
