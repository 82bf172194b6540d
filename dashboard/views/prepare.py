"""How does each picture enter the network, and on which is it tested?"""

import dataclasses

import streamlit as st

from aelab.datasets.prepare import Prepare
from aelab.datasets.split import SplitPlan
from aelab.errors import LabError
from ui import caches, making, preparing, splitting
from ui.address import keep, with_asked
from ui.forms import config_form
from ui.i18n import plain, say, t
from ui.pickers import pick_dataset

st.title(t("Prepare"))
st.caption(t("How does each picture enter the network, and on which is it tested?"))


def _lacking(wrong: LabError | None, *, changed: bool) -> str:
    """Return why there is no dataset to make; empty if there is."""
    if wrong is not None:
        return say(wrong)
    return "" if changed else t("This is what the dataset is already: change its size, its colour or its split first.")


controls, main = st.columns([1, 3], gap="large")

with controls:
    data = pick_dataset()
    own = data.recipe.prepare or Prepare(
        height=data.shape[0], width=data.shape[1], color="gray" if data.shape[2] == 1 else "rgb"
    )
    own_plan, asked = data.recipe.split, preparing.asked_of(data)
    with st.expander(t("Size, fit and colour"), icon=":material/crop:", expanded=True):
        shape = config_form(Prepare, f"prepare.{data.name}", usual=with_asked(own, asked))
    with st.expander(t("Split"), icon=":material/call_split:", expanded=True):
        parts = config_form(SplitPlan, f"split.{data.name}", usual=with_asked(own_plan, asked))
    usual = own.to_json() | own_plan.to_json()
    changed = {name: value for name, value in (shape | parts).items() if value != usual[name]}
    keep(changed, usual)

with main:
    wrong: LabError | None = None
    last_good = f"prepare.good.{data.name}.{data.checksum}"
    try:
        prepare, plan = Prepare.parse(shape), SplitPlan.parse(parts)
        preview = caches.split_preview(data, plan)
        st.session_state[last_good] = prepare, plan
    except LabError as error:
        wrong = error
        st.error(say(error), icon=":material/error:")
        if last_good not in st.session_state:
            st.stop()
        prepare, plan = st.session_state[last_good]
        preview = caches.split_preview(data, plan)
        st.caption(t("What follows is about the last settings that were possible."))
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
            lacking=_lacking(wrong, changed=recipe != data.recipe),
            then="train",
        )
    st.subheader(t("Before and after"))
    preparing.show_examples(data, prepare)
    st.subheader(t("Class balance before and after"))
    splitting.show_balance(data, preview)
    splitting.show_leaks(data, preview)
