"""Tables for a terminal: columns that do not fit beside one another go below, and an empty cell is a dash."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Final

#: Characters of a line that is not broken by the narrowest terminals in use.
WIDTH: Final = 100

_LONGEST_CELL: Final = 30
_GAP: Final = "  "


def cell(value: Any) -> str:
    """Return a value as it stands in a table: none, and what is not a number, as a dash."""
    empty = value is None or value != value  # noqa: PLR0124 - NaN
    text = "–" if empty else str(value)
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return the lines of a table, whose first column is repeated before columns that found no room beside it.

    Parameters
    ----------
    heads : sequence of str
        One a column; the first may be empty.
    rows : sequence of sequence
        As many values each as there are heads.

    Examples
    --------
    >>> table(["", "1", "2"], [["beta", None, 4.0]])
    ['        1    2', '  beta  –  4.0']
    """
    columns = [list(map(cell, column)) for column in zip(heads, *rows, strict=True)]
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for block in _blocks(widths):
        for row in range(1 + len(rows)):
            first = columns[0][row].ljust(widths[0])
            others = [columns[column][row].rjust(widths[column]) for column in block]
            lines.append((_GAP + _GAP.join([first, *others])).rstrip())
    return lines


def wrapped(sentence: str) -> list[str]:
    """Return a sentence in lines that fit."""
    return textwrap.wrap(sentence, WIDTH, subsequent_indent=_GAP, break_on_hyphens=False)


def _blocks(widths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the columns but the first in groups that fit beside it."""
    begin = len(_GAP) + widths[0]
    block: list[int] = []
    used = begin
    for column in range(1, len(widths)):
        needed = len(_GAP) + widths[column]
        if block and used + needed > WIDTH:
            yield block
            block, used = [], begin
        block.append(column)
        used += needed
    yield block
