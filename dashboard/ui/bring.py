"""Bring a picture of one's own: upload it, take it with the camera, or draw it; and say what was done to it."""

from __future__ import annotations

import streamlit as st

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.intake.pictures import Picture, read_picture
from aelab.pixels import Images
from aelab.studies import probing
from ui import drawing
from ui.i18n import say, t

TYPES = ("jpg", "jpeg", "png", "webp", "bmp", "gif")
WAYS = {"file": N_("Upload"), "camera": N_("Camera"), "draw": N_("Draw")}
_DRAWN = "drawing.png"


def bring(data: Dataset, key: str) -> Images | None:
    """Draw the ways to bring a picture; return it as an image of a dataset, float32 (1, H, W, C)."""
    way = st.segmented_control(
        t("How"),
        list(WAYS),
        default="file",
        required=True,
        format_func=lambda name: t(WAYS[name]),
        key=f"{key}.way",
        label_visibility="collapsed",
    )
    return by(way, data, key)


def by(way: str, data: Dataset, key: str) -> Images | None:
    """Draw one of `WAYS`; return what came of it, as `bring` does."""
    file = _file(way, data, key)
    inverted = st.toggle(
        t("Swap dark and bright"), key=f"{key}.inverted", help=t("In MNIST ink is bright, on paper it is dark.")
    )
    st.caption(t("It is shown to the run and not kept."))
    if file is None:
        return None
    try:
        picture = read_picture(*file)
    except LabError as error:
        st.error(say(error), icon=":material/error:")
        return None
    if way != "draw":  # a canvas has the colours that it was given
        st.caption(_conversion(picture, data))
    return probing.as_given(picture.pixels, data, inverted=inverted)


def _file(way: str, data: Dataset, key: str) -> tuple[str, bytes] | None:
    """Return the name and the content of the picture that was brought."""
    if way == "draw":
        drawn = drawing.draw(f"{key}.drawn", colored=data.shape[2] > 1)
        return (_DRAWN, drawn) if drawn is not None else None
    if way == "camera":
        file = st.camera_input(t("Picture"), key=f"{key}.taken")
    else:
        file = st.file_uploader(t("Picture"), type=list(TYPES), key=f"{key}.file")
    return (file.name, file.getvalue()) if file is not None else None


def _conversion(picture: Picture, data: Dataset) -> str:
    """Say in which form a picture came, and in which the run gets it."""
    height, width, channels = data.shape
    came = t("grey") if picture.pixels.shape[2] == 1 else t("colour")
    wanted = t("grey") if channels == 1 else t("colour")
    notes = " ".join(say(note) for note in picture.notes)
    if (picture.height, picture.width, came) == (height, width, wanted):
        return notes
    said = t(
        "It came with {width} × {height} pixels, {came}; the run takes {new_width} × {new_height}, {wanted}, so it was "
        "cut and resized as the run's images were.",
        width=picture.width,
        height=picture.height,
        came=came,
        new_width=width,
        new_height=height,
        wanted=wanted,
    )
    return f"{notes} {said}".strip()
