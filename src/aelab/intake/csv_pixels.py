"""Read images from a CSV file with a label and every pixel in columns, as MNIST goes round in competitions.

A line is an image: its label, then its pixels row by row, each with its channels together.  Lines are read a few
megabytes at a time, so that a file costs the memory of its images, a byte a value.
"""

from __future__ import annotations

import gzip
import io
import itertools
import math
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError
from aelab.intake.kinds import PEEK, kind_of
from aelab.intake.labelled import HIGHEST_LABEL, LabelledImages, pair
from aelab.intake.limits import check_room
from aelab.intake.names import printable

_SEPARATORS: Final = (",", ";", "\t")
_LABELS: Final = frozenset({"label", "labels", "class", "target", "y"})
_NUMBERS: Final = frozenset({"", "unnamed: 0", "index", "id"})  # columns that count the lines, as pandas writes them
_DAMAGE: Final = (OSError, EOFError, zlib.error)
_LONGEST_LINE: Final = 32 * 2**20  # bytes: the largest image in colour, with room for spaces
_MOST_EMPTY: Final = 1000  # lines
_BATCH: Final = 4 * 2**20  # bytes of lines that are parsed together
_START: Final = 2**16  # bytes that are looked at to tell what a file is
_FEWEST_COLUMNS: Final = 10  # fewer are some other table
_BYTE_ORDER_MARK: Final = "\u00ef\u00bb\u00bf"  # UTF-8's, read as Latin-1
_PLACE: Final = re.compile(r"(\d+)x(\d+)")  # "28x28": row and column of the last pixel, as some headers have it

Line = tuple[int, str]  # its number, from 1, and its text
Table = npt.NDArray[np.float64]
Stream = gzip.GzipFile | io.BufferedReader


@dataclass(frozen=True)
class _Layout:
    """What the columns are."""

    separator: str
    names: tuple[str, ...]  # of all columns; their numbers from 1 where the file does not name them
    named: bool
    label: int
    pixels: tuple[int, ...]
    shape: tuple[int, int, int]


def is_csv(path: Path) -> bool:
    """Return whether `path` begins, after unpacking, with a line of text in many columns."""
    try:
        with _opened(path) as stream:
            start = stream.read(_START)
    except _DAMAGE:
        return False
    if kind_of(start) is not None or b"\0" in start:
        return False
    line = start.split(b"\n")[0].decode("latin-1")
    return max(map(line.count, _SEPARATORS)) >= _FEWEST_COLUMNS - 1


def read(path: Path) -> LabelledImages:
    """Read a CSV file, plain or compressed with gzip, with or without a line of column names.

    The label is the column called label, or else the first: a whole number from 0 up.  The pixels are whole numbers
    from 0 to 255 or floats from 0 to 1; as many as a square has are grey, three times as many RGB, and a name such
    as ``28x20`` for the last column tells height and width.

    Raises
    ------
    LabError
        If it is damaged, has more than the lab takes, or a value that cannot be meant; it names the line, counted
        from 1, and the column.
    """
    file = printable(path.name)
    try:
        with _opened(path) as stream:
            return _read(stream, file)
    except _DAMAGE as error:
        raise LabError("{file} cannot be read ({reason}).", file=file, reason=error) from None


def _read(stream: Stream, file: str) -> LabelledImages:
    lines = _lines(stream, file)
    first = next(lines, (1, ""))
    layout = _layout(first[1].removeprefix(_BYTE_ORDER_MARK), file)
    labels: list[npt.NDArray[np.int64]] = []
    images = _Images(file, layout)
    for batch in _batches(lines if layout.named else itertools.chain([first], lines)):
        table = _table(batch, layout, file)
        labels.append(_labels_of(table, batch, layout, file))
        images.add(table[:, layout.pixels], batch)
    if not labels:
        raise LabError("{file} has no line of pixels.", file=file)
    return pair(images.joined(), np.concatenate(labels), file, "pixels", "labels")


def _opened(path: Path) -> Stream:
    with open(path, "rb") as file:
        compressed = kind_of(file.read(PEEK)) == "gzip"
    return gzip.GzipFile(path, "rb") if compressed else path.open("rb")


def _lines(stream: Stream, file: str) -> Iterator[Line]:
    """Yield the lines that are not empty, none of them longer than an image can be."""
    empty = 0
    for number in itertools.count(1):
        line = stream.readline(_LONGEST_LINE + 1)
        if not line:
            return
        if len(line) > _LONGEST_LINE:
            raise LabError("{file}: line {line} is longer than any image.", file=file, line=number)
        if text := line.decode("latin-1").strip():
            yield number, text
        else:
            empty += 1
            if empty > _MOST_EMPTY:
                raise LabError("{file} has more than {most} empty lines.", file=file, most=_MOST_EMPTY)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line[1])
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _layout(line: str, file: str) -> _Layout:
    """Tell the columns from the first line."""
    separator = max(_SEPARATORS, key=line.count)
    fields = [field.strip(' "') for field in line.split(separator)]
    named = any(_number(field) is None for field in fields)
    names = tuple(map(printable, fields)) if named else tuple(map(str, range(1, len(fields) + 1)))
    plain = [name.lower() for name in names]
    label = next((index for index, name in enumerate(plain) if name in _LABELS), 0)
    pixels = tuple(index for index, name in enumerate(plain) if index != label and name not in _NUMBERS)
    return _Layout(separator, names, named, label, pixels, _shape(names, pixels, file))


