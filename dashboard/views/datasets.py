"""What is in this dataset?"""

import streamlit as st

from aelab.datasets.split import SPLIT_NAMES
from aelab.studies import overview
from ui import browse, exporting, imports, portrait, splitting
from ui.i18n import plain, t
from ui.labels import PARTS
from ui.pickers import pick_dataset
from ui.provenance import say_origin, say_report

st.title(t("Datasets"))
st.caption(t(overview.SPEC.question))
controls, main = st.columns([1, 3], gap="large")

with controls:
    data = pick_dataset(beside=imports.offer_import)
    exporting.offer(data)

height, width, channels = data.shape
with main:
    classes = t("in {classes} classes", classes=len(data.class_names)) if data.class_names else t("without classes")
    st.markdown(
        t(
            "**{name}** holds **{count} images** of {height} × {width} pixels, {color}, {classes}.",
            name=plain(data.name),
            count=data.counts["all"],
            height=height,
            width=width,
            color=t("grey") if channels == 1 else t("colour"),
            classes=classes,
        )
    )
    say_origin(data)
    for column, part in zip(st.columns(3), SPLIT_NAMES, strict=True):
        column.metric(t(PARTS[part]), data.counts[part], help=t("Images in this part of the fixed, stratified split."))
    splitting.warn_of_given(data)
    say_report(data)
    st.subheader(t("Images"))
    browse.show(data)
    portrait.show_means(data)
    portrait.show_variation(data)
    portrait.show_balance(data)
    portrait.show_statistics(data)
    portrait.show_pixels(data)
