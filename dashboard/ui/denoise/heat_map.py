"""The figure of a matrix: a row for each run and filter, a column for each noise and severity."""

from __future__ import annotations

import html
import itertools
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from aelab.studies.columns import Column
from ui import charts

_LETTERS, _LETTER, _LINE = 24, 7, 16  # letters of a line of a row's name; pixels of a letter, and of a line
_LOWEST_ROW = 34  # pixels
_NARROW, _WIDE = 12, 36  # pixels of a column at least: to be told from the next one, or to have room for a number
_FINGER = 20  # pixels of a column on a phone, where it is touched
_MOST_TEXTS = 16  # columns above which cells are too narrow for what they say
_NARROWEST = 240  # pixels of all cells together, however few
_BESIDE = 90  # pixels of the title of the rows, and of the scale of colours
_MOST_LINES, _LONGEST_NOISE = 3, 26  # lines of a noise's name below its columns; letters of one that is turned
_EVEN, _DIVERGING = "Cividis", "RdBu"  # which colour-blind people tell apart, too


@dataclass(frozen=True)
class Heat:
    """What the figure shows.

    Attributes
    ----------
    rows : sequence of str
        Names of the rows, and what the runs among them were trained on.
    columns : sequence of Column
    noises : sequence of str
        What the noise of each column is called.
    values : ndarray, float64 (rows, columns)
    text, hover : ndarray of str (rows, columns)
    centred : bool
        Whether 0 means something: better above it, worse below.
    span : float
        What the colours span at least, so that small differences look small.
    """

    rows: Sequence[str]
    columns: Sequence[Column]
    noises: Sequence[str]
    values: np.ndarray
    text: np.ndarray
    hover: np.ndarray
    centred: bool
    span: float

    @property
    def has_text(self) -> bool:
        """Whether there is room for what the cells say."""
        return len(self.columns) <= _MOST_TEXTS

    @property
    def cells_width(self) -> int:
        """Pixels that all cells of a row take at least."""
        turned = _LINE * len({*self.noises})  # names of noises side by side
        return max(_NARROWEST, turned, len(self.columns) * (_WIDE if self.has_text else _NARROW))

    @property
    def least_width(self) -> int:
        """Pixels that the figure takes at least; where there are fewer, it has to be scrolled."""
        longest = max(len(html.unescape(line)) for name in self.rows for line in name.split("<br>"))
        return _BESIDE + _LETTER * longest + self.cells_width

    @property
    def phone_width(self) -> int:
        """Pixels that it takes where cells are touched."""
        return self.least_width + max(0, len(self.columns) * _FINGER - self.cells_width)


