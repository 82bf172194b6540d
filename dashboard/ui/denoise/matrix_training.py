"""Train the runs that a matrix lacks: one for each test noise that no run on these images was trained on."""

from __future__ import annotations

import streamlit as st

from aelab.datasets.store import Dataset
from aelab.models import models
from aelab.runs import Run
from aelab.studies.matrix import Config
from aelab.tasks import missing_runs
from aelab.tasks.missing_runs import Missing
from ui import live, visitor
from ui.denoise.words import told
from ui.i18n import t
from ui.jobs import duration

_QUEUED = "matrix.queued"


def offer(run: Run, config: Config, data: Dataset) -> None:
    """Say for which test noises there is no run, what training them takes, and queue that when somebody asks."""
    found = missing_runs.missing(config.columns, run, data)
    with st.container(border=True):
        st.subheader(t("Train the missing runs"), anchor=False)
        _say_queued()
        if not found:
            st.caption(t("For each test noise there is a run on these images, or it is on its way."))
            return
        st.markdown(
            t(
                "No run on these images was trained on: {noises}.",
                noises="; ".join(told(each.corruption) for each in found),
            )
        )
        st.caption(
            t(
                "Trainings: {count}, each a {model} with the settings of the chosen run as far as they apply; together "
                "about {time}. Each can be added as a row when it is done.",
                count=len(found),
                model=t(models[found[0].model].label),
                time=duration(sum(each.seconds for each in found)),
            )
        )
        if st.button(t("Train the missing runs"), icon=":material/model_training:", key="matrix.train"):
            _queue(found, data)


def _queue(found: tuple[Missing, ...], data: Dataset) -> None:
    made = missing_runs.submit(found, data, by=visitor.person())
    st.session_state[_QUEUED] = [run.id for run in made]
    st.rerun()


def _say_queued() -> None:
    queued = st.session_state.get(_QUEUED)
    if queued:
        st.success(t("Trainings queued: {count}. The Train page shows how they stand.", count=len(queued)))
        st.page_link(
            "views/train.py", label=t("Train"), icon=":material/arrow_forward:", query_params={live.FOLLOWED: queued[0]}
        )
