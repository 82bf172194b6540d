"""The figures of what a variational run has learned: Plotly, in the colours and hatches of the other charts."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from aelab.metrics.estimate import Estimate
from ui import charts

Floats = npt.NDArray[np.float64]
Trace = dict[str, Any]

_MARGIN: Final = {"l": 10, "r": 10, "t": 64, "b": 10}
_TITLE_LINE: Final = 48  # letters that fit on a phone
_AXIS_LINE: Final = 44
_CORNERS: Final = 25  # of an ellipse
_PRIOR: Final = "#717581"  # seen on either ground, and no class of most datasets
_BINS: Final = 60
_REACH: Final = 3.0  # thresholds: a few draws far away would leave no room for the others


def ellipses(
    mean: npt.NDArray[np.floating],
    deviation: npt.NDArray[np.floating],
    ids: npt.NDArray[np.intp],
    labels: npt.NDArray[np.int32],
    class_names: Sequence[str],
    unknown: str,
    *,
    title: str,
    axes: tuple[str, str],
    prior: str,
) -> go.Figure:
    """Draw posteriors (N, 2) as points with ellipses of one standard deviation, in the colours of their classes.

    Over them are the circles of one and two standard deviations of the prior, which the legend calls `prior`.
    """
    traces: list[Trace] = []
    for code in (int(each) for each in np.unique(labels)):
        which = labels == code
        name = charts.text(class_names[code]) if code >= 0 else unknown
        short = charts.text(charts.short(class_names[code])) if code >= 0 else unknown
        group: Trace = {"legendgroup": str(code), "type": "scatter"}
        lines = _outlines(mean[which], deviation[which])
        traces += [
            {**group, "x": lines[0], "y": lines[1], "mode": "lines", "showlegend": False, "hoverinfo": "skip"}
            | {"line": {"color": charts.class_color(code), "width": 1}, "opacity": 0.7},
            {**group, "x": mean[which, 0], "y": mean[which, 1], "mode": "markers", "name": short}
            | {"marker": {"size": 5, "color": charts.class_color(code)}, "customdata": ids[which]}
            | {"hovertemplate": f"{name} #%{{customdata}}<br>(%{{x:.2f}}, %{{y:.2f}})<extra></extra>"},
        ]
    for sigma, dash in ((1, "solid"), (2, "dash")):
        x, y = _outlines(np.zeros((1, 2)), np.full((1, 2), float(sigma)), 4 * _CORNERS)
        traces.append(
            {"type": "scatter", "x": x, "y": y, "mode": "lines", "name": f"{prior}, {sigma}σ", "hoverinfo": "skip"}
            | {"line": {"color": _PRIOR, "width": 3, "dash": dash}}
        )
    return _figure(traces, title, _axis(axes[0]), _axis(axes[1], scaleanchor="x"), height=620)


def divergence_bars(
    values: Sequence[Estimate],
    numbers: Sequence[int],
    active: Sequence[bool],
    names: tuple[str, str],
    *,
    title: str,
    x: str,
    y: str,
) -> go.Figure:
    """Draw the divergence of each dimension with its interval; those that are not used are hatched (`names[1]`)."""
    order = [str(number) for number in numbers]
    bars: list[Trace] = []
    for used, name, color, shape in (
        (True, names[0], charts.PALETTE[0], ""),
        (False, names[1], charts.PALETTE[3], "/"),
    ):
        chosen = [place for place, each in enumerate(active) if bool(each) == used]
        if not chosen:
            continue
        means = [values[place].mean for place in chosen]
        bars.append(
            {
                "type": "bar",
                "x": [order[place] for place in chosen],
                "y": means,
                "name": name,
                "showlegend": True,
                "marker": {"color": color, "pattern": {"shape": shape, "solidity": 0.4}},
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [values[place].high - values[place].mean for place in chosen],
                    "arrayminus": [values[place].mean - values[place].low for place in chosen],
                    "color": _PRIOR,
                },
                "hovertemplate": f"{x} %{{x}}: %{{y:.3f}}<extra></extra>",
            }
        )
    across = _axis(x, type="category", categoryorder="array", categoryarray=order)
    return _figure(bars, title, across, _axis(y, rangemode="tozero"), height=340)


def densities(
    edges: Floats,
    density: Floats,
    prior: Floats,
    heads: Sequence[str],
    names: tuple[str, str],
    *,
    title: str,
    x: str,
) -> go.Figure:
    """Draw the density of all codes (`names[0]`) over that of the prior (`names[1]`), a small chart a dimension.

    Parameters
    ----------
    edges : ndarray, (B + 1,)
    density : ndarray, (charts, B)
    prior : ndarray, (B,)
    heads : sequence of str
        What stands above each chart.
    names : (str, str)
    title, x : str
    """
    middles = (edges[1:] + edges[:-1]) / 2
    columns = min(2, len(density))
    rows = -(-len(density) // columns)
    traces: list[Trace] = []
    for number, each in enumerate(density):
        place = {"type": "scatter", "x": middles, "mode": "lines", "showlegend": number == 0}
        place |= {"xaxis": f"x{_nth(number)}", "yaxis": f"y{_nth(number)}"}
        traces += [
            {**place, "y": each, "name": names[0], "fill": "tozeroy", "line": {"color": charts.PALETTE[0], "width": 2}},
            {**place, "y": prior, "name": names[1], "line": {"color": _PRIOR, "width": 3, "dash": "dash"}},
        ]
    top = 1.1 * max(float(density.max()), float(prior.max()))
    layout: Trace = {"grid": {"rows": rows, "columns": columns, "pattern": "independent", "ygap": 0.35, "xgap": 0.16}}
    layout["annotations"] = [
        {"text": head, "showarrow": False, "xref": f"x{_nth(number)} domain", "yref": f"y{_nth(number)} domain"}
        | {"x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"}
        for number, head in enumerate(heads)
    ]
    for number in range(1, len(density)):
        layout[f"xaxis{_nth(number)}"] = _axis(x if number >= len(density) - columns else "")
        layout[f"yaxis{_nth(number)}"] = {"range": [0, top]}
    first = _axis(x if len(density) <= columns else "")
    return _figure(traces, title, first, {"range": [0, top]}, height=170 + 190 * rows, layout=layout, above=24)


def distances(
    drawn: Floats,
    real: Floats,
    threshold: float,
    names: tuple[str, str],
    *,
    title: str,
    x: str,
    y: str,
    mark: str,
) -> go.Figure:
    """Draw histograms of the distances of draws (`names[0]`) and real codes (`names[1]`), and where holes begin."""
    edges = np.linspace(0, reach(drawn, real, threshold), _BINS + 1)
    lines = [
        {
            "type": "scatter",
            "x": (edges[1:] + edges[:-1]) / 2,
            "y": 100 * np.histogram(np.minimum(values, edges[-1]), edges)[0] / len(values),
            "mode": "lines",
            "name": name,
            "line": {"color": color, "shape": "hvh", "width": 2, "dash": dash},
            "fill": "tozeroy",
            "hovertemplate": "%{x:.2f}: %{y:.1f}%<extra></extra>",
        }
        for values, name, color, dash in (
            (real, names[1], charts.PALETTE[0], "solid"),
            (drawn, names[0], charts.PALETTE[1], "dot"),
        )
    ]
    line = {"type": "line", "x0": threshold, "x1": threshold, "y0": 0, "y1": 1, "yref": "paper"}
    late = threshold > edges[-1] / 2
    note = {"x": threshold, "y": 1, "yref": "paper", "yanchor": "bottom", "text": mark, "showarrow": False}
    layout = {
        "shapes": [line | {"line": {"color": _PRIOR, "width": 2, "dash": "dash"}}],
        "annotations": [note | {"xanchor": "right" if late else "left"}],
    }
    return _figure(lines, title, _axis(x), _axis(y, rangemode="tozero"), height=380, layout=layout)


def reach(drawn: Floats, real: Floats, threshold: float) -> float:
    """Return how far the histograms of `distances` go; what is farther is counted in the last bin."""
    farthest = max(float(drawn.max()), float(real.max()))
    return min(1.02 * farthest, _REACH * threshold) or 1.0


def _nth(number: int) -> str:
    """Return what Plotly puts behind the letter of the axes of a chart, from 0; behind that of the first, nothing."""
    return str(number + 1) if number else ""


def _outlines(
    mean: npt.NDArray[np.floating], deviation: npt.NDArray[np.floating], corners: int = _CORNERS
) -> tuple[list[float | None], list[float | None]]:
    """Return the lines around means (N, 2) as one: x and y, with a gap after each ellipse."""
    turn = np.linspace(0, 2 * np.pi, corners)
    circle = np.stack([np.cos(turn), np.sin(turn)])  # (2, corners)
    lines = mean[:, :, None] + deviation[:, :, None] * circle  # (N, 2, corners)
    gaps = np.full((*lines.shape[:2], 1), np.nan)
    x, y = np.concatenate([lines, gaps], axis=2).transpose(1, 0, 2).reshape(2, -1).round(4)
    return [None if np.isnan(each) else float(each) for each in x], [
        None if np.isnan(each) else float(each) for each in y
    ]


def _axis(name: str, /, **options: Any) -> Trace:
    return {"title": {"text": "<br>".join(textwrap.wrap(name, _AXIS_LINE))}, **options}


def _figure(
    traces: Sequence[Trace],
    title: str,
    x: Trace,
    y: Trace,
    *,
    height: int,
    layout: Mapping[str, Any] | None = None,
    above: int = 0,
) -> go.Figure:
    """Make a figure; `above` are pixels between its title and the charts, for what stands there."""
    lines = textwrap.wrap(title.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"), _TITLE_LINE)
    common = {
        "title": {"text": "<br>".join(lines)},
        "margin": _MARGIN | {"t": _MARGIN["t"] + above + 20 * (len(lines) - 1)},
        "height": height + 20 * (len(lines) - 1),
        "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},
        "xaxis": x,
        "yaxis": y,
        "hovermode": "closest",
    }
    return go.Figure(list(traces), common | dict(layout or {}))
