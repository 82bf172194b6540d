"""Show how jobs stand, and let those be cancelled and moved that are one's own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import streamlit as st

from aelab import runs
from aelab.errors import N_, LabError
from aelab.jobs import folder, queue
from aelab.jobs.folder import Job, Status
from aelab.jobs.order import waits
from aelab.jobs.people import Person
from aelab.jobs.queue import Standing
from aelab.jobs.spec import tasks
from aelab.runs import Run
from ui import visitor
from ui.guards import guarded
from ui.i18n import plain, say, t

STATES = {
    "queued": N_("queued"),
    "running": N_("running"),
    "done": N_("done"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
    "interrupted": N_("interrupted"),
    "damaged": N_("damaged"),
}
_MOST_SHOWN = 12


def state_name(state: str) -> str:
    """Return what a state is called."""
    return t(STATES[state])


def duration(seconds: float) -> str:
    """Return a duration as people say it."""
    if seconds < 90:
        return t("{count} s", count=max(1, round(seconds)))
    if seconds < 90 * 60:
        return t("{count} min", count=round(seconds / 60))
    return t("{count} h", count=round(seconds / 3600, 1))


def job_title(job: Job) -> str:
    """Return what a job is called: its kind, and what it works on."""
    about = job.params.get("run") or job.params.get("name") or job.params.get("dataset") or job.id
    return f"{t(tasks[job.kind].label) if job.kind in tasks else job.kind} · {about}"


def show_progress(job: Job, status: Status, title: str, queued: list[Standing] | None = None) -> None:
    """Draw a job's bar with what is left, and buttons for who may cancel or move it.

    Parameters
    ----------
    job : Job
    status : Status
    title : str
    queued : list of Standing, optional
        Every open job, for who knows already.
    """
    queued = queue.standings() if queued is None else queued
    standing = next((each for each in queued if each.job.id == job.id), Standing(job, status, 0))
    row = st.container(horizontal=True, vertical_alignment="center")
    row.progress(min(1.0, status.progress), text=f"{plain(title)} · {_state_line(status, standing)}")
    person = visitor.person()
    with row.container(horizontal=True, width="content"):  # on a phone they go below the bar together
        if person.may_change(job):
            if waits(standing):
                _offer_moves(standing, queued, person)
            shared = len(job.owners) > 1 and not person.teacher
            told = t("Others have asked for the same: it goes on for them.") if shared else None
            if st.button(t("Cancel"), key=f"cancel.{job.id}", icon=":material/close:", help=told):
                if not queue.cancel(job.id, by=person):
                    st.toast(t("Others have asked for the same: it goes on for them."), icon=":material/group:")
                st.rerun()
        else:
            st.caption(
                t("Somebody else's") if any(job.owners) else t("The lab's own"),
                help=t("Only whoever asked for it, or the teacher, may cancel or move it."),
                width="content",
            )


def show_jobs(queued: list[Standing], describe: Callable[[Run], str]) -> None:
    """Draw the open jobs: the first of them, and every one of the visitor's own; trainings with what `describe` says.

    An id alone tells nobody which of ten trainings it is.
    """
    owner = visitor.owner()
    if any(standing.job.owners != queued[0].job.owners for standing in queued):
        st.caption(t("Whoever waits takes turns: nobody's second job starts before everybody's first."))
    hidden = 0
    for index, standing in enumerate(queued):
        if index < _MOST_SHOWN or owner in standing.job.owners:
            show_progress(standing.job, standing.status, job_title(standing.job), queued)
            if standing.job.kind == "train":
                with contextlib.suppress(LabError, KeyError):  # one without a run, or that is damaged
                    st.caption(describe(runs.find(standing.job.params["run"])))
        else:
            hidden += 1
    if hidden:
        st.caption(t("Jobs of others that are not shown here: {count}", count=hidden))


def _offer_moves(standing: Standing, queued: list[Standing], person: Person) -> None:
    """Draw the buttons that move a job which waits, as far as they would change anything."""
    job = standing.job
    lane = [each for each in queued if waits(each) and _lane(each.job) == _lane(job)]
    own = [each.job.id for each in lane if each.job.owners == job.owners]
    moves = []
    if len(own) > 1 and job.id in own and (person.teacher or not job.also):
        moves.append(("earlier", t("Earlier"), ":material/arrow_upward:", job.id != own[0]))
        moves.append(("later", t("Later"), ":material/arrow_downward:", job.id != own[-1]))
    if person.teacher and len(own) < len(lane):
        moves.append(("first", t("First"), ":material/vertical_align_top:", job.id != lane[0].job.id))
    for where, label, icon, possible in moves:
        if st.button(label, key=f"{where}.{job.id}", icon=icon, disabled=not possible):
            queue.move(job.id, where, by=person)
            st.rerun()


def _lane(job: Job) -> str:
    return tasks[job.kind].lane if job.kind in tasks else ""


def watch(job: Job, title: str) -> None:
    """Draw the progress of a job that waits or runs, every second anew; draw the page anew when it has ended."""

    @st.fragment(run_every=1)
    def panel() -> None:
        with guarded():
            queue.pump()
            status = folder.status(job)
            if status.state in folder.OPEN:
                show_progress(job, status, title)
            else:
                st.rerun()

    panel()


def show_ending(status: Status, *, learned: int | None = None) -> None:
    """Say how a job ended that is not done, and that it can be started again, or resumed after what it has learned."""
    more = t("Start it again when you like.")
    if learned is not None:
        more = t("Nothing that it has learned is lost: it can be resumed after epoch {epoch}.", epoch=learned)
    if status.error is not None:
        st.error(say(status.error), icon=":material/error:")
    elif status.state == "cancelled":
        st.warning(f"{t('This was cancelled.')} {more}", icon=":material/cancel:")
    elif status.state == "interrupted":
        said = t("The worker ended without a word, perhaps because the computer was switched off.")
        st.warning(f"{said} {more}", icon=":material/power_off:")


def open_jobs() -> list[Standing]:
    """Return the jobs that wait or run, as they are and will be started, and keep the queue moving."""
    queue.pump()
    return queue.standings()


def _state_line(status: Status, standing: Standing) -> str:
    if status.state == "queued":
        if not standing.before or status.launched:
            return t("starting a worker…")
        waiting = t("waiting, {count} before it", count=standing.before)
        if standing.starts_in is None:
            return waiting
        return f"{waiting} · {t('starts in about {time}', time=duration(standing.starts_in))}"
    left = status.seconds_left
    share = t("{percent}%", percent=round(100 * status.progress))
    return f"{share} · {t('about {time} left', time=duration(left))}" if left is not None else share
