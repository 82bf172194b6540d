"""What can be done with a run that trains no more: resume it, finish it, continue it, change a setting."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from aelab import runs
from aelab.errors import LabError
from aelab.jobs.folder import OPEN
from aelab.models import models
from aelab.runs import Run, trash
from aelab.tasks import train
from ui import training_form, visitor
from ui.i18n import say, t

FOLLOWED = "follow"  # in the address: the run whose training is shown


def offer(run: Run, state: str) -> None:
    """Draw what can be done with a run in a state; what is for others to decide is there, and says so."""
    if state in OPEN:
        return
    learned, early = run.learned_epochs(), run.stopped_after()
    ready = early is not None and early == learned  # what it has learned is in use already
    unfinished = state != "done" or early is not None
    refused = visitor.refusal(run.id) if trash.has_learned(run.id) else None  # what has left nothing is anybody's
    row = st.container(horizontal=True)
    with row:
        if unfinished:
            _take_up(run, learned, refused, finished=ready and state == "done")  # what is resumed loses nothing
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
    if refused is not None and unfinished and learned is not None:
        st.caption(t("Somebody else has asked for this before. Who takes it up shares it; nothing of theirs is lost."))
    elif refused is not None and unfinished:
        st.caption(say(refused))
    _offer_what_was_before(run)


def _take_up(run: Run, learned: int | None, refused: LabError | None, *, finished: bool) -> None:
    if learned is None:
        _start_again(run, t("Start it again"), refused)
        return
    _button(
        run,
        t("Resume after epoch {epoch}", epoch=learned),
        ":material/play_arrow:",
        "resume",
        lambda: train.resume(run.id, by=visitor.person()),
        t("Goes on from the newest checkpoint, as if it had not been interrupted."),
    )
    if not finished:
        _button(
            run,
            t("Use what it has learned"),
            ":material/flag:",
            "finish",
            lambda: train.resume(run.id, finish=True, by=visitor.person()),
            t("Trains no more: measures and exports the networks as they were at the newest checkpoint."),
        )
    if run.parent is None:
        _start_again(run, t("Start from scratch"), refused)


def _start_again(run: Run, label: str, refused: LabError | None) -> None:
    """Draw the button that begins a run anew; it asks first where something would be put aside."""
    refused = refused or visitor.refusal(run.id, losing=True)
    if not trash.has_learned(run.id):
        _button(run, label, ":material/refresh:", "again", lambda: _again(run))
    elif refused is not None:
        st.button(label, icon=":material/refresh:", key=f"scratch.{run.id}", disabled=True, help=say(refused))
    else:
        with st.popover(label, icon=":material/refresh:", key=f"scratch.{run.id}"):
            st.caption(
                t(
                    "The run trains anew. Its history, snapshots and weights go to the trash; they can be brought back "
                    "here for {days} days.",
                    days=trash.MOST_DAYS,
                )
            )
            _button(run, t("Train anew"), ":material/refresh:", "again", lambda: _again(run))


def _offer_what_was_before(run: Run) -> None:
    """Draw the way back to what a run had learned before it was trained anew, or deleted and asked for again."""
    if not runs.is_restorable(run.id):
        return
    row = st.container(horizontal=True, vertical_alignment="center")
    said = t("Another version of this run, of {epochs} epochs, is in the trash.", epochs=trash.learned_epochs(run.id))
    row.caption(said, width="content")
    refused = trash.refusal(run.id, visitor.person())
    asked = t("Brings back the run as it was. The present one goes to the trash in its place, and can come back too.")
    with row:
        _button(run, t("Bring it back"), ":material/undo:", "back", lambda: _brought_back(run), asked, refused)


def _brought_back(run: Run) -> Run:
    runs.restore(run.id, by=visitor.person())
    return run


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
        asked = partial(train.prolong, run.id, int(more), by=visitor.person())
        _button(run, t("Continue"), ":material/play_arrow:", "prolong", asked)


def _button(
    run: Run,
    label: str,
    icon: str,
    key: str,
    ask: Callable[[], Run],
    help_text: str | None = None,
    refused: LabError | None = None,
) -> None:
    """Draw a button that asks for something, or says why it cannot be asked for."""
    told = help_text if refused is None else say(refused)
    if st.button(label, icon=icon, key=f"{key}.{run.id}", help=told, disabled=refused is not None):
        st.query_params[FOLLOWED] = ask().id
        st.rerun()


def _again(run: Run) -> Run:
    # Other images may have taken the dataset's name: then it is another run that is asked for.
    return train.submit(run.dataset, run.model, run.settings, afresh=True, by=visitor.person())
