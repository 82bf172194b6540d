"""How much of a noise does a run take away?"""

import streamlit as st

from aelab.models import models
from ui.denoise.views import VIEWS
from ui.guards import empty
from ui.i18n import t
from ui.pickers import pick_run
from ui.room import pick_view

st.title(t("Denoise"))
question = st.empty()
controls, main = st.columns([1, 3], gap="large")

with controls:
    run = pick_run(lambda run: run.model in models and models[run.model].denoises)
if not run.reconstructs:
    with main:
        empty(
            t(
                "This run has no encoder: it draws images, and can restore none. Choose another run, or train a "
                "denoising autoencoder on the Train page."
            )
        )
with controls:
    view = pick_view("denoise", VIEWS, run)
question.caption(t(view.question))
view.show(run, controls, main)
