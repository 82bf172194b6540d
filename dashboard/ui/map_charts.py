"""What a map shows beside the classes: a measure by a scale of colours, a place of one's own, and what is selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from ui import charts, figures

_STOPS = 16  # colours of a scale, between which Plotly goes in straight lines


def measured(figure: go.Figure, values: npt.NDArray[np.generic], measure: str) -> go.Figure:
    """Colour the points of a map by what is measured of them, instead of by category.

    A few extreme values do not take the colours from all others: the scale ends at the first and the last percent.

    Parameters
    ----------
    figure : Figure
        Of `charts.latent_map`: the points, then the legend.
    values : ndarray, float (N,)
        NaN where nothing is known.
    measure : str
        What it is, with its unit.
    """
    numbers = values.astype(np.float64)
    low, high = np.nanquantile(numbers, (0.01, 0.99)) if np.isfinite(numbers).any() else (0.0, 1.0)
    figure.data = figure.data[:1]
    figure.data[0].update(
        marker={
            "color": numbers,
            "colorscale": figures.ramp(_STOPS),
            "cmin": low,
            "cmax": high,
            "colorbar": {"title": {"text": charts.text(measure), "side": "right"}, "thickness": 14},
            "showscale": True,
        },
        text=[f"{each:.4g}" for each in numbers],
    )
    return figure


def starred(figure: go.Figure, place: npt.NDArray[np.float32], name: str) -> go.Figure:
    """Add a place (d,) of one's own to a map, as a star."""
    deep = len(place) == 3
    figure.add_trace(
        {
            "type": "scatter3d" if deep else "scattergl",
            **{axis: [float(each)] for axis, each in zip("xyz", place, strict=False)},
            "mode": "markers",
            "name": name,
            "marker": {
                **({"symbol": "diamond", "size": 8} if deep else {"symbol": "star", "size": 18}),
                "color": "#000000",
                "line": {"color": "#ffffff", "width": 1.5},
            },
            "hovertemplate": f"{charts.text(name)}<extra></extra>",
        }
    )
    return figure


def chosen(event: Mapping[str, Any]) -> npt.NDArray[np.intp]:
    """Return the images of the points that a chart says are selected, which Plotly gives alone or in lists of one."""
    ids = [point["customdata"] for point in event["selection"]["points"] if "customdata" in point]
    return np.array([each[0] if isinstance(each, list) else each for each in ids], np.intp)
