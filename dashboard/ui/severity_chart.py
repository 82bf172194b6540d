"""The figure of quality against severity: a line a method, with the band of its 95% intervals."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Final, Literal

import plotly.graph_objects as go

from aelab.studies.baselines import RUN
from aelab.studies.one_image import NOISY
from aelab.studies.severity_curve import Curve, SeverityCurves
from ui import charts

_DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
_BAND_OPACITY: Final = 0.15
_TITLE_LINE: Final = 48  # letters that fit on a phone


def severity_chart(
    found: SeverityCurves,
    measure: Literal["psnr", "ssim"],
    names: Mapping[str, str],
    trained: float | None,
    *,
    title: str,
    x: str,
    y: str,
    mark: str,
) -> go.Figure:
    """Draw the means of every method over the levels of a noise.

    Parameters
    ----------
    found : SeverityCurves
    measure : {"psnr", "ssim"}
    names : mapping of str to str
        What each method is called, of those to draw.
    trained : float or None
        The level at which the run was trained; None where it was not trained on this noise.
    title, x, y : str
    mark : str
        What stands beside the line at that level.
    """
    traces: list[dict[str, Any]] = []
    for number, curve in enumerate(curve for curve in found.curves if curve.name in names):
        color = charts.PALETTE[number % len(charts.PALETTE)]
        traces += [_band(found.levels, curve, measure, color), _line(found.levels, curve, measure, color, number)]
        traces[-1]["name"] = names[curve.name]
    layout: dict[str, Any] = {
        "title": {"text": "<br>".join(textwrap.wrap(title, _TITLE_LINE))},
        "margin": {"l": 10, "r": 10, "t": 72, "b": 10},
        "height": 460,
        "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},
        "xaxis": {"title": {"text": x}, "rangemode": "tozero"},
        "yaxis": {"title": {"text": y}},
    }
    if trained is not None:
        place = {"yref": "paper", "line": {"color": charts.UNKNOWN, "width": 2, "dash": "dot"}}
        layout["shapes"] = [{"type": "line", "x0": trained, "x1": trained, "y0": 0, "y1": 1, **place}]
        layout["annotations"] = [
            {"x": trained, "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "top", "text": mark}
            | {"showarrow": False}
        ]
    return go.Figure(traces, layout)


def _line(levels: tuple[float, ...], curve: Curve, measure: str, color: str, number: int) -> dict[str, Any]:
    of_run = curve.name == RUN
    dash = {RUN: "solid", NOISY: "solid"}.get(curve.name) or _DASHES[(number - 2) % len(_DASHES)]
    return {
        "type": "scatter",
        "x": levels,
        "y": [each.mean for each in getattr(curve, measure)],
        "mode": "lines+markers",
        "line": {"color": color, "dash": dash, "width": 4 if of_run else 2},
        "marker": {"size": 7 if of_run else 5},
    }


def _band(levels: tuple[float, ...], curve: Curve, measure: str, color: str) -> dict[str, Any]:
    values = getattr(curve, measure)
    return {
        "type": "scatter",
        "x": [*levels, *reversed(levels)],
        "y": [*(each.high for each in values), *(each.low for each in reversed(values))],
        "fill": "toself",
        "fillcolor": color,
        "opacity": _BAND_OPACITY,
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
        "showlegend": False,
    }
