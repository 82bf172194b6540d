"""Which job a page follows: in the address, so that a reload finds it again, and in the session on other pages."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from aelab.errors import LabError
from aelab.jobs import folder
from aelab.jobs.folder import OPEN, Job


def begin(parameter: str, job: Job) -> None:
    """Follow a job from now on, in the place of another."""
    st.session_state[parameter] = job.id
    if st.query_params.get(parameter) != job.id:
        st.query_params[parameter] = job.id


def followed(parameter: str, kinds: Collection[str]) -> Job | None:
    """Return the job that is followed, or None if there is none, or none of these kinds."""
    known = st.session_state.get(parameter) or st.query_params.get(parameter)
    if not known:
        return None
    try:
        job = folder.find(known)
    except LabError:  # an address that somebody made up
        job = None
    if job is None or job.kind not in kinds:
        end(parameter)
        return None
    begin(parameter, job)  # a page that was left took its address along
    return job


def forget_ended(parameter: str) -> None:
    """Follow a job no further that has ended: something newer is to be said in its place."""
    known = st.session_state.get(parameter)
    job = folder.find(known) if known else None
    if job is not None and folder.status(job).state not in OPEN:
        end(parameter)


def end(parameter: str) -> None:
    """Follow nothing any more."""
    st.session_state.pop(parameter, None)
    if parameter in st.query_params:
        del st.query_params[parameter]
