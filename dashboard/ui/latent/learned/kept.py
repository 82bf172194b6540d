"""What the view of what a run has learned keeps between script runs: shared by every session, and bounded."""

from __future__ import annotations

from typing import Any

import streamlit as st

from aelab.jobs.folder import Job
from aelab.pixels import Images
from aelab.runs import Run
from aelab.studies import holes, posterior
from aelab.studies.holes import Holes
from aelab.studies.posterior import Learned
from aelab.tasks.holes import JOB
from ui import caches

_ENTRIES = 24
_POSTERIORS = 6  # ten thousand of 128 numbers are 10 MB


@st.cache_resource(max_entries=_POSTERIORS, show_spinner=False)
def _learned(run_id: str, created: str, _run: Run) -> Learned:
    return posterior.run(caches.networks(_run), caches.images_of(_run), posterior.Config())


def learned(run: Run) -> Learned:
    """Return the posteriors of a run's test images and what they come to; a second's work for ten thousand."""
    return _learned(run.id, run.created, run)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _found_holes(job_id: str, created: float, _job: Job) -> Holes:
    return JOB.result(_job)


def found_holes(job: Job) -> Holes:
    """Return the holes that a job has found."""
    return _found_holes(job.id, job.created, job)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _hole_images(run_id: str, created: str, draws: tuple[int, ...], codes: bytes, _run: Run, _shown: Any) -> Images:
    return holes.images(caches.networks(_run), _shown)


def hole_images(run: Run, shown: holes.Shown) -> Images:
    """Return what draws decode to."""
    return _hole_images(run.id, run.created, shown.draws, shown.codes.tobytes(), run, shown)
