"""The figure of how far each step of a walk is from data."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from ui import charts

Chart: TypeAlias = go.Figure

_TITLE_LINE = 48  # letters that fit on a phone
_DASHES = ("solid", "dash")


def chart(
    shares: npt.NDArray[np.float32],
    distances: Mapping[str, npt.NDArray[np.float64]],
    apart: float,
    *,
    title: str,
    axes: tuple[str, str],
    usual: str,
) -> Chart:
    """Draw distances over the shares of the way, a line for each way, and how far apart codes usually are.

    Parameters
    ----------
    shares : ndarray (S,)
    distances : mapping of str to ndarray (S,)
        By what each way is called.
    apart : float
    title : str
    axes : (str, str)
    usual : str
        What the distance between codes is called.
    """
    x = [round(float(share), 6) for share in shares]
    traces: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines+markers", "name": name, "x": x, "y": values.tolist()}
        | {"line": {"color": color, "dash": dash}}
        for (name, values), color, dash in zip(distances.items(), charts.PALETTE, _DASHES, strict=False)
    ]
    traces.append(
        {"type": "scatter", "mode": "lines", "name": usual, "x": [0, 1], "y": [apart, apart]}
        | {"line": {"color": charts.UNKNOWN, "dash": "dot"}}
    )
    return go.Figure(
        traces,
        {
            "title": {"text": "<br>".join(textwrap.wrap(title, _TITLE_LINE))},
            "margin": {"l": 10, "r": 10, "t": 72, "b": 10},
            "height": 340,
            "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},
            "xaxis": {"title": {"text": axes[0]}},
            "yaxis": {"title": {"text": axes[1]}, "rangemode": "tozero"},
        },
    )
