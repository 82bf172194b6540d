"""The time machine's figures: those of other pages, with axes that stay and a mark at the epoch that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from aelab.studies.time_machine import Film
from ui import charts

_DASHES = ("solid", "dot", "dash")


def moving_map(figure: go.Figure, limits: Sequence[tuple[float, float]]) -> go.Figure:
    """Return a map whose axes stay where they are when it is drawn with the points of another epoch."""
    figure.layout.xaxis.range, figure.layout.yaxis.range = limits
    figure.layout.height = 460
    figure.layout.dragmode = "pan"
    return figure


def marked(figure: go.Figure, epoch: int) -> go.Figure:
    """Return curves over epochs with a line at the epoch that is shown."""
    figure.layout.shapes = [_mark(epoch)]
    return figure


def weights(
    found: Film, values: np.ndarray, names: Mapping[str, str], epoch: int, *, title: str, x: str, y: str
) -> go.Figure:
    """Draw a norm of every layer over epochs; the layers of the decoder have the colours of the encoder's, dashed.

    Where a network has more layers than there are colours, they begin anew, with another dash.
    """
    lines: list[dict[str, Any]] = []
    epochs = np.array(found.epochs)
    for column, layer in enumerate(found.layers):
        side, number, _ = layer.split("/")
        again, color = divmod(int(number) - 1, len(charts.PALETTE))
        lines.append(
            {
                "type": "scatter",
                "x": epochs,
                "y": values[:, column],
                "name": names[layer],
                "mode": "lines+markers" if len(found.epochs) < 30 else "lines",
                "line": {
                    "color": charts.PALETTE[color],
                    "dash": _DASHES[(again + (side == "decoder")) % len(_DASHES)],
                },
                "marker": {"size": 5},
            }
        )
    return go.Figure(
        lines,
        {
            "title": {"text": title},
            "margin": {"l": 10, "r": 10, "t": 48, "b": 10},
            "height": 240 + 20 * len(lines),  # a line of the legend for each, where there is little room
            "hovermode": "closest",
            "legend": {
                "orientation": "h",
                "yref": "container",
                "y": 0,
                "yanchor": "bottom",
                "maxheight": 24 * len(lines),
            },
            "xaxis": {"title": {"text": x}},
            "yaxis": {"title": {"text": y}, "rangemode": "tozero"},
            "shapes": [_mark(epoch)],
        },
    )


def _mark(epoch: int) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": epoch,
        "x1": epoch,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": charts.PALETTE[2], "width": 2},
    }
