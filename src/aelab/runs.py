"""The only reader and writer of run folders, `artifacts/runs/<id>/`.

====================  ===========================================================================
`config.json`         everything needed to repeat the run
`environment.json`    versions and machine
`history.jsonl`       a line an epoch: loss and parts, train and validation
`snapshots/`          the same few reconstructions and codes as they were after an epoch
`model.weights.npz`   the weights of both networks, plain arrays
`encoder.onnx`        what the server runs
`decoder.onnx`
`metrics.json`        measures on the test split, written last: a run that has it is complete
====================  ===========================================================================

How a run stands is what its job says; the job has the run's id.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import filelock
import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets.store import Dataset, open_dataset
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs.folder import Status
from aelab.training.config import Plan, plan

RunState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted", "damaged"]

_FORMAT = 1


@dataclass(frozen=True)
class Run:
    """One training, as it was asked for.

    Attributes
    ----------
    id : str
    dataset, dataset_checksum : str
        Which images, and that they are still the same ones.
    model : str
    settings : mapping
        The values of both configs, by field name.
    created : str
        ISO 8601, UTC.
    """

    id: str
    dataset: str
    dataset_checksum: str
    model: str
    settings: Mapping[str, Any]
    created: str

    @property
    def folder(self) -> Path:
        """Where everything about it is."""
        return root() / self.id

    @property
    def plan(self) -> Plan:
        """What was trained, checked anew."""
        return plan(self.model, self.settings)

    def history(self) -> list[dict[str, Any]]:
        """Return a dict an epoch, as `aelab.training.recorder.Epoch.to_json` wrote it."""
        return storage.read_lines(self.folder / "history.jsonl")

    def snapshot_epochs(self) -> list[int]:
        """Return the epochs of which a snapshot is kept, ascending."""
        return sorted(int(path.stem.removeprefix("epoch-")) for path in (self.folder / "snapshots").glob("epoch-*.npz"))

    def snapshot(self, epoch: int) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays kept after an epoch: target, given, output (uint8), codes (float16)."""
        path = self.folder / "snapshots" / f"epoch-{epoch:05d}.npz"
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            reason = storage.reason(error)
            raise LabError(
                "{file} in {folder} is damaged ({reason}).", file=path.name, folder=self.id, reason=reason
            ) from None

    def metrics(self) -> dict[str, Any]:
        """Return the measures on the test split; a `LabError` where there are none yet."""
        path = self.folder / "metrics.json"
        if not path.exists():
            raise LabError("Run {run} has no results: it is {state}.", run=self.id, state=status(self).state)
        metrics: dict[str, Any] = storage.read_json(path)
        return metrics

    def checked(self, dataset: Dataset) -> Dataset:
        """Return the dataset if it holds the images the run was trained on.

        Raises
        ------
        LabError
            If another one has taken its name: its "test" images may be among those trained on.
        """
        if dataset.checksum != self.dataset_checksum:
            raise LabError(
                "Dataset {dataset} has changed since this run was asked for. Start the training again.",
                dataset=self.dataset,
            )
        return dataset

    def images(self) -> Dataset:
        """Open the dataset of the run, checked."""
        return self.checked(open_dataset(self.dataset))

    def network(self, name: Literal["encoder", "decoder"]) -> bytes:
        """Return a network as an ONNX file; a `LabError` where the training did not get that far."""
        try:
            return (self.folder / f"{name}.onnx").read_bytes()
        except FileNotFoundError:
            raise LabError(
                "Run {run} has no {network}: it is {state}. Choose a run that is done.",
                run=self.id,
                network=name,
                state=status(self).state,
            ) from None


def root() -> Path:
    """Return the folder in which runs are kept."""
    return storage.artifacts() / "runs"


def lock() -> filelock.FileLock:
    """Return the lock to hold from looking whether there is a run until its job is queued; it can be taken twice."""
    root().mkdir(parents=True, exist_ok=True)
    return filelock.FileLock(root() / ".lock", is_singleton=True)


def create(run: Run) -> None:
    """Write a new run's folder with its config; one of the same id that cannot be used gives way."""
    path = root() / storage.checked_id(run.id)
    root().mkdir(parents=True, exist_ok=True)
    if path.exists():
        storage.removed_folder(path)
    job = jobs.find(run.id)
    if job is not None and jobs.status(job).state == "done":  # what it has done is gone
        storage.removed_folder(job.folder)
    with storage.written_folder(path) as folder:
        (folder / "snapshots").mkdir()
        storage.write_json(
            folder / "config.json",
            {
                "format": _FORMAT,
                "dataset": run.dataset,
                "dataset_checksum": run.dataset_checksum,
                "model": run.model,
                "settings": dict(run.settings),
                "created": run.created,
            },
        )


