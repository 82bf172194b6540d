"""Which network should learn from these images, and how is it doing?"""

import streamlit as st

from aelab import runs
from aelab.errors import LabError
from aelab.tasks import train
from ui import architecture, live, training_form, visitor
from ui.i18n import say, t
from ui.pickers import pick_dataset, say_no_run

st.title(t("Train"))
controls, main = st.columns([1, 2], gap="large")

with controls:
    data = pick_dataset()
    spec = training_form.pick_model()
    values = training_form.settings(spec, data)
    try:
        chosen = train.planned(data, spec.name, values)
    except LabError as error:
        st.error(say(error), icon=":material/error:")
        st.stop()
    training_form.show_cost(train.cost(chosen, data))
    if st.button(t("Train"), type="primary", icon=":material/play_arrow:", width="stretch"):
        st.query_params[live.FOLLOWED] = train.submit(data.name, spec.name, values, by=visitor.person()).id
        st.toast(t("The training is queued; its curves grow at the top of the page."), icon=":material/play_arrow:")

with main:
    architecture.offer(chosen.model, chosen.model_config, data.shape)
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
    live.follow(followed)
    architecture.offer_of_run(runs.find(followed))
