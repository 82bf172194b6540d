"""A map of codes that the browser draws and decodes: points in WebGL, and the decoder in the page itself.

Positions, colours, codes and the decoder travel as files (`files`), each once; what Python gives the page with
every answer are their addresses and words. The page gives back what is asked for by lasso or click (`asked`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import streamlit as st

from ui import charts, figures
from ui.component import component
from ui.i18n import t
from ui.latent.canvas import decoding, files
from ui.latent.canvas.asked import asked
from ui.latent.canvas.decoding import Decoder
from ui.latent.canvas.thumbnails import Thumbnails

_WEBGL = "latent.webgl"
_STOPS = 128  # colours of a ramp
_OUTLIERS = (0.005, 0.995)  # a ramp goes from one quantile to the other: one odd value would leave the rest one colour

_map = component(
    "latent/canvas/canvas", "files", "camera", "cloud", "decoding", "scene", "legend", "hands", "", "tools", "answers"
)

#: Is given the selected images as indices into the dataset, and whether they come on top of those selected already.
OnSelect = Callable[[npt.NDArray[np.intp], bool], None]


@dataclass(frozen=True)
class Points:
    """What is on a map.

    Attributes
    ----------
    coordinates : ndarray, float32 (N, 2) or (N, 3)
    indices : ndarray (N,)
        Of the images in the dataset.
    title : str
        Says what the points are, their number and split.
    axes : sequence of str
        What each axis is.
    measured : bool
        Whether positions mean something, and the axes have numbers.
    star : ndarray (d,), optional
        The place of a picture that is no point of the map.
    """

    coordinates: npt.NDArray[np.float32]
    indices: npt.NDArray[np.intp]
    title: str
    axes: tuple[str, ...]
    measured: bool = True
    star: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Colours:
    """What the colours of the points mean.

    Attributes
    ----------
    label : str
    kind : {"categories", "measure"}
    values : ndarray (N,)
        Numbers of categories, int, -1 where unknown; or float32, NaN where unknown.
    names : sequence of str
        Of the categories.
    unit : str
    unknown : str
        What a point without a value is called.
    """

    label: str
    kind: Literal["categories", "measure"]
    values: npt.NDArray[np.generic]
    names: tuple[str, ...] = ()
    unit: str = ""
    unknown: str = ""

    @property
    def with_unit(self) -> str:
        """What is measured, with its unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


def works() -> bool:
    """Return whether this visitor's browser draws with WebGL, as far as it is known: all do until one says no."""
    return bool(st.session_state.get(_WEBGL, True))


def draw(
    points: Points,
    colours: Colours,
    selected: npt.NDArray[np.intp],
    on_select: OnSelect,
    *,
    key: str,
    decoder: Decoder | None = None,
    thumbnails: Thumbnails | None = None,
) -> None:
    """Draw a map.

    Parameters
    ----------
    points : Points
    colours : Colours
    selected : ndarray (n,)
        The selected images, as indices into the dataset; those that are on the map stand out.
    on_select : callable
        Is called when somebody draws a lasso, clicks a point or clears the selection, before the page is drawn anew.
    key : str
        Several maps may be on a page.
    decoder : Decoder, optional
        What to decode places of the map with.
    thumbnails : Thumbnails, optional
        Images that are shown on the map.
    """
    _map(
        key=key,
        data={
            "points": _points(points, key),
            "title": points.title,
            "axes": list(points.axes),
            "colours": _colours(colours, key),
            "chosen": _chosen(points, selected, key),
            "decoder": None if decoder is None else decoding.told(decoder, points.coordinates, key),
            "thumbnails": None if thumbnails is None else thumbnails.told(key),
            "texts": _texts(),
        },
        on_asked_change=partial(_select, key, points, colours, on_select),
        on_rested_change=partial(decoding.remember_rest, key),
        on_webgl_change=_remember_no_webgl,
        on_refused_change=partial(decoding.remember_refusal, key),
    )


