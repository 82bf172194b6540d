"""Which images does a run take to be alike, and what lies between them?"""

import streamlit as st

from ui import caches
from ui.guards import empty
from ui.i18n import t
from ui.latent import selection
from ui.latent.views import VIEWS
from ui.pickers import pick_run
from ui.room import pick_view

st.title(t("Latent"))
question = st.empty()
controls, main = st.columns([1, 3], gap="large")

with controls:
    run = pick_run(lambda run: run.decodes)
if not run.decodes:
    with main:
        empty(
            t(
                "This run has no code: it restores images, and there is neither a map of them nor anything to decode. "
                "Choose another run, or see what it restores on the Denoise page."
            )
        )
with controls:
    view = pick_view("latent", VIEWS, run)
    if run.encodes:
        selection.stand(caches.images_of(run))
question.caption(t(view.question))
view.show(run, controls, main)
