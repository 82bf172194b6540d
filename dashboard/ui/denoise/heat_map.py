"""The figure of a matrix: a row for each run and filter, a column for each noise and severity."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from aelab.studies.columns import Column
from ui import charts

_ROW, _LETTERS = 46, 24  # pixels of a row's height; letters of a line of its name
_MOST_NUMBERS = 60  # columns above which there is no room for the number of a severity
_MOST_TEXTS = 16  # columns above which there is no room for what a cell says
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
    """

    rows: Sequence[str]
    columns: Sequence[Column]
    noises: Sequence[str]
    values: np.ndarray
    text: np.ndarray
    hover: np.ndarray
    centred: bool


def figure(heat: Heat, chosen: tuple[int, int] | None, *, title: str, x: str, y: str) -> go.Figure:
    """Draw the values as colours, with a frame around the chosen cell.

    A heat map of Plotly cannot be clicked, hence the transparent points above it, whose custom data are row and column.
    """
    rows, wide = heat.values.shape
    several = len({column.severity for column in heat.columns}) > 1
    traces = [_colors(heat), _clickable(heat)]
    if several and wide <= _MOST_NUMBERS:
        traces.append(_numbers(heat.columns))
    ticks, names = _groups(heat)
    lines = "<br>".join(textwrap.wrap(title, 48))
    return go.Figure(
        traces,
        {
            "title": {"text": lines},
            "height": 230 + _ROW * rows,
            "margin": {"l": 10, "r": 10, "t": 52 + 20 * lines.count("<br>"), "b": 10},
            "hovermode": "closest",
            "hoverdistance": 200,
            "dragmode": False,
            "showlegend": False,
            "xaxis": {
                "title": {"text": x},
                "tickvals": ticks,
                "ticktext": names,
                "tickangle": 0 if len(ticks) < 4 else -45 if len(ticks) < 7 else -90,
                "range": [-0.5, wide - 0.5],
                "showgrid": False,
                "zeroline": False,
                "automargin": True,
            },
            "yaxis": {
                "title": {"text": y},
                "tickvals": list(range(rows)),
                "ticktext": list(heat.rows),
                "range": [rows - 0.5, -1.0 if several and wide <= _MOST_NUMBERS else -0.5],
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


def _colors(heat: Heat) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "z": heat.values,
        **({"text": heat.text, "texttemplate": "%{text}"} if heat.values.shape[1] <= _MOST_TEXTS else {}),
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
        "textfont": {"size": 11 if len(columns) <= 33 else 9},
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
