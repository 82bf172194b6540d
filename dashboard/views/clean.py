"""What is wrong with this dataset?"""

import streamlit as st

from aelab.cleaning import proposal
from ui import cleaning, drafts, making
from ui.i18n import plain, t
from ui.pickers import pick_dataset

st.title(t("Clean"))
st.caption(t("What is wrong with these images, and what should be left out?"))
controls, main = st.columns([1, 3], gap="large")

with controls:
    data = pick_dataset()
    settings = cleaning.pick_settings()

with main:
    inspection = cleaning.inspected(data, settings)
    draft = drafts.current(data)
    choices = cleaning.known(draft.choices, inspection)
    left_out = proposal.to_leave_out(inspection, choices)
    count = data.counts["all"]
    wrong, odd = cleaning.suspects(inspection)
    st.markdown(
        t(
            "**{suspects}** of the {count} images of **{name}** look wrong in some way; to look at besides: **{odd}**. "
            "You leave out **{out}**; **{left}** stay.",
            suspects=wrong,
            odd=odd,
            count=count,
            name=plain(data.name),
            out=len(left_out),
            left=count - len(left_out),
        )
    )
    cleaning.warn_of_losses(data, left_out)
    with st.container(border=True):
        if draft.can_undo and st.button(t("Undo the last choice"), icon=":material/undo:"):
            draft.undo()
            st.rerun()
        making.offer(
            data,
            proposal.cleaned(data, left_out),
            suffix="clean",
            label=t("Make the clean dataset"),
            lacking="" if left_out else t("Nothing is left out yet: accept a proposal, or tick pictures below."),
            then="prepare",
        )
        st.caption(t("Your files stay as they came: a dataset never changes, and every choice can be taken back."))
    finding = cleaning.pick_finding(data, inspection)
    if finding is None:
        st.success(t("Nothing is wrong with these images that the lab could see."), icon=":material/check_circle:")
    else:
        cleaning.explain(finding)
        cleaning.decide_all(finding, draft, choices)
        cleaning.show_groups(data, inspection, finding, draft, choices)
