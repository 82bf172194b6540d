"""How does each picture enter the network, and on which is it tested?"""

import dataclasses

import streamlit as st

from aelab.datasets.prepare import Prepare
from aelab.datasets.split import SplitPlan
from aelab.errors import LabError
from ui import caches, making, preparing, splitting
from ui.forms import config_form
from ui.i18n import plain, say, t
from ui.pickers import pick_dataset

st.title(t("Prepare"))
controls, main = st.columns([1, 3], gap="large")

with controls:
    data = pick_dataset()
    own = data.recipe.prepare or Prepare(
        height=data.shape[0], width=data.shape[1], color="gray" if data.shape[2] == 1 else "rgb"
    )
    with st.expander(t("Size, fit and colour"), icon=":material/crop:", expanded=True):
        shape = config_form(Prepare, f"prepare.{data.name}", usual=own)
    with st.expander(t("Split"), icon=":material/call_split:", expanded=True):
        parts = config_form(SplitPlan, f"split.{data.name}", usual=data.recipe.split)
    try:
        prepare, plan = Prepare.parse(shape), SplitPlan.parse(parts)
        preview = caches.split_preview(data, plan)
    except LabError as error:
        st.error(say(error), icon=":material/error:")
        st.stop()

with main:
    height, width, channels = prepare.shape
    st.markdown(
        t(
            "**{name}** becomes **{count} images** of {height} × {width} pixels, {color}: "
            "**{train}** to train on, **{validation}** to choose by, **{test}** to test on.",
            name=plain(data.name),
            count=data.counts["all"],
            height=height,
            width=width,
            color=t("grey") if channels == 1 else t("colour"),
            **preview.counts,
        )
    )
    splitting.say_leaks(data, preview)
    preparing.warn_of_enlarging(data, prepare)
    same_shape = prepare == own
    recipe = dataclasses.replace(data.recipe, split=plan)
    if not same_shape:
        recipe = recipe.with_prepare(prepare)
    with st.container(border=True):
        making.offer(
            data,
            recipe,
            suffix=f"{height}" if not same_shape else "split",
            label=t("Make this dataset"),
            ready=recipe != data.recipe,
        )
    st.subheader(t("Before and after"))
    preparing.show_examples(data, prepare)
    st.subheader(t("Class balance before and after"))
    splitting.show_balance(data, preview)
    splitting.show_leaks(data, preview)
