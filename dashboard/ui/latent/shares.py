"""A table of shares as a picture: rows and columns with names, colours from none to all, numbers where they fit."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ui import charts

_ROW, _LINE = 30, 20  # pixels of a row, and of a line of the title
_MOST_TEXTS = 16  # columns above which cells are too narrow for what they say
_TURNED = 6  # letters of a column's name above which all of them are turned, where there are several
_LETTER = 7  # pixels
_EVEN = "Cividis"  # which colour-blind people tell apart, too


def figure(
    values: np.ndarray,
    text: np.ndarray,
    hover: np.ndarray,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    x: str,
    y: str,
) -> go.Figure:
    """Draw shares in [0, 1] as colours.

    Parameters
    ----------
    values : ndarray, float (rows, columns)
    text, hover : ndarray of str (rows, columns)
        What stands in each cell, and what is said of it; `hover` is markup.
    rows, columns : sequence of str
        Names, as users may have given them.
    title, x, y : str
    """
    turned = len(columns) > 4 and max(map(len, map(charts.short, columns))) > _TURNED
    lines = "<br>".join(textwrap.wrap(title.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"), 48))
    above = 48 + _LINE * lines.count("<br>")
    below = _LETTER * max(map(len, map(charts.short, columns))) if turned else _LINE
    trace = {
        "type": "heatmap",
        "z": values,
        "zmin": 0,
        "zmax": 1,
        "customdata": hover,
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": _EVEN,
        "colorbar": {"thickness": 10, "tickformat": ".0%"},
        "xgap": 1,
        "ygap": 1,
    }
    if len(columns) <= _MOST_TEXTS:
        trace |= {"text": text, "texttemplate": "%{text}", "textfont": {"size": 12}}
    return go.Figure(
        [trace],
        {
            "title": {"text": lines},
            "margin": {"l": 10, "r": 10, "t": above, "b": 10},
            "height": above + _ROW * len(rows) + below + 50,  # the title of the axis
            "dragmode": False,
            "xaxis": _axis(x, columns) | {"tickangle": -90 if turned else 0},
            "yaxis": _axis(y, rows) | {"autorange": "reversed"},
        },
    )


def _axis(title: str, names: Sequence[str]) -> dict[str, Any]:
    """Return an axis that says what each row or column is."""
    return {
        "title": {"text": title},
        "tickvals": list(range(len(names))),
        "ticktext": [charts.text(charts.short(name)) for name in names],
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
    }