def figure(heat: Heat, chosen: tuple[int, int] | None, *, title: str, x: str, y: str) -> go.Figure:
    """Draw the values as colours, with a frame around the chosen cell.

    A heat map of Plotly cannot be clicked, hence the transparent points above it, whose custom data are row and column.
    """
    rows, wide = heat.values.shape
    several = len({column.severity for column in heat.columns}) > 1
    traces = [_colors(heat), _clickable(heat)]
    if several:
        traces.append(_numbers(heat.columns))
    ticks, names = _groups(heat)
    names, angle, below = _fitted(names, heat.cells_width // len(names))
    lines = "<br>".join(textwrap.wrap(title, 48))
    above = 52 + 20 * lines.count("<br>")
    row = max(_LOWEST_ROW, 8 + _LINE * max(name.count("<br>") + 1 for name in heat.rows))
    return go.Figure(
        traces,
        {
            "title": {"text": lines},
            "height": above + round(row * (rows + several / 2)) + below + 50,  # the title of the axis
            "margin": {"l": 10, "r": 10, "t": above, "b": 10},
            "hovermode": "closest",
            "hoverdistance": 200,
            "dragmode": False,
            "showlegend": False,
            "xaxis": {
                "title": {"text": x},
                "tickvals": ticks,
                "ticktext": names,
                "tickangle": angle,
                "range": [-0.5, wide - 0.5],
                "showgrid": False,
                "zeroline": False,
                "automargin": True,
            },
            "yaxis": {
                "title": {"text": y},
                "tickvals": list(range(rows)),
                "ticktext": list(heat.rows),
                "tickfont": {"size": 12},
                "range": [rows - 0.5, -1.0 if several else -0.5],
                "showgrid": False,
                "zeroline": False,
                "automargin": True,
            },
            "shapes": [*_borders(heat), *(_frame(*chosen) if chosen else ())],
        },
    )


def wrapped(*parts: str) -> str:
    """Return a row's name in short lines, so that it leaves room for the cells, and as text: users give names."""
    lines = [line for part in parts for line in textwrap.wrap(part, _LETTERS, break_on_hyphens=False)]
    return "<br>".join(map(charts.text, lines))


def _fitted(names: Sequence[str], room: int) -> tuple[list[str], int, int]:
    """Return names of noises that do not overlap in `room` pixels each, their angle, and the pixels that they take."""
    broken = [textwrap.wrap(name, max(1, room // _LETTER), break_long_words=False) for name in names]
    most = max(map(len, broken))
    if most <= _MOST_LINES and max(len(line) for lines in broken for line in lines) * _LETTER <= room:
        return ["<br>".join(lines) for lines in broken], 0, 8 + _LINE * most
    short = [name if len(name) <= _LONGEST_NOISE else f"{name[: _LONGEST_NOISE - 1]}…" for name in names]
    return short, -90, 8 + _LETTER * max(map(len, short))


def _ends(heat: Heat) -> tuple[float, float]:
    """Return the values at both ends of the scale of colours."""
    low, high = float(heat.values.min()), float(heat.values.max())
    if heat.centred:
        end = max(abs(low), abs(high), heat.span / 2)
        return -end, end
    more = max(0.0, heat.span - (high - low)) / 2
    return low - more, high + more


def _colors(heat: Heat) -> dict[str, Any]:
    low, high = _ends(heat)
    return {
        "type": "heatmap",
        "z": heat.values,
        "zmin": low,
        "zmax": high,
        **({"text": heat.text, "texttemplate": "%{text}", "textfont": {"size": 12}} if heat.has_text else {}),
        "hoverinfo": "skip",
        "colorscale": _DIVERGING if heat.centred else _EVEN,
        **({"zmid": 0} if heat.centred else {}),
        "colorbar": {"thickness": 10},  # what the colours mean is the title
        "xgap": 1,
        "ygap": 2,
    }


def _clickable(heat: Heat) -> dict[str, Any]:
    rows, wide = heat.values.shape
    places = list(itertools.product(range(rows), range(wide)))
    return {
        "type": "scatter",
        "x": [column for _, column in places],
        "y": [row for row, _ in places],
        "mode": "markers",
        "marker": {"size": 12, "opacity": 0.01, "symbol": "square"},
        "selected": {"marker": {"opacity": 0.01}},
        "unselected": {"marker": {"opacity": 0.01}},
        "customdata": places,
        "text": heat.hover.ravel(),
        "hovertemplate": "%{text}<extra></extra>",
    }


def _numbers(columns: Sequence[Column]) -> dict[str, Any]:
    """Write the severities above the columns."""
    return {
        "type": "scatter",
        "x": list(range(len(columns))),
        "y": [-0.75] * len(columns),
        "mode": "text",
        "text": [str(column.severity) for column in columns],
        "textfont": {"size": 11},
        "hoverinfo": "skip",
    }


def _groups(heat: Heat) -> tuple[list[float], list[str]]:
    """Return the middle of the columns of each noise, and what it is called."""
    spans = [list(span) for _, span in itertools.groupby(range(len(heat.noises)), key=heat.noises.__getitem__)]
    return [float(np.mean(span)) for span in spans], [heat.noises[span[0]] for span in spans]


def _borders(heat: Heat) -> list[dict[str, Any]]:
    """Return a line between two noises, where a noise has several columns."""
    changes = [n for n in range(1, len(heat.noises)) if heat.noises[n] != heat.noises[n - 1]]
    if len(changes) + 1 == len(heat.noises):
        return []
    line = {
        "type": "line",
        "yref": "y",
        "y0": -0.5,
        "y1": len(heat.rows) - 0.5,
        "line": {"color": "#ffffff", "width": 3},
    }
    return [{**line, "x0": n - 0.5, "x1": n - 0.5} for n in changes]


def _frame(row: int, column: int) -> list[dict[str, Any]]:
    """Return a frame that is seen on every colour: dark, with a bright one inside."""
    box = {"type": "rect", "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    return [{**box, "line": {"color": color, "width": width}} for color, width in (("#000000", 5), ("#ffffff", 2))]
