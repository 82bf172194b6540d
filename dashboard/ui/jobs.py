"""Show how jobs stand, and let them be cancelled."""

from __future__ import annotations

import streamlit as st

from aelab.errors import N_
from aelab.jobs import folder, queue
from aelab.jobs.folder import Job, Status
from aelab.jobs.queue import Standing
from aelab.jobs.spec import tasks
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


def show_progress(job: Job, status: Status, title: str, before: int | None = None) -> None:
    """Draw a job's bar with what is left, and a button to cancel it.

    Parameters
    ----------
    job : Job
    status : Status
    title : str
    before : int, optional
        Jobs before it, for who knows already: finding out takes a look at every job.
    """
    row = st.container(horizontal=True, vertical_alignment="center")
    row.progress(min(1.0, status.progress), text=f"{plain(title)} · {_state_line(job, status, before)}")
    if row.button(t("Cancel"), key=f"cancel.{job.id}", icon=":material/close:"):
        queue.cancel(job.id)
        st.rerun()


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


def show_ending(status: Status) -> None:
    """Say how a job ended that is not done."""
    if status.error is not None:
        st.error(say(status.error), icon=":material/error:")
    elif status.state == "cancelled":
        st.warning(t("This was cancelled. Start it again when you like."), icon=":material/cancel:")
    elif status.state == "interrupted":
        st.warning(
            t("The worker ended without a word, perhaps because the computer was switched off. Start it again."),
            icon=":material/power_off:",
        )


def open_jobs() -> list[Standing]:
    """Return the jobs that wait or run, oldest first, and keep the queue moving."""
    queue.pump()
    return queue.standings()


def _state_line(job: Job, status: Status, before: int | None) -> str:
    if status.state == "queued":
        waiting = 0 if status.launched else queue.position(job) if before is None else before
        return t("waiting, {count} before it", count=waiting) if waiting else t("starting a worker…")
    left = status.seconds_left
    share = t("{percent} %", percent=round(100 * status.progress))
    return f"{share} · {t('about {time} left', time=duration(left))}" if left is not None else share
