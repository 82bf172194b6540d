"""Look through the images of a dataset, however many: filter, sort, leaf, and open one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from aelab.datasets.split import SPLIT_NAMES
from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.studies.ordering import KEYS, Key, ordered
from ui import caches, mosaic, picture
from ui.i18n import t
from ui.labels import PARTS, class_name, class_names

_PER_PAGE = 100
_ROWS = 25
_COLUMNS = 20
_SMALL = 40  # pixels: images up to this wide are shown twice as many in a row
_EVERY = "every"
_FIRST: dict[Key, str] = {
    "position": N_("last first"),
    "brightness": N_("brightest first"),
    "size": N_("largest first"),
    "distance": N_("farthest first"),
}

Indices = npt.NDArray[np.intp]


def show(data: Dataset) -> None:
    """Draw the filters, a page of images, and the one that is opened."""
    chosen = _sorted(data, _filtered(data))
    view = st.segmented_control(
        t("Show as"),
        ["mosaic", "list"],
        default="mosaic",
        required=True,
        format_func={"mosaic": t("a mosaic"), "list": t("a list, to open one")}.__getitem__,
        key="browse.view",
        persist_state="session",
    )
    if not len(chosen):
        st.info(t("No image is in this class and part; choose another."), icon=":material/info:")
        return
    per_page = _PER_PAGE if view == "mosaic" else _ROWS
    pages = -(-len(chosen) // per_page)
    page = st.pagination(pages, key=f"browse.page.{data.name}.{view}.{hash(chosen.tobytes())}") if pages > 1 else 1
    shown = chosen[(page - 1) * per_page : page * per_page]
    first = (page - 1) * per_page + 1
    which = t("Images {first} to {last} of {count}", first=first, last=first + len(shown) - 1, count=len(chosen))
    if view == "mosaic":
        columns = _COLUMNS if data.shape[1] <= _SMALL else _COLUMNS // 2
        mosaic.show(data.take(shown), columns, alt=which, caption=which)
    else:
        opened = _list(data, shown, which)
        if opened is not None:
            picture.show(data, opened)


def _filtered(data: Dataset) -> Indices:
    """Draw the filters and return the images that pass them."""
    by_class, by_part, by_flag = st.columns(3)
    names = class_names(data)
    label = by_class.selectbox(
        t("Class"),
        [_EVERY, *range(len(names))],
        format_func=lambda code: t("all classes") if code == _EVERY else names[code],
        key=f"browse.class.{data.name}",
    )
    part = by_part.selectbox(
        t("Part"),
        [_EVERY, *SPLIT_NAMES],
        format_func=lambda each: t("all parts") if each == _EVERY else t(PARTS[each]),
        key="browse.part",
    )
    flags = caches.flags(data)
    flag = by_flag.selectbox(
        t("Flag"),
        [_EVERY, *flags],
        format_func=lambda name: t("flagged or not") if name == _EVERY else t(flags[name].label),
        key=f"browse.flag.{data.name}",
        help=t("What the Clean page has found; open it once to have the images looked through."),
    )
    chosen = data.indices(None if part == _EVERY else part)
    if label != _EVERY:
        chosen = chosen[data.labels[chosen] == label]
    return chosen[np.isin(chosen, flags[flag].members)] if flag != _EVERY else chosen


def _sorted(data: Dataset, chosen: Indices) -> Indices:
    by, direction = st.columns([2, 1], vertical_alignment="bottom")
    key: Key = by.selectbox(t("Sort by"), list(KEYS), format_func=lambda name: t(KEYS[name]), key="browse.sort")
    descending = direction.toggle(t(_FIRST[key]), key="browse.descending")
    if key == "position" and not descending:
        return chosen
    return ordered(chosen, caches.figures(data, key), descending=descending)


def _list(data: Dataset, shown: Indices, which: str) -> int | None:
    """Draw a table of images and return the one that is selected."""
    sizes = data.originals.sizes[data.kept[shown]]
    labels = [data.class_names[code] if code >= 0 else "" for code in data.labels[shown]]
    table = pd.DataFrame(
        {
            "image": [mosaic.data_uri(image[None], 1) for image in data.take(shown)],
            "name": [data.name_of(int(index)) for index in shown],
            "class": [class_name(data, label) for label in labels],
            "part": [t(PARTS[SPLIT_NAMES[code]]) for code in data.split[shown]],
            "size": [f"{width} × {height}" for height, width in sizes.tolist()],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"browse.list.{data.name}.{hash(shown.tobytes())}",
        alt=which,
        column_config={
            "image": st.column_config.ImageColumn(t("Image")),
            "name": t("Original name"),
            "class": t("Class"),
            "part": t("Part"),
            "size": t("Original size (px)"),
        },
    )
    st.caption(f"{which}. {t('Tick a row to open the image.')}")
    rows = event["selection"]["rows"]
    return int(shown[rows[0]]) if rows else None