def _existing(run_id: str) -> Path:
    path = root() / storage.checked_id(run_id)
    if not path.is_dir():
        raise LabError(
            "There is no run called {run}; `aelab runs list` and the Reports page show them.", run=repr(run_id)
        )
    return path


def find(run_id: str) -> Run:
    """Return a run.

    Raises
    ------
    LabError
        If there is none of that id, or its `config.json` cannot be read.
    """
    data = storage.read_json(_existing(run_id) / "config.json")
    try:
        return Run(run_id, data["dataset"], data["dataset_checksum"], data["model"], data["settings"], data["created"])
    except (KeyError, TypeError):
        raise LabError(
            "{file} in {folder} is damaged ({reason}).", file="config.json", folder=run_id, reason="missing fields"
        ) from None


@dataclass(frozen=True)
class Listed:
    """A line in the list of runs; `run` is None where the folder is damaged, and `reason` says how."""

    id: str
    state: RunState
    run: Run | None
    reason: LabError | None = None


def listed() -> list[Listed]:
    """Return every run, newest first; a damaged one is listed as damaged and stops nobody."""
    rows = []
    for path in storage.folders(root()):
        try:
            run = find(path.name)
            state = status(run).state
            if state == "done":
                run.metrics()  # a finished run without readable results is of no use to any page
            rows.append(Listed(run.id, state, run))
        except LabError as error:
            rows.append(Listed(path.name, "damaged", None, error))
    return sorted(rows, key=lambda row: (row.run.created if row.run else "", row.id), reverse=True)


def done() -> list[Run]:
    """Return the runs that can be used, newest first."""
    return [row.run for row in listed() if row.state == "done" and row.run is not None]


def status(run: Run) -> Status:
    """Return how a run stands: as its job says, or by its files where the job's folder is gone."""
    complete = (run.folder / "metrics.json").exists()
    job = jobs.find(run.id)
    if job is None and not complete:
        with lock():  # it may be so new that its job is about to be queued
            job = jobs.find(run.id)
    if job is not None:
        return jobs.status(job)
    return Status("done", 1.0) if complete else Status("interrupted")


def delete(run_id: str) -> None:
    """Delete a run, damaged or not, and its job; one that is still open has to be cancelled first."""
    path = _existing(run_id)
    job = jobs.find(run_id)
    if job is not None and jobs.status(job).state in jobs.OPEN:
        raise LabError("Run {run} is still {state}: cancel it first.", run=run_id, state=jobs.status(job).state)
    storage.removed_folder(path)
    if job is not None:
        storage.removed_folder(job.folder)


class RunWriter:
    """Writes what a training leaves behind, each file whole.

    Parameters
    ----------
    run : Run
    """

    def __init__(self, run: Run) -> None:
        self._folder = run.folder

    def environment(self, data: Mapping[str, Any]) -> None:
        """Keep versions and machine."""
        storage.write_json(self._folder / "environment.json", dict(data))

    def epoch(self, line: Mapping[str, Any]) -> None:
        """Append an epoch to the history."""
        storage.append_line(self._folder / "history.jsonl", dict(line))

    def snapshot(self, epoch: int, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep the arrays of an epoch."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        self._write(f"snapshots/epoch-{epoch:05d}.npz", buffer.getvalue())

    def networks(self, *, encoder: bytes, decoder: bytes, weights: bytes) -> None:
        """Keep the trained networks."""
        self._write("model.weights.npz", weights)
        self._write("encoder.onnx", encoder)
        self._write("decoder.onnx", decoder)

    def metrics(self, data: Mapping[str, Any]) -> None:
        """Keep the measures; the last thing written."""
        storage.write_json(self._folder / "metrics.json", dict(data))

    def _write(self, name: str, content: bytes) -> None:
        with storage.written(self._folder / name) as file:
            file.write(content)


def new_run(dataset: str, checksum: str, chosen: Plan) -> Run:
    """Return the run of a plan on a dataset; the same question has the same id."""
    from aelab.jobs.queue import key  # noqa: PLC0415

    settings = {**chosen.model_config.to_json(), **chosen.training.to_json()}
    digest = key("train", {"dataset": checksum, "model": chosen.model.name, "settings": settings}).split("-")[1]
    name = f"{chosen.model.name}-{dataset[:40]}-{digest[:8]}"
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    return Run(name, dataset, checksum, chosen.model.name, settings, now)
