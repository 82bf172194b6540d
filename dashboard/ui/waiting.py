"""Wait on a page for a job that the page, or a part of it, cannot do without."""

from __future__ import annotations

import streamlit as st

from aelab.jobs import folder, queue
from aelab.jobs.folder import OPEN, Job
from ui import visitor
from ui.i18n import t
from ui.jobs import show_ending, watch


def wait_for(job: Job, title: str) -> None:
    """Return if the job is done; else show how it stands and draw no more of the page.

    The page is drawn anew as soon as the job has ended.
    """
    if not is_done(job, title):
        st.stop()


def is_done(job: Job, title: str) -> bool:
    """Return whether the job is done; show how it stands if not, and draw the page anew as soon as it has ended."""
    state = folder.status(job).state
    if state == "done":
        return True
    if state in OPEN:
        watch(job, title)
    else:
        show_ending(folder.status(job))
        if st.button(t("Try again"), key=f"again.{job.id}", icon=":material/refresh:"):
            queue.submit(job.kind, job.params, job.id, owner=visitor.owner(), expected=job.expected)
            st.rerun()
    return False
