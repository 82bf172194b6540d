"""Maps and their colours, kept between script runs: shared by every session, bounded, and not to be changed."""

from __future__ import annotations

import streamlit as st

from aelab.inference import Codes
from aelab.jobs.folder import Job
from aelab.projections.spec import Floats
from aelab.runs import Run
from aelab.studies import colouring, latent_map
from aelab.studies.colouring import Colouring
from aelab.studies.latent_map import Config, LatentMap
from aelab.tasks import colour_map
from aelab.tasks import latent_map as latent_map_task
from ui import caches

_ENTRIES = 24


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _quick(run_id: str, created: str, config: Config, _run: Run) -> LatentMap:
    return latent_map.of_run(_run, caches.networks(_run), caches.images_of(_run), config)


def quick_map(run: Run, config: Config) -> LatentMap:
    """Return a map that takes no time to make."""
    return _quick(run.id, run.created, config, run)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _finished(job_id: str, created: float, _job: Job, _run: Run) -> LatentMap:
    return latent_map_task.result(_job, caches.networks(_run))


def finished_map(job: Job, run: Run) -> LatentMap:
    """Return the map that a job has made."""
    return _finished(job.id, job.created, job, run)


@st.cache_resource(max_entries=2 * _ENTRIES, show_spinner=False)
def _coloured(run_id: str, created: str, config: Config, name: str, _found: LatentMap, _run: Run) -> Colouring:
    return colouring.colour(name, _found, caches.networks(_run), caches.images_of(_run))


def coloured(run: Run, config: Config, name: str, found: LatentMap) -> Colouring:
    """Return the colours of the images of a map, which take no time to find out."""
    return _coloured(run.id, run.created, config, name, found, run)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _finished_colours(job_id: str, created: float, _job: Job) -> Colouring:
    return colour_map.result(_job)


def finished_colours(job: Job) -> Colouring:
    """Return the colours that a job has found out."""
    return _finished_colours(job.id, job.created, job)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _placed(run_id: str, created: str, config: Config, codes: Codes, _found: LatentMap) -> Floats:
    return latent_map.place(_found, config, codes)


def placed(run: Run, config: Config, found: LatentMap, codes: Codes) -> Floats:
    """Return where new codes lie on a map."""
    return _placed(run.id, run.created, config, codes, found)
