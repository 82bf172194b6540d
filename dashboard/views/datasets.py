"""What is in this dataset?"""

import numpy as np
import streamlit as st

from aelab.datasets.split import SPLIT_NAMES
from aelab.studies import overview
from ui import caches, charts, imports, mosaic
from ui.i18n import plain, say, t
from ui.labels import PARTS, class_name, class_names
from ui.pickers import pick_dataset
from ui.provenance import say_origin

_PER_PAGE = 100
_COLUMNS = 20

st.title(t("Datasets"))
st.caption(t(overview.SPEC.question))
controls, main = st.columns([1, 3], gap="large")

with controls:
    data = pick_dataset()
    imports.offer_import()

height, width, channels = data.shape
with main:
    st.markdown(
        t(
            "**{name}** holds **{count} images** of {height} × {width} pixels, {color}, in {classes} classes.",
            name=plain(data.name),
            count=data.counts["all"],
            height=height,
            width=width,
            color=t("grey") if channels == 1 else t("colour"),
            classes=len(data.class_names),
        )
    )
    say_origin(data)
    for column, part in zip(st.columns(3), SPLIT_NAMES, strict=True):
        column.metric(t(PARTS[part]), data.counts[part], help=t("Images in this part of the fixed, stratified split."))
    if data.skipped:
        with st.expander(t("Files left out: {count}", count=len(data.skipped))):
            for error in data.skipped:
                st.markdown(say(error))

    st.subheader(t("Images"))
    choose_class, choose_part = st.columns(2)
    names = class_names(data)
    code = choose_class.selectbox(
        t("Class"),
        [None, *range(len(names))],
        format_func=lambda code: t("all classes") if code is None else names[code],
        key="datasets.class",
    )
    part = choose_part.selectbox(
        t("Part"),
        [None, *SPLIT_NAMES],
        format_func=lambda each: t(PARTS[each]) if each else t("all parts"),
        key="datasets.part",
    )
    chosen = data.indices(part)
    if code is not None:
        chosen = chosen[data.labels[chosen] == code]
    pages = max(1, -(-len(chosen) // _PER_PAGE))
    page = st.pagination(pages, key=f"datasets.page.{data.name}.{code}.{part}")
    shown = chosen[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    if len(shown):
        first = (page - 1) * _PER_PAGE + 1
        which = t("Images {first} to {last} of {count}", first=first, last=first + len(shown) - 1, count=len(chosen))
        mosaic.show(
            np.asarray(data.images[shown]), _COLUMNS if width <= 40 else _COLUMNS // 2, alt=which, caption=which
        )
    else:
        st.info(t("No image is in this class and part; choose another."), icon=":material/info:")

    found = caches.dataset_overview(data)
    st.subheader(t("Mean image of each class"))
    mosaic.show(
        found.mean_images,
        min(len(found.mean_classes), 10),
        alt=t("Mean image of each class, in the order of the list below"),
        caption=t(
            "Over the training images, in this order: {names}",
            names=plain(", ".join(class_name(data, name) for name in found.mean_classes)),
        ),
    )

    table = found.balance.assign(**{"class": [class_name(data, name) for name in found.balance["class"]]})
    st.plotly_chart(
        charts.balance(
            table,
            {part: t(PARTS[part]) for part in SPLIT_NAMES},
            title=t("Images of each class (N = {count})", count=data.counts["all"]),
            x=t("Class"),
            y=t("Images"),
        ),
        alt=t("Bars: images of each class, stacked by part of the split"),
    )
    st.plotly_chart(
        charts.pixel_histogram(
            found.edges,
            found.histogram,
            [t("Grey")] if channels == 1 else [t("Red"), t("Green"), t("Blue")],
            title=t("Pixel values of the training images (N = {count})", count=data.counts["train"]),
            x=t("Pixel value (0 black, 1 white)"),
            y=t("Share of pixels (log scale)"),
        ),
        alt=t("Histogram of pixel values"),
    )
