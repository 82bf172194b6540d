"""Two maps of the same images side by side: what is selected on one stands out on the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.runs import Run
from aelab.studies.latent_map import LatentMap
from ui import charts, map_charts
from ui.i18n import plain, t
from ui.latent import charted, projecting, selection
from ui.latent.beside import kept
from ui.latent.canvas import canvas
from ui.latent.canvas.canvas import Points

_SIDES = ("left", "right")
_STAMP = "two.stamp"


def show(data: Dataset, runs: Sequence[Run], maps: Sequence[LatentMap], labels: Sequence[int | None]) -> None:
    """Draw a map of each run, beside each other or below on a phone; selecting on either selects on both.

    Parameters
    ----------
    data : Dataset
    runs, maps : sequence of two
    labels : sequence of two
        The class that each run is told, if it is conditional.
    """
    interactive = charted.decodes_in_page()
    tool = "lasso" if interactive else charted.pick_tool()
    for side, column, run, found, label in zip(_SIDES, st.columns(2), runs, maps, labels, strict=True):
        with column:
            st.markdown(f"**{plain(run.id)}**")
            if interactive:
                _canvas(data, run, found, label, side)
            else:
                _plotly(data, run, found, tool, side)


def _points(run: Run, found: LatentMap) -> Points:
    """Return what is on a map, under a title that half a page has room for."""
    config = kept.plane_config(run)
    return Points(
        found.coordinates,
        found.indices,
        t("PCA, N = {count} test images", count=len(found.indices))
        if config.method == "pca"
        else t("Codes, N = {count} test images", count=len(found.indices)),
        tuple(projecting.axes(found, config)),
    )


def _canvas(data: Dataset, run: Run, found: LatentMap, label: int | None, side: str) -> None:
    config = repr(kept.plane_config(run))
    canvas.draw(
        _points(run, found),
        charted.by_class(data, found.labels),
        selection.selected(data),
        lambda ids, add: charted.select(data, ids, add),
        key=f"two.{side}",
        decoder=charted.decoder(run, data, found, config, found.inverse, label),
        thumbnails=charted.images_on(run, data, found, config),
    )


def _plotly(data: Dataset, run: Run, found: LatentMap, tool: charts.SelectionTool, side: str) -> None:
    points, colours = _points(run, found), charted.by_class(data, found.labels)
    figure = charts.latent_map(
        found.coordinates,
        found.indices,
        found.labels,
        colours.names,
        colours.unknown,
        title=points.title,
        axes=points.axes,
        tool=tool,
    )
    _mark(figure, np.flatnonzero(np.isin(found.indices, selection.selected(data))))
    event = st.plotly_chart(
        figure,
        # After a selection both are drawn as new charts: the lasso on one would hide what is selected on the other.
        key=f"two.{side}.{st.session_state.get(_STAMP, 0)}",
        on_select="rerun",
        selection_mode=("points", "box", "lasso"),
        alt=t("Scatter plot of the codes of {run}, coloured by class", run=run.id),
    )
    chosen = map_charts.chosen(event)
    if len(chosen):
        selection.select(data, chosen)
        st.session_state[_STAMP] = st.session_state.get(_STAMP, 0) + 1
        st.rerun()


def _mark(figure: go.Figure, places: npt.NDArray[np.intp]) -> None:
    """Let selected points stand out by size and strength."""
    if len(places):
        figure.data[0].update(
            selectedpoints=places.tolist(),
            selected={"marker": {"opacity": 1.0, "size": 9}},
            unselected={"marker": {"opacity": 0.15}},
        )
