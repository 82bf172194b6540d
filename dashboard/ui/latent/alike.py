"""What is like one of the selected images: by its code, and pixel by pixel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.inference import Codes
from aelab.studies.neighbours import Neighbours, code_neighbours, neighbours
from ui import mosaic, strip
from ui.i18n import plain, t
from ui.labels import class_name
from ui.numbers import figure

_KEY = "latent.alike"
_COUNT = 10
_FEWEST = 2  # images on the map, for one of them to have a neighbour

Indices = npt.NDArray[np.intp]


def show(data: Dataset, codes: Codes, mapped: Indices, shown: Indices, coder: str = "") -> None:
    """Draw a strip of images of which one is chosen, and its nearest neighbours among the images on the map.

    Parameters
    ----------
    data : Dataset
    codes : ndarray, float32 (N, K)
    mapped : ndarray, int (N,)
        Which images of the dataset the codes are of.
    shown : ndarray, int (n,)
        The images to choose from; those that are not on the map have no neighbours there.
    coder : str
        The run whose codes these are, where a page shows several.
    """
    here = shown[np.isin(shown, mapped)]
    if not len(here) or len(mapped) < _FEWEST:
        return
    names = {int(index): _named(data, int(index)) for index in here}
    chosen = st.session_state.get(_KEY)
    index = chosen if chosen in names else next(iter(names))
    st.markdown(t("**What is like one of them?** Click it."))
    strip.pick(t("Selected images"), data.take(here), names, index, _choose, key=f"{_KEY}.strip")
    by_code = code_neighbours(codes, mapped, index, _COUNT)
    by_pixels = neighbours(data, index, _COUNT, mapped)
    common = len(np.intersect1d(by_code.indices, by_pixels.indices))
    st.caption(
        t(
            "The neighbours of {name} among the N = {count} images on the map; {common} of {shown} are the same by "
            "code and by pixels.",
            name=plain(names[index]),
            count=len(mapped),
            common=common,
            shown=len(by_code.indices),
        )
    )
    _row(
        data,
        by_code,
        t("The nearest by code"),
        _by_code(coder, **_figures(data, by_code)),
    )
    _row(
        data,
        by_pixels,
        t("The nearest pixel by pixel"),
        t(
            "Pixel by pixel, root mean square differences {low} to {high} (1 is the most there can be); classes: "
            "{classes}",
            **_figures(data, by_pixels),
        ),
    )


def _by_code(coder: str, **figures: str) -> str:
    if coder:
        return t(
            "By code of {run}, Euclidean distances {low} to {high}; classes: {classes}", run=plain(coder), **figures
        )
    return t("By code, Euclidean distances {low} to {high}; classes: {classes}", **figures)


def _choose(index: int) -> None:
    st.session_state[_KEY] = index


def _row(data: Dataset, found: Neighbours, alt: str, caption: str) -> None:
    mosaic.show(data.take(found.indices), _COUNT, alt=alt, caption=caption)


def _figures(data: Dataset, found: Neighbours) -> dict[str, str]:
    """Return what is said of neighbours: how far they are, and of which classes."""
    classes = ", ".join(_class(data, int(index)) for index in found.indices)
    return {"low": figure(found.distances[0]), "high": figure(found.distances[-1]), "classes": plain(classes)}


def _named(data: Dataset, index: int) -> str:
    return f"{data.name_of(index)} · {_class(data, index)}"


def _class(data: Dataset, index: int) -> str:
    label = int(data.labels[index])
    return class_name(data, data.class_names[label] if label >= 0 else "")
