"""What is kept between script runs, shared by every session, and bounded.

Keys are names with checksums or creation times, never arrays: a dataset that was deleted and imported
again is another one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.jobs.folder import Job
from aelab.runs import Run
from aelab.studies import decoding, denoising, generation, latent_map, overview
from aelab.studies.decoding import Surroundings
from aelab.studies.denoising import Denoising, Example
from aelab.studies.latent_map import LatentMap
from aelab.studies.overview import Overview
from aelab.tasks import latent_map as latent_map_task
from ui import mosaic

_ENTRIES = 24


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _dataset(name: str, stamp: float) -> Dataset:
    return store.open_dataset(name)


def is_stored(name: str) -> bool:
    """Return whether a dataset can be opened without being made first."""
    return (store.root() / name / "dataset.json").exists()


def dataset(name: str) -> Dataset:
    """Open a stored dataset; its arrays are memory-mapped and shared."""
    path = store.root() / name / "dataset.json"
    return _dataset(name, path.stat().st_mtime if path.exists() else 0.0)


def images_of(run: Run) -> Dataset:
    """Open the dataset a run was trained on; a `LabError` if another one has taken its name."""
    return run.checked(dataset(run.dataset))


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _overview(name: str, checksum: str, _dataset: Dataset) -> Overview:
    return overview.run(_dataset, overview.Config())


def dataset_overview(data: Dataset) -> Overview:
    """Return counts and averages of a dataset."""
    return _overview(data.name, data.checksum, data)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _networks(run_id: str, created: str, _run: Run) -> Inference:
    return inference.load(_run)


def networks(run: Run) -> Inference:
    """Return a run's networks."""
    return _networks(run.id, run.created, run)


@st.cache_data(max_entries=256, show_spinner=False)
def _denoising(run_id: str, created: str, config: denoising.Config, _run: Run) -> Denoising:
    return denoising.run(networks(_run), images_of(_run), config)


def denoised(run: Run, config: denoising.Config) -> Denoising:
    """Measure how much of a noise a run takes away."""
    return _denoising(run.id, run.created, config, run)


@st.cache_data(max_entries=256, show_spinner=False)
def _example(run_id: str, created: str, config: denoising.Config, _run: Run) -> Example:
    return denoising.example(networks(_run), images_of(_run), config)


def denoised_example(run: Run, config: denoising.Config) -> Example:
    """Return a few corrupted and restored test images."""
    return _example(run.id, run.created, config, run)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _surroundings(run_id: str, created: str, _run: Run) -> Surroundings:
    return decoding.surroundings(networks(_run), images_of(_run))


def surroundings(run: Run) -> Surroundings:
    """Return where the test images lie in a run's latent space; shared, since a slider asks at every step."""
    return _surroundings(run.id, run.created, run)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _plane(run_id: str, created: str, config: decoding.Config, _run: Run) -> str:
    grid = decoding.run(networks(_run), images_of(_run), config)
    return mosaic.data_uri(grid.images, grid.steps)


def decoded_plane(run: Run, config: decoding.Config) -> str:
    """Decode a grid of positions of a two-dimensional latent space, as one picture in a data URI."""
    return _plane(run.id, run.created, config, run)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _samples(run_id: str, created: str, count: int, seed: int, _run: Run) -> Any:
    return generation.draw(networks(_run), count, np.random.default_rng(seed))


def drawn_samples(run: Run, count: int, seed: int) -> Any:
    """Return images drawn from a generative run's prior, float32 (count, H, W, C)."""
    return _samples(run.id, run.created, count, seed, run)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _pca_map(run_id: str, created: str, config: latent_map.Config, _run: Run) -> LatentMap:
    return latent_map.run(networks(_run), images_of(_run), config)


def pca_map(run: Run, config: latent_map.Config) -> LatentMap:
    """Project the codes of a run's test images by PCA; quick enough to be done here."""
    return _pca_map(run.id, run.created, config, run)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _finished_map(job_id: str, created: float, _job: Job) -> LatentMap:
    return latent_map_task.result(_job)


def finished_map(job: Job) -> LatentMap:
    """Return the map that a job has made."""
    return _finished_map(job.id, job.created, job)


def all_runs() -> list[runs.Listed]:
    """Return every run; asked anew each time, since workers write them."""
    return runs.listed()
