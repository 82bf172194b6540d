"""What is kept between script runs, shared by every session, and bounded.

Keys are names with checksums or creation times, never arrays: a dataset that was deleted and imported
again is another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab import inference, runs
from aelab.cleaning.inspection import Inspection
from aelab.datasets import store
from aelab.datasets.split import SplitPlan
from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.jobs import folder
from aelab.jobs.folder import Job
from aelab.runs import Run
from aelab.studies import (
    decoding,
    denoising,
    leaderboard,
    ordering,
    overview,
    splitting,
    time_machine,
)
from aelab.studies import eigenimages as eigenimages_study
from aelab.studies.decoding import Surroundings
from aelab.studies.denoising import Denoising, Example
from aelab.studies.eigenimages import Eigenimages
from aelab.studies.leaderboard import Board
from aelab.studies.neighbours import Neighbours
from aelab.studies.neighbours import neighbours as find_neighbours
from aelab.studies.overview import Overview
from aelab.studies.splitting import SplitPreview
from aelab.studies.time_machine import Film
from aelab.tasks import inspect_dataset
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
def _split_preview(name: str, checksum: str, plan: SplitPlan, _dataset: Dataset) -> SplitPreview:
    return splitting.preview(_dataset, plan)


def split_preview(data: Dataset, plan: SplitPlan) -> SplitPreview:
    """Return what another split of a dataset would be."""
    return _split_preview(data.name, data.checksum, plan, data)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _leaks(name: str, checksum: str, _dataset: Dataset) -> npt.NDArray[np.int64]:
    return _dataset.leaks()


def leaks(data: Dataset) -> npt.NDArray[np.int64]:
    """Return the pairs of one picture on two sides of a dataset's split, as far as that split looks for them."""
    return _leaks(data.name, data.checksum, data)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _inspection(job_id: str, created: float, _job: Job, _dataset: Dataset) -> Inspection:
    return inspect_dataset.result(_job, _dataset)


def inspection(job: Job, data: Dataset) -> Inspection:
    """Return what a job has found wrong with a dataset."""
    return _inspection(job.id, job.created, job, data)


@dataclass(frozen=True)
class Flagged:
    """The images in which one check found something."""

    label: str
    members: npt.NDArray[np.intp]


def flags(data: Dataset) -> dict[str, Flagged]:
    """Return what the Clean page has found with usual settings, by check; nothing if it was not opened yet."""
    job = folder.find(inspect_dataset.job_id(data, {}))
    if job is None or folder.status(job).state != "done":
        return {}
    return {
        finding.check.name: Flagged(
            finding.check.label, np.array([index for group in finding.groups for index in group.members], np.intp)
        )
        for finding in inspection(job, data).findings
        if finding.pictures
    }


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _figures(name: str, checksum: str, key: ordering.Key, _dataset: Dataset) -> npt.NDArray[np.float32]:
    return ordering.figures(_dataset, key)


def figures(data: Dataset, key: ordering.Key) -> npt.NDArray[np.float32]:
    """Return what the images of a dataset can be sorted by."""
    return _figures(data.name, data.checksum, key, data)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _eigenimages(name: str, checksum: str, _dataset: Dataset) -> Eigenimages:
    return eigenimages_study.run(_dataset, eigenimages_study.Config())


def eigenimages(data: Dataset) -> Eigenimages:
    """Return how the training images of a dataset vary."""
    return _eigenimages(data.name, data.checksum, data)


@st.cache_data(max_entries=256, show_spinner=False)
def _neighbours(name: str, checksum: str, index: int, count: int, _dataset: Dataset) -> Neighbours:
    return find_neighbours(_dataset, index, count)


def neighbours(data: Dataset, index: int, count: int) -> Neighbours:
    """Return the images most like one of them."""
    return _neighbours(data.name, data.checksum, index, count, data)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _film(run_id: str, created: str, epochs: tuple[int, ...], _run: Run) -> Film:
    return time_machine.film(_run)


def film(run: Run) -> Film:
    """Return a run's codes and weights, epoch by epoch; read anew when another snapshot has come."""
    return _film(run.id, run.created, tuple(run.snapshot_epochs()), run)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _shown_images(run_id: str, created: str, count: int, _run: Run, _target: Any) -> npt.NDArray[np.intp] | None:
    return time_machine.shown_images(images_of(_run), _target, count)


def shown_images(run: Run, target: npt.NDArray[np.uint8], count: int) -> npt.NDArray[np.intp] | None:
    """Return which images of its dataset the snapshots of a run are of, if that can be known."""
    return _shown_images(run.id, run.created, count, run, target)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _history(run_id: str, created: str, changed: int, size: int, _run: Run) -> list[dict[str, Any]]:
    return _run.history()


def history(run: Run) -> list[dict[str, Any]]:
    """Return a dict an epoch; shared, not to be changed. Thousands of lines are not read at every move of a slider."""
    try:
        found = (run.folder / "history.jsonl").stat()
    except OSError:
        return []
    return _history(run.id, run.created, found.st_mtime_ns, found.st_size, run)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _boards(asked: tuple[tuple[str, str], ...], measure: str, _runs: Sequence[Run]) -> list[Board]:
    return leaderboard.leaderboards(_runs, measure)


def boards(found: Sequence[Run], measure: str) -> list[Board]:
    """Return the leaderboard of every dataset; what is measured of a finished run does not change."""
    return _boards(tuple((run.id, run.created) for run in found), measure, found)


def has_results() -> bool:
    """Return whether any run is done."""
    return any(listed.state == "done" for listed in all_runs())


def all_runs() -> list[runs.Listed]:
    """Return every run; asked anew each time, since workers write them."""
    return runs.listed()
