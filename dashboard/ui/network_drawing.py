"""A network as a drawing: blocks from its input down to its output, as HTML of the page's own colours and letters.

A picture would have to be shrunk to fit on a phone until nobody could read it; lines of text and bars fit any width.
How they look is in dashboard/style.css.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from aelab.models.tracing import LayerSummary

_ALONGSIDE: Final = frozenset({"BatchNormalization", "LeakyReLU", "ReLU", "Clip"})  # what is done to a layer's output
_NARROWEST = 2.0  # per cent of the room
_LOWEST, _PER_DOUBLING = 8.0, 3.0  # pixels, of one channel and for twice as many


@dataclass(frozen=True)
class Block:
    """Layers that are drawn as one: a layer with what is done to its output, or several side by side.

    Attributes
    ----------
    layers : tuple of LayerSummary
    marks : str
        Of the skip connections that begin or end here.
    """

    layers: tuple[LayerSummary, ...]
    marks: str = ""

    @property
    def _beside(self) -> bool:
        return len({row.source for row in self.layers}) < len(self.layers)

    @property
    def name(self) -> str:
        """What Keras calls its first layer, and how many of them stand side by side."""
        return f"{len(self.layers)} × {self.layers[0].kind}" if self._beside else self.layers[0].kind

    @property
    def more(self) -> str:
        """What is done to the output of that layer, and which skip connections begin or end there."""
        return self.marks if self._beside else "".join(f" + {row.kind}" for row in self.layers[1:]) + self.marks

    @property
    def shape(self) -> tuple[int, ...]:
        """What it gives, or each of several side by side."""
        return self.layers[-1].shape

    @property
    def parameters(self) -> int:
        """Of all its layers."""
        return sum(row.parameters for row in self.layers)


@dataclass(frozen=True)
class Line:
    """One line of a drawing.

    Attributes
    ----------
    role : {"image", "layer", "critic", "code", "told"}
        Decides the colour.
    title, detail : str
        What is written beside the block.
    shape : tuple of int
        Decides the block's size.
    more : str
        Goes on after the title, less loud.
    """

    role: Literal["image", "layer", "critic", "code", "told"]
    title: str
    detail: str
    shape: tuple[int, ...]
    more: str = ""


@dataclass(frozen=True)
class Part:
    """A network of a drawing, or what stands between two; `heading` may be empty."""

    heading: str
    lines: tuple[Line, ...]


def blocks(rows: Sequence[LayerSummary]) -> list[Block]:
    """Take the layers of a network together where they are one thought."""
    found: list[Block] = []
    marks = skip_marks(rows)
    for index, row in enumerate(rows):
        last = found[-1].layers if found else ()
        beside = any(row.source == other.source and row.kind == other.kind for other in last)
        follows = row.kind in _ALONGSIDE and row.source == index - 1
        if last and (beside or (follows and row.shape == last[-1].shape)):
            found[-1] = Block((*last, row), found[-1].marks + marks.get(index, ""))
        else:
            found.append(Block((row,), marks.get(index, "")))
    return found


def skip_marks(rows: Sequence[LayerSummary]) -> dict[int, str]:
    """Return, by row, a number in a circle for every skip connection that begins or ends there; -1 is the input."""
    ends = sorted((begin, end) for end, row in enumerate(rows) for begin in row.skips)
    marks: dict[int, str] = {}
    for number, (begin, end) in enumerate(ends):
        circled = chr(ord("\N{CIRCLED DIGIT ONE}") + number)
        marks[begin] = f"{marks.get(begin, '')} {circled}\N{RIGHTWARDS ARROW}"
        marks[end] = f"{marks.get(end, '')} \N{RIGHTWARDS ARROW}{circled}"
    return marks


def size(shape: tuple[int, ...], most: int) -> tuple[float, float]:
    """Return a block's width in per cent of the room, and its height in pixels.

    Twice the width stands for eight times as many numbers, up to the `most` that any layer of the drawing gives: sides
    as they are would leave of a code a dot, logarithms no bottleneck. The height tells how many channels they are in.
    """
    share = (math.prod(shape) / most) ** (1 / 3)
    channels = shape[-1] if len(shape) > 1 else 1
    return max(_NARROWEST, 100.0 * share), _LOWEST + _PER_DOUBLING * math.log2(channels)


def draw(columns: Sequence[Sequence[Part]], *, alt: str) -> str:
    """Return networks as HTML: the parts of a column below one another, columns beside one another if there is room."""
    most = max(math.prod(line.shape) for column in columns for part in column for line in part.lines)
    drawn = "".join(_tag("div", "column", "".join(_part(part, most) for part in column)) for column in columns)
    return _tag("div", "network", drawn, role="img", aria_label=alt)


def _part(part: Part, most: int) -> str:
    heading = _tag("div", "heading", html.escape(part.heading)) if part.heading else ""
    return heading + "".join(_line(line, most) for line in part.lines)


def _line(line: Line, most: int) -> str:
    width, height = size(line.shape, most)
    bar = _tag("span", "bar", "", data_role=line.role, style=f"width:{width:.1f}%;height:{height:.0f}px")
    title, more, detail = (html.escape(words) for words in (line.title, line.more, line.detail))
    return _tag("div", "line", _tag("span", "room", bar) + _tag("span", "words", f"<b>{title}</b>{more}<br>{detail}"))


def _tag(kind: str, name: str, content: str, **attributes: str) -> str:
    """Return an element of a class of the drawing; `content` is HTML, attributes are any text."""
    said = "".join(f' {key.replace("_", "-")}="{html.escape(text)}"' for key, text in attributes.items())
    return f'<{kind} class="aelab-{name}"{said}>{content}</{kind}>'
