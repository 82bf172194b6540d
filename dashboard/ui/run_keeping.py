"""Write about runs, take them away, put them away, delete them, and change one's mind."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from aelab import runs
from aelab.errors import LabError
from aelab.jobs.folder import OPEN
from aelab.runs import Run, about, transfer
from aelab.runs.about import About
from ui import caches, run_choice, visitor
from ui.i18n import plain, say, t
from ui.jobs import state_name
from ui.known import Known, named

_DELETED = "compare.deleted"
_WORKED_ON = "compare.worked_on"
_NEXT = "compare.worked_on.next"


@dataclass(frozen=True)
class _Deleted:
    """The run that was deleted last, what it was called, and whether it was among those that are compared."""

    run: str
    name: str
    compared: bool


def _offer_undo() -> None:
    """Draw what was deleted last with a button that brings it back; it stays until the next action."""
    deleted: _Deleted | None = st.session_state.get(_DELETED)
    if deleted is None:
        return
    row = st.container(horizontal=True, vertical_alignment="center")
    row.info(t("Deleted: {run}", run=plain(deleted.name)), icon=":material/delete:")
    if row.button(t("Undo"), key="compare.undo", icon=":material/undo:"):
        _act(lambda: _bring_back(deleted), t("{run} is back.", run=plain(deleted.name)))


def _bring_back(deleted: _Deleted) -> None:
    """Restore a run and let it be chosen where it was."""
    runs.restore(deleted.run, by=visitor.person())
    st.session_state[_NEXT] = deleted.run
    if deleted.compared:
        run_choice.choose(deleted.run)


def offer(chosen: Sequence[Known]) -> None:
    """Draw the ways to work on one run, the chosen ones first; also on those that failed or are damaged."""
    listed = runs.listed()
    if not listed and _DELETED not in st.session_state:
        return
    st.subheader(t("Work on a run"))
    _offer_undo()
    first = [each.id for each in chosen]
    others = {row.id: row.state for row in listed if row.state not in OPEN and row.id not in first}
    words = about.read_all([*first, *others])
    run_id = _pick({run_id: _label(run_id, said, others.get(run_id, "done")) for run_id, said in words.items()})
    if run_id is None:
        return
    said = about.read(run_id)
    visitor.say_refusal(run_id, losing=True)
    words, keeping = st.columns([3, 2], gap="large")
    with words:
        _offer_words(run_id, said)
    with keeping:
        for row in listed:
            if row.id == run_id and row.state == "done" and row.run is not None:
                _offer_files(row.run)
        _offer_putting_away(run_id, said)


def _pick(names: Mapping[str, str]) -> str | None:
    """Draw the choice of a run; none where the chosen one is gone, or the next click on Delete would take another."""
    usual = st.session_state.get(_WORKED_ON, next(iter(names), None))
    wanted = st.session_state.pop(_NEXT, usual)
    # Set at every run: a browser goes on showing the name that a run had when it was chosen.
    st.session_state[_WORKED_ON] = wanted if wanted in names else None
    chosen: str | None = st.selectbox(
        t("Run to work on"),
        list(names),
        index=None,
        placeholder=t("Choose a run"),
        format_func=names.__getitem__,
        key=_WORKED_ON,
    )
    return chosen


def _label(run_id: str, said: About, state: str) -> str:
    """Return what a run is called, with what tells it from those that are compared."""
    more = [*([state_name(state)] if state != "done" else []), *([t("archived")] if said.archived else [])]
    return " · ".join([named(run_id, said), *more])


def _offer_words(run_id: str, said: About) -> None:
    with st.form(f"compare.about.{run_id}"):
        title = st.text_input(t("Title"), said.title, max_chars=about.LONGEST_TITLE)
        tags = st.text_input(
            t("Tags"), ", ".join(said.tags), help=t("Words to find it by, with commas or semicolons between.")
        )
        notes = st.text_area(t("Notes"), said.notes, max_chars=about.LONGEST_NOTES)
        if st.form_submit_button(t("Save"), icon=":material/save:", disabled=visitor.refusal(run_id) is not None):
            words, by = about.split_tags(tags), visitor.person()
            _act(lambda: about.change(run_id, title=title, tags=words, notes=notes, by=by), t("Saved."))
    st.caption(t("Everybody who uses this lab sees it. The run itself and its id stay as they are."))


def _offer_files(run: Run) -> None:
    st.caption(t("Take it away"))
    onnx = "application/octet-stream"
    networks = {
        "encoder": (t("Encoder (ONNX)"), f"{run.id}-encoder.onnx", onnx, lambda: run.network("encoder")),
        "decoder": (t("Decoder (ONNX)"), f"{run.id}-decoder.onnx", onnx, lambda: run.network("decoder")),
        "restorer": (t("Network (ONNX)"), f"{run.id}-restorer.onnx", onnx, lambda: run.network("restorer")),
    }
    for label, name, kind, content in (
        (t("Whole run (zip)"), f"{run.id}.zip", "application/zip", lambda: zipped(run)),
        *(networks[name] for name in run.networks),
        (
            t("Weights (npz)"),
            f"{run.id}-weights.npz",
            "application/octet-stream",
            (run.folder / "model.weights.npz").read_bytes,
        ),
    ):
        st.download_button(
            label, content, name, kind, icon=":material/download:", on_click="ignore", key=f"take.{name}"
        )


def _offer_putting_away(run_id: str, said: About) -> None:
    st.caption(t("Put it away"))
    row = st.container(horizontal=True)
    label = t("Take out of the archive") if said.archived else t("Archive")
    done = t("Taken out of the archive.") if said.archived else t("Archived: other pages no longer offer it.")
    refused = visitor.refusal(run_id) is not None
    if row.button(label, key=f"compare.archive.{run_id}", icon=":material/archive:", disabled=refused):
        _act(lambda: about.change(run_id, archived=not said.archived, by=visitor.person()), done)
    # Named after the run: if another is shown by the time the click arrives, it is not what was meant.
    refused = visitor.refusal(run_id, losing=True) is not None
    if row.button(t("Delete"), key=f"compare.delete.{run_id}", icon=":material/delete:", disabled=refused):
        deleted = _Deleted(run_id, named(run_id, said), run_choice.is_chosen(run_id))
        _act(lambda: runs.delete(run_id, by=visitor.person()), deleted=deleted)


def _act(action: Callable[[], object], done: str = "", *, deleted: _Deleted | None = None) -> None:
    """Do something to a run and draw the page anew, or say why it cannot be done; an earlier deletion is forgotten."""
    try:
        action()
    except LabError as error:
        st.error(say(error), icon=":material/error:")
        return
    forget_deletion()
    if deleted is not None:
        st.session_state[_DELETED] = deleted
    if done:
        st.toast(done, icon=":material/check_circle:")
    st.rerun()


def forget_deletion() -> None:
    """Offer no more to undo the last deletion: something else has been done since."""
    st.session_state.pop(_DELETED, None)


def zipped(run: Run) -> bytes:
    """Return the file of a whole run."""
    content = io.BytesIO()
    transfer.export(run, caches.networks(run).shape, content)
    return content.getvalue()