def _select(key: str, points: Points, colours: Colours, on_select: OnSelect) -> None:
    classes = colours.values if colours.kind == "categories" else None
    if classes is not None:
        classes = np.where(np.asarray(classes) < 0, len(colours.names), classes)
    found = asked(st.session_state[key].asked, points.coordinates, classes)
    if found is not None:
        on_select(points.indices[found.rows], found.add)


def _remember_no_webgl() -> None:
    st.session_state[_WEBGL] = False


def _points(points: Points, key: str) -> dict[str, Any]:
    count, dimensions = points.coordinates.shape
    return {
        "count": count,
        "dimensions": dimensions,
        "measured": points.measured,
        "star": None if points.star is None else points.star.tolist(),
        "places": files.array(points.coordinates.astype(np.float32, copy=False), f"{key}.places"),
        "ids": files.array(points.indices.astype(np.int32), f"{key}.ids"),
    }


def _chosen(points: Points, selected: npt.NDArray[np.intp], key: str) -> dict[str, str] | None:
    """Return a mask of what is selected, and None where nothing on the map is."""
    mask = np.isin(points.indices, selected).astype(np.uint8)
    return files.array(mask, f"{key}.chosen") if mask.any() else None


def _colours(colours: Colours, key: str) -> dict[str, Any]:
    values: npt.NDArray[Any] = np.asarray(colours.values)
    common = {"kind": colours.kind, "label": colours.label, "unit": colours.unit, "unknown": charts.UNKNOWN}
    if colours.kind == "categories":
        count = len(colours.names)
        codes = np.where(values < 0, count, values)
        codes = codes.astype(np.uint8 if count < 256 else np.uint16)
        return common | {
            "values": files.array(codes, f"{key}.values"),
            "names": [*colours.names, colours.unknown],
            "palette": [charts.class_color(code) for code in range(count)],
            "present": [int(code) for code in np.unique(codes)],
        }
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, _OUTLIERS) if len(known) else (0.0, 1.0)
    return common | {
        "values": files.array(values.astype(np.float32), f"{key}.values"),
        "names": [],
        "palette": figures.ramp(_STOPS),
        "present": [_STOPS] if len(known) < len(values) else [],
        "low": float(low),
        "high": float(high),
        "clipped": bool(len(known) and (known.min() < low or known.max() > high)),
    }


def _texts() -> dict[str, str]:
    """Return the words of the page; what stands in braces is put in by the browser."""
    return {
        "tools": t("What the pointer does on the map"),
        "move": t("Move"),
        "lasso": t("Lasso"),
        "decode": t("Decode"),
        "add": t("Add"),
        "clear": t("Clear"),
        "nearer": "+",
        "farther": "−",
        "reset": t("Whole map"),
        "about_move": t("Drag to move the map; click a point to select it"),
        "about_lasso": t("Draw around points to select them"),
        "about_decode": t("Drag over the map to decode what is under the pointer"),
        "about_add": t("Select more, and keep what is selected"),
        "about_clear": t("Select nothing"),
        "about_nearer": t("Nearer"),
        "about_farther": t("Farther"),
        "about_reset": t("Show the whole map"),
        "legend": t("Colours"),
        "show_all": t("Show all"),
        "unseen": t("Selected, but hidden: {count}", count="{count}"),
        "unknown": t("unknown"),
        "keys": t(
            "Arrow keys move the crosshair, with Shift in bigger steps. Enter selects the nearest point, with Shift "
            "on top of the others; Escape selects nothing; plus and minus zoom; 0 shows the whole map."
        ),
        "note": t(
            "Click a point, or draw around some with the lasso; hold Shift to add. After a click the wheel zooms, as "
            "two fingers do. Keys: arrows, Enter, Escape, +, −, 0."
        ),
        "nothing": t("No point here."),
        "star": t("Your picture"),
    } | decoding.texts()
