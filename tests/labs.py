"""A lab with finished runs, for tests that need something to look at."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from aelab.datasets import store
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.store import Dataset
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.folder import Job
from aelab.runs import Run
from aelab.tasks import train
from aelab.training.recorder import Checkpoint, Epoch

TRAIN_IMAGES = 300
EPOCHS = 2
LATENT_DIM = {"pca": 8, "conv_ae": 8, "dae": 8, "vae": 2}
_LATENT_DIM_OF_A_GAN = 2
_LATENT_DIM_OF_A_CVAE = 2

#: Seconds until something that does not come is given up; on a busy machine a worker, which gives way, takes its time.
PATIENCE = 300.0

_COMMON = {"limit": TRAIN_IMAGES, "epochs": EPOCHS, "batch_size": 32}


@dataclass(frozen=True)
class TrainedLab:
    """An artifacts folder with the digits and four small runs on them.

    Attributes
    ----------
    folder : Path
    runs : mapping of str to str
        The id of each run by the name of its model: `pca`, `conv_ae`, `dae` and `vae`.
    """

    folder: Path
    runs: Mapping[str, str]

    def copied_to(self, folder: Path) -> TrainedLab:
        """Return a copy in `folder`, which must not exist yet."""
        shutil.copytree(self.folder, folder)
        return TrainedLab(folder, self.runs)

    def say_trained_on(self, model: str, dataset: Dataset) -> None:
        """Let a run pass for one that was trained on another dataset; only for a copied lab."""
        path = self.folder / "runs" / self.runs[model] / "config.json"
        asked = json.loads(path.read_text(encoding="utf-8"))
        asked |= {"dataset": dataset.name, "dataset_checksum": dataset.checksum}
        path.write_text(json.dumps(asked), encoding="utf-8")
        os.utime(self.folder / "runs")  # a config never changes otherwise: lists would not look at it again


def train_lab(folder: Path) -> TrainedLab:
    """Train the four runs in `folder` by real workers, two at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AELAB_ARTIFACTS", str(folder))
        patch.setenv("AELAB_WORKERS", "2")
        runs = [train.submit("digits", model, settings_of(model)) for model in LATENT_DIM]
        for run in runs:
            _wait_for(run)
    return TrainedLab(folder, {run.model: run.id for run in runs})


def with_gan(lab: TrainedLab, folder: Path) -> TrainedLab:
    """Return a copy of a lab in `folder` with one more run, `gan`, which has no encoder; a real worker trains it."""
    return _with(lab, folder, "gan", {"filters": 4, "latent_dim": _LATENT_DIM_OF_A_GAN})


def with_cvae(lab: TrainedLab, folder: Path) -> TrainedLab:
    """Return a copy of a lab in `folder` with one more run, `cvae`, which is told classes; a real worker trains it."""
    return _with(lab, folder, "cvae", {"body": "dense", "width": 64, "latent_dim": _LATENT_DIM_OF_A_CVAE, "epochs": 8})


def _with(lab: TrainedLab, folder: Path, model: str, settings: Mapping[str, object]) -> TrainedLab:
    made = lab.copied_to(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AELAB_ARTIFACTS", str(folder))
        run = train.submit("digits", model, {**_COMMON, **settings})
        _wait_for(run)
    return TrainedLab(folder, {**made.runs, model: run.id})


def with_unet(lab: TrainedLab, folder: Path) -> TrainedLab:
    """Return a copy of a lab in `folder` with one more run, `unet_dae`, which has no code; a real worker trains it."""
    made = lab.copied_to(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AELAB_ARTIFACTS", str(folder))
        run = train.submit("digits", "unet_dae", {**_COMMON, "filters": 4, "depth": 2, "noise_level": 0.3})
        _wait_for(run)
    return TrainedLab(folder, {**made.runs, "unet_dae": run.id})


def _wait_for(run: Run) -> None:
    job = jobs.find(run.id)
    assert job is not None
    status = queue.wait(job, lambda now: None)
    assert status.state == "done", f"{status}\n{(job.folder / 'log.txt').read_text(encoding='utf-8')}"


def settings_of(model: str) -> dict[str, object]:
    """Return what a run of the lab was asked for."""
    filters = {} if model == "pca" else {"filters": 8}
    return {**_COMMON, **filters, "latent_dim": LATENT_DIM[model]}


def drawn_shapes(count: int = 400) -> Dataset:
    """Return drawn shapes of the size of the digits, whose factors are known."""
    return store.import_dataset("drawn", "shapes", ShapesConfig(count=count, size=28, color="gray"))


@contextlib.contextmanager
def taken_lane(kind: str) -> Iterator[None]:
    """Take a place in the lane of a kind of job, as a worker would that never ends: what is queued meanwhile waits.

    With `AELAB_WORKERS=1` one place is the whole of the heavy lane.
    """
    job = jobs.Job(f"busy-{kind}", kind, {}, created=0.0)
    jobs.create(job)
    with jobs.lock(job):
        jobs.write_status(job, {"state": "running", "progress": 0.5, "started": 0.0})
        yield
        jobs.write_status(job, {"state": "cancelled"})


class Nobody:
    """An executor with no computer: what is asked of it stays queued; it remembers what that was."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def start(self, job: jobs.Job) -> None:
        """Start nothing."""
        self.asked.append(job.id)


def job_of(run: Run) -> Job:
    """Return the job that trains a run."""
    job = jobs.find(run.id)
    assert job is not None
    return job


def worker_of(run: Run) -> psutil.Process:
    """Return the process that trains a run."""
    folder = str(job_of(run).folder)
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # one that was killed is a zombie until it is waited for
            if folder in process.cmdline():
                return process
    raise AssertionError(f"no worker trains {run.id}")


def end(run_id: str, state: str, **more: object) -> None:
    """Let a run's job have ended in a state."""
    job = jobs.find(run_id)
    assert job is not None
    jobs.write_status(job, {"state": state, **more})


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; a test that waits in vain fails."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@dataclass
class Kept:
    """A recorder that keeps what a training says, and stops it after `last_epoch` if that is given."""

    last_epoch: int | None = None
    shares: list[float] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    snapshots: dict[int, Mapping[str, npt.NDArray[np.generic]]] = field(default_factory=dict)
    checkpoints: list[Checkpoint] = field(default_factory=list)

    def progress(self, share: float, epoch: int) -> None:
        self.shares.append(share)

    def should_stop(self) -> bool:
        return len(self.epochs) == self.last_epoch

    def epoch(self, epoch: Epoch) -> None:
        self.epochs.append(epoch)

    def snapshot(self, epoch: int, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.snapshots[epoch] = arrays

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        self.checkpoints.append(checkpoint)
