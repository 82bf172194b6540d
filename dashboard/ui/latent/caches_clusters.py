"""What jobs have found of clusters and factors, kept between script runs."""

from __future__ import annotations

import streamlit as st

from aelab.jobs.folder import Job
from aelab.studies.clustered import Clusters
from aelab.studies.disentanglement import Disentanglement
from aelab.tasks import clusters, disentanglement

_ENTRIES = 24


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _clusters(job_id: str, created: float, _job: Job) -> Clusters:
    return clusters.JOB.result(_job)


def found_clusters(job: Job) -> Clusters:
    """Return the clusters that a job has found."""
    return _clusters(job.id, job.created, job)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _factors(job_id: str, created: float, _job: Job) -> Disentanglement:
    return disentanglement.JOB.result(_job)


def scored_factors(job: Job) -> Disentanglement:
    """Return what a job has found of codes and factors."""
    return _factors(job.id, job.created, job)
