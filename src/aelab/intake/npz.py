"""Read images and labels from an npz file that nobody has checked.

`numpy.load` believes an array's header, and asks for as much memory as it says.  Here the header is
held against the bytes that are there first, and an array of Python objects is never unpickled.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

from aelab.errors import LabError
from aelab.intake.labelled import Array, LabelledImages, pair, with_test
from aelab.intake.limits import MOST_BYTES, MOST_DEFLATED, amount
from aelab.intake.names import printable
from aelab.intake.zips import NotAZipError, opened_zip

# What zipfile is known to raise on broken files, and numpy on broken headers, which it reads as Python.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    SyntaxError,
    tokenize.TokenError,
    LookupError,
    TypeError,
    OverflowError,
    MemoryError,  # from numpy's reading of a header of many brackets, not from its array
)
_NAMES = (("x_train", "y_train"), ("images", "labels"))


def is_npz(path: Path) -> bool:
    """Return whether `path` is a zip with arrays in it."""
    try:
        with opened_zip(path) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except (*_DAMAGE, LabError):
        return False


def read(path: Path) -> LabelledImages:
    """Read x_train and y_train, and x_test and y_test if they are there; or images and labels.

    Raises
    ------
    LabError
        If the file is damaged, or its arrays are missing or cannot be images with labels.
    """
    try:
        with opened_zip(path) as archive:
            return _read(archive, path.name)
    except NotAZipError:
        raise LabError("{file} is not an npz file, or is damaged.", file=path.name) from None


def arrays(path: Path, most: int) -> dict[str, Array]:
    """Read every array of an npz file by its name, `most` bytes of them together.

    Raises
    ------
    LabError
        If the file is damaged, or holds something else than arrays of numbers, or more.
    """
    try:
        with opened_zip(path) as archive:
            names = [member.filename for member in archive.infolist()]
            if any(not name.endswith(".npy") for name in names) or len(set(names)) < len(names):
                raise LabError("{file} must hold arrays of different names and nothing else.", file=path.name)
            _check_all(archive, path.name, most)
            return {name[:-4]: _array(archive, path.name, name[:-4]) for name in names}
    except NotAZipError:
        raise LabError("{file} is not an npz file, or is damaged.", file=path.name) from None


def _check_all(archive: zipfile.ZipFile, file: str, most: int) -> None:
    size = sum(member.file_size for member in archive.infolist())
    if size > most:
        raise LabError(
            "{file} holds arrays of {size}; up to {most} are read.", file=file, size=amount(size), most=amount(most)
        )


def _read(archive: zipfile.ZipFile, file: str) -> LabelledImages:
    names = set(archive.namelist())
    for images, labels in _NAMES:
        if f"{images}.npy" in names:
            content = _pair(archive, file, images, labels)
            if images == "x_train" and "x_test.npy" in names:
                _check_room(file, "x_test", content.images.nbytes + archive.getinfo("x_test.npy").file_size)
                content = with_test(content, _pair(archive, file, "x_test", "y_test"), file)
            return content
    raise LabError(
        "{file} must have arrays called x_train and y_train, or images and labels; it has {found}.",
        file=file,
        found=printable(", ".join(sorted(names))) or "none",
    )


def _pair(archive: zipfile.ZipFile, file: str, images: str, labels: str) -> LabelledImages:
    if f"{labels}.npy" not in archive.namelist():
        raise LabError(
            "{file} has {images} but no {labels}: add their labels.", file=file, images=images, labels=labels
        )
    return pair(_array(archive, file, images), _array(archive, file, labels), file, images, labels)


def _array(archive: zipfile.ZipFile, file: str, name: str) -> Array:
    member = archive.getinfo(f"{name}.npy")
    try:
        with archive.open(member) as stream:
            shape, fortran_order, dtype = _header(stream)
            count = math.prod(shape)
            size = count * dtype.itemsize
            if dtype.hasobject or dtype.fields or not dtype.itemsize:
                raise LabError(
                    "{file}: {array} must hold numbers; it holds {dtype}.", file=file, array=name, dtype=dtype
                )
            _check_size(file, name, size, member.file_size - stream.tell(), member.compress_size)
            values = np.frombuffer(stream.read(size), dtype, count)
            return values.reshape(shape, order="F" if fortran_order else "C")
    except LabError:
        raise
    except _DAMAGE as error:
        reason = str(error) or "it ends too early"  # an EOFError has nothing to say
        raise LabError("{file}: {array} is damaged ({reason}).", file=file, array=name, reason=reason) from None


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)
    return np.lib.format.read_array_header_2_0(stream)


def _check_size(file: str, name: str, announced: int, found: int, compressed: int) -> None:
    if announced != found or announced > compressed * MOST_DEFLATED:
        raise LabError(
            "{file}: {array} is damaged: its header announces {announced} bytes, and {found} follow.",
            file=file,
            array=name,
            announced=announced,
            found=found,
        )
    _check_room(file, name, announced)


def _check_room(file: str, name: str, size: int) -> None:
    """Raise a `LabError` if an array, with what was read before it, takes more than the lab reads."""
    if size > MOST_BYTES:
        raise LabError(
            "{file}: {array} has {size} bytes; the lab reads up to {most}. Keep fewer images, or save them as uint8.",
            file=file,
            array=name,
            size=size,
            most=MOST_BYTES,
        )
