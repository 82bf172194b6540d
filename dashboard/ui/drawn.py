"""Images that runs draw, and the mixtures that their codes come from: kept between script runs, shared, and bounded."""

from __future__ import annotations

import numpy as np
import streamlit as st

from aelab.jobs.folder import Job
from aelab.pixels import Images
from aelab.runs import Run
from aelab.studies import generation
from aelab.studies.prior import Prior
from aelab.tasks import mixture
from aelab.tasks.mixture import Fitted
from ui import caches

_ENTRIES = 24


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _samples(
    run_id: str,
    created: str,
    count: int,
    seed: int,
    label: int | None,
    prior: Prior,
    _run: Run,
    _fitted: Fitted | None,
) -> Images:
    drawn_from = _fitted.mixture if _fitted else None
    return generation.draw(caches.networks(_run), count, np.random.default_rng(seed), label, drawn_from)


def samples(run: Run, count: int, seed: int, label: int | None = None, fitted: Fitted | None = None) -> Images:
    """Return images (count, H, W, C) whose codes are drawn from a mixture, or from the standard normal prior.

    A run that is told classes draws the one that is named, or all in turn.
    """
    return _samples(run.id, run.created, count, seed, label, "mixture" if fitted else "normal", run, fitted)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _fitted_mixture(job_id: str, created: float, _job: Job) -> Fitted:
    return mixture.result(_job)


def fitted_mixture(job: Job) -> Fitted:
    """Return the mixture that a job has fitted, and what was measured of its draws."""
    return _fitted_mixture(job.id, job.created, job)