def _shape(names: tuple[str, ...], pixels: tuple[int, ...], file: str) -> tuple[int, int, int]:
    """Return height, width and channels of the images that have so many pixels."""
    count = len(pixels)
    last = _PLACE.fullmatch(names[pixels[-1]]) if pixels else None
    for channels in (1, 3):
        side = math.isqrt(count // channels)
        height, width = (int(last[1]), int(last[2])) if last else (side, side)
        if count and height * width * channels == count:
            return height, width, channels
    raise LabError(
        "{file} must have a column for the label and one for each pixel, as many as a square has or three times as "
        "many, such as 784; beside the label it has {count}.",
        file=file,
        count=count,
    )


def _table(batch: list[Line], layout: _Layout, file: str) -> Table:
    """Return the lines' values, one row a line."""
    lines = [text for _, text in batch]
    try:
        table = np.loadtxt(lines, np.float64, delimiter=layout.separator, comments=None, quotechar='"', ndmin=2)
    except ValueError:
        raise _fault(batch, layout, file) from None
    if table.shape != (len(batch), len(layout.names)):
        raise _fault(batch, layout, file)
    return table


def _fault(batch: list[Line], layout: _Layout, file: str) -> LabError:
    """Return what is wrong with lines that are no table of numbers."""
    for number, text in batch:
        fields = text.split(layout.separator)
        if len(fields) != len(layout.names):
            return LabError(
                "{file}: line {line} has {count} values; it must have one for each of the {expected} columns.",
                file=file,
                line=number,
                count=len(fields),
                expected=len(layout.names),
            )
        for name, field in zip(layout.names, fields, strict=True):
            if _number(field.strip(' "')) is None:
                return LabError(
                    "{file}: line {line}, column {column}: a number is expected; it is {value}.",
                    file=file,
                    line=number,
                    column=name,
                    value=repr(printable(field))[:80],
                )
    return LabError("{file}: the lines from {line} on are no table of numbers.", file=file, line=batch[0][0])


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _labels_of(table: Table, batch: list[Line], layout: _Layout, file: str) -> npt.NDArray[np.int64]:
    labels = table[:, layout.label]
    wrong = ~((labels >= 0) & (labels < HIGHEST_LABEL) & (labels == np.rint(labels)))
    if wrong.any():
        row = int(wrong.argmax())
        raise LabError(
            "{file}: line {line}, column {column}: the label must be a whole number from 0 up; it is {value}.",
            file=file,
            line=batch[row][0],
            column=layout.names[layout.label],
            value=f"{labels[row]:g}",
        )
    return labels.astype(np.int64)


class _Images:
    """The images so far, in bytes; whether their values go to 1 or to 255 may show only after a while."""

    def __init__(self, file: str, layout: _Layout) -> None:
        self._file = file
        self._layout = layout
        self._count = 0
        self._highest: int | None = None
        self._done: list[npt.NDArray[np.uint8]] = []
        self._undecided: list[npt.NDArray[np.uint8]] = []  # those of them that have only zeros and ones

    def add(self, values: Table, batch: list[Line]) -> None:
        """Add lines of pixels, (n, pixels)."""
        self._count += len(values)
        check_room(self._count, *self._layout.shape)
        self._refuse(~((values >= 0) & (values <= 255)), values, batch)
        fractions, above = values != np.rint(values), values > 1
        self._refuse(fractions & above, values, batch)
        if self._highest is None and (fractions.any() or above.any()):
            self._highest = 1 if fractions.any() else 255
        if self._highest is not None:
            self._refuse(above if self._highest == 1 else fractions, values, batch)
        images = np.rint(values * 255 if self._highest == 1 else values).astype(np.uint8)
        self._done.append(images.reshape(-1, *self._layout.shape))
        if self._highest is None:
            self._undecided.append(self._done[-1])

    def joined(self) -> npt.NDArray[np.uint8]:
        """Return all images, uint8 (N, H, W, C). Zeros and ones alone are black and white."""
        if self._highest != 255:
            for images in self._undecided:
                np.multiply(images, 255, out=images)
        return np.concatenate(self._done)

    def _refuse(self, wrong: npt.NDArray[np.bool_], values: Table, batch: list[Line]) -> None:
        """Raise a `LabError` naming the first place where `wrong` is true, if there is one."""
        if not wrong.any():
            return
        row, column = (int(index) for index in np.unravel_index(wrong.argmax(), wrong.shape))
        raise LabError(
            "{file}: line {line}, column {column}: pixels must be whole numbers from 0 to 255, or all of them numbers "
            "from 0 to 1; it is {value}.",
            file=self._file,
            line=batch[row][0],
            column=self._layout.names[self._layout.pixels[column]],
            value=f"{values[row, column]:g}",
        )
