"""Data in, Plotly figure out: the only place that knows colours, and that draws nothing by itself.

A figure is made in one call from plain traces and a plain layout: Plotly checks them once, a tenth of
what `add_trace` and `update_layout` take.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from aelab.studies.pooling import Place

#: Petroff's ten colours, made for colour-blind readers too (arXiv:2107.02270); a class keeps its own on every page.
PALETTE = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadb",
)  # fmt: skip
UNKNOWN = "#9a9a9a"
_DASHES = ("solid", "dot", "dash", "dashdot", "longdash", "longdashdot")
_SYMBOLS = ("circle", "square", "diamond", "x", "triangle-up", "cross")
_LONGEST_LABEL = 36  # letters of a class name on an axis or in a legend; hovering says all of it
_CLICKABLE = 61  # points along each side of the decodable grid
_MARGIN = {"l": 10, "r": 10, "t": 48, "b": 10}
_Trace = dict[str, Any]
_TITLE_LINE, _AXIS_LINE = 48, 26  # letters that fit on a phone, and beside a low chart; Plotly cuts off the others

#: What a person selects points of a map with.
SelectionTool = Literal["lasso", "click"]


def text(name: str) -> str:
    """Return a name from users as text: Plotly would take `<b>` in it for markup."""
    return html.escape(name, quote=False)


def short(name: str) -> str:
    """Return a name that fits beside a drawing: of a long one its beginning and end."""
    half = _LONGEST_LABEL // 2
    return name if len(name) <= _LONGEST_LABEL else f"{name[:half]}…{name[1 - half :]}"


def class_color(code: int) -> str:
    """Return the colour of a class by its number, or grey where it is unknown (-1)."""
    return PALETTE[code % len(PALETTE)] if code >= 0 else UNKNOWN


def _figure(
    traces: Sequence[_Trace],
    title: str,
    x: _Trace,
    y: _Trace,
    *,
    height: int = 360,
    layout: Mapping[str, Any] | None = None,
) -> go.Figure:
    """Make a figure of traces; `x` and `y` are the axes, `layout` what is special about it."""
    lines = textwrap.wrap(title.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"), _TITLE_LINE)
    more = 20 * (len(lines) - 1)
    common = {
        "title": {"text": "<br>".join(lines)},
        "margin": _MARGIN | {"t": _MARGIN["t"] + more},
        "height": height + more,
        "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},
        "xaxis": x,
        "yaxis": y,
        "hovermode": "closest",
    }
    return go.Figure(list(traces), common | dict(layout or {}))


def _axis(name: str, /, **options: Any) -> _Trace:
    return {"title": {"text": "<br>".join(textwrap.wrap(name, _AXIS_LINE))}, **options}


def balance(table: pd.DataFrame, parts: Mapping[str, str], *, title: str, x: str, y: str) -> go.Figure:
    """Draw the images of each class as bars stacked by part of the split; `parts` maps column to name."""
    classes = [text(name) for name in table["class"]]
    bars = [
        {"type": "bar", "x": classes, "y": table[column], "name": name, "marker": {"color": color}}
        for color, (column, name) in zip(PALETTE, parts.items(), strict=False)
    ]
    names = table["class"].tolist()
    ticks: _Trace = {}
    if any(len(name) > _LONGEST_LABEL for name in names):
        ticks = {"tickvals": classes, "ticktext": [text(short(name)) for name in names]}
    return _figure(bars, title, _axis(x, type="category", **ticks), _axis(y), layout={"barmode": "stack"})


def pixel_histogram(
    edges: npt.NDArray[np.float64],
    histogram: npt.NDArray[np.float64],  # (lines, bins)
    names: Sequence[str],
    *,
    title: str,
    x: str,
    y: str,
) -> go.Figure:
    """Draw the share of pixels by value, a line a channel, or two for what is compared."""
    colors = {1: ("#717581",), 2: PALETTE[:2], 3: ("#bd1f01", "#5a9a3c", "#3f90da")}[len(names)]
    lines = [
        {
            "type": "scatter",
            "x": (edges[:-1] + edges[1:]) / 2,
            "y": shares,
            "name": name,
            "mode": "lines",
            "line": {"color": color, "shape": "hvh"},
            "fill": "tozeroy",
            "opacity": 0.8,
        }
        for shares, name, color in zip(histogram, names, colors, strict=True)
    ]
    shown = histogram[histogram > 0]
    decades = float(np.log10(shown.max() / shown.min())) if shown.size else 0.0
    shares_axis = _axis(y, type="log", dtick=1 if decades > 1.5 else "D2", tickformat="~g")
    return _figure(lines, title, _axis(x, nticks=6, range=[edges[0], edges[-1]]), shares_axis)


def learning_curves(
    history: Sequence[Mapping[str, Any]], part: str, names: tuple[str, str], *, title: str, x: str, y: str
) -> go.Figure:
    """Draw one part of the loss over epochs, for training (`names[0]`) and validation (`names[1]`)."""
    curves = [
        {
            "type": "scatter",
            "x": [line["epoch"] for line in history],
            "y": [line[images][part] for line in history],
            "name": name,
            "mode": "lines+markers",
            "line": {"color": color, "dash": dash},
            "marker": {"size": 5},
        }
        for images, name, color, dash in (
            ("train", names[0], PALETTE[0], "solid"),
            ("validation", names[1], PALETTE[1], "dot"),
        )
    ]
    return _figure(curves, title, _axis(x), _axis(y), height=280)


def latent_map(
    coordinates: npt.NDArray[np.float32],
    ids: npt.NDArray[np.intp],
    labels: npt.NDArray[np.int32],
    class_names: Sequence[str],
    unknown: str,
    *,
    title: str,
    axes: Sequence[str],
    tool: SelectionTool = "lasso",
) -> go.Figure:
    """Draw images as points in two or three dimensions, coloured by class.

    All points are one trace, so that a selection cannot confuse them; `ids` travel as custom data. The
    legend is made of empty traces. With the lasso in hand, Streamlit does not hear of clicks.
    """
    deep = coordinates.shape[1] == 3
    kind = "scatter3d" if deep else "scattergl"
    present = [int(code) for code in np.unique(labels)]
    names = {code: text(class_names[code]) if code >= 0 else unknown for code in present}
    colors = [class_color(int(code)) for code in labels]
    points = {
        "type": kind,
        **dict(zip("xyz", coordinates.T, strict=False)),
        "mode": "markers",
        "marker": {"size": 3, "color": colors} if deep else {"size": 6, "color": colors, "opacity": 0.8},
        "customdata": ids,
        "text": [names[int(code)] for code in labels],
        "hovertemplate": "%{text} #%{customdata}<extra></extra>",
        "showlegend": False,
    }
    legend = [
        {
            "type": kind,
            **{axis: [None] for axis in ("xyz" if deep else "xy")},
            "mode": "markers",
            "name": text(short(class_names[code])) if code >= 0 else unknown,
            "marker": {"color": class_color(code), "size": 9},
        }
        for code in present
    ]
    scene = {f"{letter}axis": _axis(name) for letter, name in zip("xyz", axes, strict=False)}
    return _figure(
        [points, *legend],
        title,
        _axis(axes[0]),
        _axis(axes[1]),
        height=560,
        layout={"scene": scene} if deep else {"dragmode": "lasso" if tool == "lasso" else "pan"},
    )


def decodable_grid(
    picture_uri: str, half: float, position: tuple[float, float], *, title: str, axes: tuple[str, str], point: str
) -> go.Figure:
    """Draw decoded images as the ground of the square from -half to half, with points that can be clicked.

    A picture cannot be clicked, hence the fine grid of almost transparent points above it.
    """
    line = np.linspace(-half, half, _CLICKABLE, dtype=np.float32)
    x, y = (grid.ravel() for grid in np.meshgrid(line, line))
    clickable = {
        "type": "scattergl",
        "x": x,
        "y": y,
        "mode": "markers",
        "marker": {"size": 10, "color": "#ffffff", "opacity": 0.01},
        "hovertemplate": "(%{x:.2f}, %{y:.2f})<extra></extra>",
        "showlegend": False,
    }
    cross = {
        "type": "scatter",
        "x": [position[0]],
        "y": [position[1]],
        "mode": "markers",
        "name": point,
        "hoverinfo": "skip",
        "showlegend": True,
        "cliponaxis": False,
        "marker": {"symbol": "cross", "size": 16, "color": "#bd1f01", "line": {"color": "#ffffff", "width": 2}},
    }
    ground = {
        "source": picture_uri,
        "xref": "x",
        "yref": "y",
        "x": -half,
        "y": half,
        "sizex": 2 * half,
        "sizey": 2 * half,
        "sizing": "stretch",
        "layer": "below",
    }
    plain = {"range": [-half, half], "showgrid": False, "zeroline": False, "constrain": "domain"}
    return _figure(
        [clickable, cross],
        title,
        _axis(axes[0], **plain),
        _axis(axes[1], scaleanchor="x", **plain),
        height=640,
        layout={"images": [ground]},
    )


def comparison(table: pd.DataFrame, metric: str, *, title: str, x: str, y: str) -> go.Figure:
    """Draw a measure of each run as a point, with its 95% interval where there is one."""
    interval = {
        "type": "data",
        "symmetric": False,
        "array": table.get(f"{metric}_high", np.nan) - table[metric],
        "arrayminus": table[metric] - table.get(f"{metric}_low", np.nan),
    }
    points = {
        "type": "scatter",
        "x": table[metric],
        "y": table["run"],
        "mode": "markers",
        "marker": {"size": 10, "color": PALETTE[0]},
        "showlegend": False,
        "error_x": interval,
    }
    rows = _axis(y, type="category", autorange="reversed")
    return _figure([points], title, _axis(x), rows, height=80 + 44 * len(table))


def overlaid(
    curves: Sequence[tuple[str, Sequence[int], Sequence[float]]], places: Sequence[Place], *, title: str, x: str, y: str
) -> go.Figure:
    """Draw curves of several runs over one another.

    Parameters
    ----------
    curves : sequence of (str, epochs, losses)
    places : sequence of Place
        The same whichever others are drawn: the experiment decides the colour, the seed dashes and symbol.
    """
    lines = [
        {
            "type": "scatter",
            "x": list(epochs),
            "y": list(losses),
            "name": text(short(name)),
            "mode": "lines+markers",
            "line": {"color": class_color(place.experiment), "dash": _DASHES[place.repeat % len(_DASHES)]},
            "marker": {
                "size": 6,
                "symbol": _SYMBOLS[(place.experiment // len(PALETTE) + place.repeat) % len(_SYMBOLS)],
            },
        }
        for (name, epochs, losses), place in zip(curves, places, strict=True)
    ]
    legend = {"orientation": "v", "yref": "container", "y": 0, "yanchor": "bottom", "itemwidth": 48}  # a line each
    layout = {"legend": legend, "showlegend": True, "hoverlabel": {"namelength": -1}}
    return _figure(lines, title, _axis(x), _axis(y), height=320 + 20 * len(lines), layout=layout)
