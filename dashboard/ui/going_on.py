"""What can be done with a run that trains no more: resume it, finish it, continue it, change a setting."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from aelab.jobs.folder import OPEN
from aelab.models import models
from aelab.runs import Run
from aelab.tasks import train
from ui import training_form, visitor
from ui.i18n import t

FOLLOWED = "follow"  # in the address: the run whose training is shown


def offer(run: Run, state: str) -> None:
    """Draw what can be done with a run in a state."""
    if state in OPEN:
        return
    learned, early = run.learned_epochs(), run.stopped_after()
    ready = early is not None and early == learned  # what it has learned is in use already
    row = st.container(horizontal=True)
    with row:
        if state != "done" or early is not None:
            _take_up(run, learned, finished=ready and state == "done")
        elif learned == run.settings.get("epochs") and models[run.model].fit is None:
            _continue(run)
        if st.button(
            t("Change a setting…"),
            key=f"fork.{run.id}",
            icon=":material/tune:",
            help=t("Puts the settings of this run into the form, so that a new run differs in what you change there."),
        ):
            training_form.begin_with(run)
            st.rerun()


def _take_up(run: Run, learned: int | None, *, finished: bool) -> None:
    if learned is None:
        _start_again(run, t("Start it again"))
        return
    _button(
        run,
        t("Resume after epoch {epoch}", epoch=learned),
        ":material/play_arrow:",
        "resume",
        lambda: train.resume(run.id, owner=visitor.owner()),
        t("Goes on from the newest checkpoint, as if it had not been interrupted."),
    )
    if not finished:
        _button(
            run,
            t("Use what it has learned"),
            ":material/flag:",
            "finish",
            lambda: train.resume(run.id, finish=True, owner=visitor.owner()),
            t("Trains no more: measures and exports the networks as they were at the newest checkpoint."),
        )
    if run.parent is None:
        _start_again(run, t("Start from scratch"))


def _start_again(run: Run, label: str) -> None:
    """Draw the button that begins a run anew; it asks first where something would be lost."""
    if not run.history():
        _button(run, label, ":material/refresh:", "again", lambda: _again(run))
        return
    with st.popover(label, icon=":material/refresh:", key=f"scratch.{run.id}"):
        st.caption(t("The history, snapshots and weights of this run are deleted for good, and it trains anew."))
        _button(run, t("Delete and train anew"), ":material/refresh:", "again", lambda: _again(run))


def _continue(run: Run) -> None:
    with st.popover(t("Continue…"), icon=":material/fast_forward:", key=f"continue.{run.id}"):
        st.caption(
            t(
                "A new run begins with these weights and this history and trains for more epochs; its learning rate "
                "begins anew. This run stays as it is."
            )
        )
        had = int(run.settings["epochs"])
        most = 5000 - had
        more = st.number_input(t("More epochs"), 1, most, min(had, most), key=f"more.{run.id}")
        asked = partial(train.prolong, run.id, int(more), owner=visitor.owner())
        _button(run, t("Continue"), ":material/play_arrow:", "prolong", asked)


def _button(run: Run, label: str, icon: str, key: str, ask: Callable[[], Run], help_text: str | None = None) -> None:
    if st.button(label, icon=icon, key=f"{key}.{run.id}", help=help_text):
        st.query_params[FOLLOWED] = ask().id
        st.rerun()


def _again(run: Run) -> Run:
    # Other images may have taken the dataset's name: then it is another run that is asked for.
    return train.submit(run.dataset, run.model, run.settings, afresh=True, owner=visitor.owner())
