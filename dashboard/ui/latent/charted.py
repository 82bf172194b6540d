"""The map of a run's codes on the page: drawn and decoded by the browser, or by Plotly where it has no WebGL."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.inference import Codes
from aelab.pixels import Images
from aelab.projections.spec import Affine, Floats
from aelab.runs import Run
from aelab.studies.colouring import Colouring
from aelab.studies.decoding import usual_distance
from aelab.studies.latent_map import LatentMap
from ui import caches, charts, map_charts
from ui.i18n import t
from ui.labels import class_names
from ui.latent import selection
from ui.latent.canvas import canvas
from ui.latent.canvas.canvas import Colours, Points
from ui.latent.canvas.decoding import Decoder
from ui.latent.canvas.thumbnails import Thumbnails, thumbnails

_HEARD = "latent.heard"
_PLAIN, _IMAGES = "latent.plain", "latent.thumbnails"


@dataclass(frozen=True)
class Words:
    """What is written on a map: its title, and what its axes are; `measured` if their numbers mean something."""

    title: str
    axes: tuple[str, ...]
    measured: bool


def ask() -> None:
    """Draw the choice of how the map is drawn."""
    if canvas.works():
        st.toggle(t("Images instead of points"), key=_IMAGES, persist_state="session")
    st.toggle(
        t("Plain chart"),
        key=_PLAIN,
        disabled=not canvas.works(),
        help=t("A chart by Plotly, which decodes nothing. It is what browsers without WebGL get."),
        persist_state="session",
    )


def show(
    run: Run,
    data: Dataset,
    found: LatentMap,
    words: Words,
    key: str,
    colouring: Colouring,
    star: Floats | None,
    label: int | None,
) -> None:
    """Draw a map; what is selected on it is in `ui.latent.selection`.

    Parameters
    ----------
    run : Run
    data : Dataset
        Of the images on the map.
    found : LatentMap
    words : Words
    key : str
        Says which map it is.
    colouring : Colouring
    star : ndarray, float32 (1, d), or None
        The place of a picture of one's own.
    label : int or None
        The class that a conditional run is told.
    """
    colours = by(colouring)
    if not decodes_in_page():
        _plotly(data, found, words, colours, star)
        return
    own = None if star is None else star[0]
    canvas.draw(
        Points(found.coordinates, found.indices, words.title, words.axes, words.measured, own),
        colours,
        selection.selected(data),
        lambda ids, add: select(data, ids, add),
        key="latent.canvas",
        decoder=decoder(run, data, found, key, found.inverse, label),
        thumbnails=images_on(run, data, found, key),
    )


def decodes_in_page() -> bool:
    """Return whether the browser draws maps itself; say it where it could not."""
    if not canvas.works():
        st.caption(t("This browser has no WebGL: the map is a plain chart, without decoding."))
    return canvas.works() and not st.session_state.get(_PLAIN)


def images_on(run: Run, data: Dataset, found: LatentMap, key: str) -> Thumbnails | None:
    """Return the images to show instead of the points of a run's map, where somebody has asked for them."""
    asked = st.session_state.get(_IMAGES)
    named = f"{run.id} {run.created} {key}"  # another run puts the same images elsewhere
    return thumbnails(data, named, found.coordinates, found.indices) if asked else None


def select(data: Dataset, ids: npt.NDArray[np.intp], add: bool) -> None:
    """Select images, on top of those that are selected already if `add`."""
    selection.select(data, np.union1d(selection.selected(data), ids) if add else ids)


def by(colouring: Colouring) -> Colours:
    """Return the colours that somebody has chosen."""
    unknown = t("unlabelled") if colouring.name == "class" else t("not known")
    return Colours(
        colouring.label, colouring.kind, colouring.values, colouring.names, unit=colouring.unit, unknown=unknown
    )


def by_class(data: Dataset, labels: npt.NDArray[np.int32]) -> Colours:
    """Return the colours of classes."""
    return Colours(t("Class"), "categories", labels, tuple(class_names(data)), unknown=t("unlabelled"))


def decoder(
    run: Run, data: Dataset, found: LatentMap, key: str, inverse: Affine | None, label: int | None
) -> Decoder | None:
    """Return what the places of a map are decoded with; None for a run that decodes nothing."""
    if not run.decodes:
        return None
    networks = caches.networks(run)

    def decode(codes: Codes) -> Images:
        return networks.decode(codes, label)

    told = "" if label is None else t("The decoder is told the class: {name}.", name=class_names(data)[label])
    return Decoder(
        f"{run.id} {run.created} {key}",
        _network(run.id, run.created, run),
        decode,
        networks.shape,
        found.codes,
        _apart(run.id, run.created, key, found.codes),
        inverse,
        networks.classes,
        label or 0,
        told,
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _network(run_id: str, created: str, _run: Run) -> bytes:
    return _run.network("decoder")


@st.cache_data(max_entries=64, show_spinner=False)
def _apart(run_id: str, created: str, key: str, _codes: Codes) -> float:
    return usual_distance(_codes)


def _plotly(data: Dataset, found: LatentMap, words: Words, colours: Colours, star: Floats | None) -> None:
    deep = found.coordinates.shape[1] == 3
    known = colours.kind == "categories"
    figure = charts.latent_map(
        found.coordinates,
        found.indices,
        colours.values if known else np.full(len(found.indices), -1),
        colours.names,
        colours.unknown,
        title=words.title,
        axes=words.axes,
        tool="lasso" if deep else pick_tool(),
    )
    if not known:
        figure = map_charts.measured(figure, colours.values, colours.with_unit)
    if star is not None:
        figure = map_charts.starred(figure, star[0], t("Your picture"))
    alt = t("Scatter plot of the codes, coloured by: {what}", what=colours.label)
    if deep:
        st.plotly_chart(figure, key="latent.space", alt=alt)
        st.caption(t("Turn it with the mouse. To select images, choose two dimensions."))
        return
    event = st.plotly_chart(
        figure, key="latent.plane", on_select="rerun", selection_mode=("points", "box", "lasso"), alt=alt
    )
    _hear(data, map_charts.chosen(event))


def pick_tool() -> charts.SelectionTool:
    """Draw the choice between lasso and click: with the one in hand, the chart does not hear the other."""
    tools: dict[charts.SelectionTool, str] = {"lasso": t("a lasso"), "click": t("a click")}
    picked: charts.SelectionTool = st.pills(
        t("Select with"),
        list(tools),
        default="lasso",
        required=True,
        format_func=tools.__getitem__,
        key="latent.tool",
        persist_state="session",
    )
    return picked


def _hear(data: Dataset, ids: npt.NDArray[np.intp]) -> None:
    """Select what the chart tells, once: it tells the same at every run of the page, and nothing when it is redrawn."""
    heard = ids.tolist()
    if heard and heard != st.session_state.get(_HEARD):
        selection.select(data, ids)
    st.session_state[_HEARD] = heard
