"""Which network should learn from these images, and how is it doing?"""

import streamlit as st

from aelab import runs
from aelab.datasets.store import Dataset
from aelab.jobs.folder import OPEN
from aelab.runs import owners
from aelab.tasks import planning, train
from aelab.training.config import Plan
from ui import architecture, live, training_form, visitor
from ui.guards import guarded
from ui.i18n import t
from ui.pickers import pick_dataset, say_no_run

st.title(t("Train"))
with st.container(key="train_page"):  # style.css draws one's own training first where the columns do not fit
    controls, main = st.columns([1, 2], gap="large")


def form(data: Dataset) -> Plan:
    """Draw the form, ask for what it says, and return that."""
    spec = training_form.pick_model()
    values = training_form.settings(spec, data)
    chosen = planning.planned(data, spec.name, values)
    training_form.show_cost(planning.cost(chosen, data))
    if st.button(t("Train"), type="primary", icon=":material/play_arrow:", width="stretch"):
        run = train.submit(data.name, spec.name, values, by=visitor.person())
        st.query_params[live.FOLLOWED] = run.id
        if runs.status(run).state in OPEN:
            said = t("The training is queued; its curves grow at the top of the page.")
            st.toast(said, icon=":material/play_arrow:")
        else:
            st.toast(t("This has been trained before: there it is."), icon=":material/check_circle:")
    return chosen


chosen = None
with controls:
    dataset = pick_dataset()
    with guarded():  # what is wrong with the form does not take away the training that is shown beside it
        chosen = form(dataset)

with main:
    if chosen is not None:
        architecture.offer(chosen.model, chosen.model_config, dataset.shape)
    followed = st.query_params.get(live.FOLLOWED)
    listed = runs.listed()
    known = [row.id for row in listed if row.run is not None]
    if followed not in known:
        missing = followed
        running = [row.id for row in listed if row.state == "running"]
        waiting = [row.id for row in reversed(listed) if row.state == "queued"]
        followed = (running or waiting or known or [None])[0]
        if missing is not None:
            st.warning(say_no_run(missing, followed), icon=":material/search_off:")
    if followed is None:
        st.info(
            t("Choose a dataset and a model on the left and press Train; the curves grow here."), icon=":material/info:"
        )
        st.stop()
    followed = st.selectbox(t("Training shown here"), known, index=known.index(followed))
    st.query_params[live.FOLLOWED] = followed
    with st.container(key="own_training" if visitor.owner() in owners.wanting(followed) else "training"):
        live.follow(followed)
    architecture.offer_of_run(runs.find(followed))
