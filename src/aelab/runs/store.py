"""Create, find and list runs; how one stands is what its job says."""

from __future__ import annotations

import dataclasses
import datetime
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import filelock

from aelab import storage
from aelab.errors import LabError
from aelab.index import Index, Kind
from aelab.jobs import folder as jobs
from aelab.jobs.folder import Status
from aelab.runs.run import Parent, Run, damaged, root
from aelab.training.config import Plan

RunState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted", "damaged"]

_FORMAT = 1
_FIELDS = {"format", "dataset", "dataset_checksum", "model", "settings", "created", "parent"}


def lock() -> filelock.FileLock:
    """Return the lock to hold from looking whether there is a run until its job is queued; it can be taken twice."""
    root().mkdir(parents=True, exist_ok=True)
    return filelock.FileLock(root() / ".lock", is_singleton=True, poll_interval=0.01)


def create(run: Run, continued: Run | None = None) -> None:
    """Write a new run's folder with its config; one of the same id that cannot be used gives way.

    Parameters
    ----------
    run : Run
    continued : Run, optional
        Its parent, whose history, snapshots and newest checkpoint it begins with.
    """
    path = root() / storage.checked_id(run.id)
    root().mkdir(parents=True, exist_ok=True)
    if path.exists():
        storage.removed_folder(path)
    job = jobs.find(run.id)
    if job is not None and jobs.status(job).state == "done":  # what it has done is gone
        storage.removed_folder(job.folder)
    with storage.written_folder(path) as folder:
        _begin(folder, continued)
        storage.write_json(folder / "config.json", {"format": _FORMAT, **_to_json(run)})


def _begin(folder: Path, continued: Run | None) -> None:
    """Make the folders of a run; copy what it continues."""
    for name in ("snapshots", "checkpoints"):
        (folder / name).mkdir()
        for file in (continued.folder / name).iterdir() if continued else ():
            shutil.copyfile(file, folder / name / file.name)
    if continued:
        shutil.copyfile(continued.folder / "history.jsonl", folder / "history.jsonl")


def existing(run_id: str) -> Path:
    """Return the folder of a run, damaged or not; a `LabError` if there is none of that id."""
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
    return _from_json(run_id, storage.read_json(existing(run_id) / "config.json"))


def _to_json(run: Run) -> dict[str, Any]:
    return {
        "dataset": run.dataset,
        "dataset_checksum": run.dataset_checksum,
        "model": run.model,
        "settings": dict(run.settings),
        "created": run.created,
        **({"parent": dataclasses.asdict(run.parent)} if run.parent else {}),
    }


def _from_json(run_id: str, data: Any) -> Run:
    """Return the run that a `config.json` describes; a `LabError` if it makes no sense."""
    fields = data if isinstance(data, dict) else {}
    _check_known(run_id, fields)
    texts = ("dataset", "dataset_checksum", "model", "created")
    if not all(isinstance(fields.get(name), str) for name in texts) or not isinstance(fields.get("settings"), dict):
        raise damaged(run_id, "config.json", "missing fields")
    return Run(
        id=run_id,
        dataset=fields["dataset"],
        dataset_checksum=fields["dataset_checksum"],
        model=fields["model"],
        settings=fields["settings"],
        created=fields["created"],
        parent=_parent(run_id, fields.get("parent")),
    )


def _check_known(run_id: str, fields: Mapping[str, Any]) -> None:
    """Refuse what a newer version has written and this one would leave out."""
    unknown = sorted(set(fields) - _FIELDS)
    if unknown:
        raise LabError(
            "config.json of run {run} has fields that this version of the lab does not know: {names}. Open it with the "
            "version that wrote it.",
            run=run_id,
            names=", ".join(unknown),
        )


def _parent(run_id: str, parent: Any) -> Parent | None:
    if parent is None:
        return None
    try:
        return Parent(str(parent["run"]), int(parent["epochs"]))
    except (KeyError, TypeError, ValueError):
        raise damaged(run_id, "config.json", "missing fields") from None


@dataclass(frozen=True)
class Listed:
    """A line in the list of runs; `run` is None where the folder is damaged, and `reason` says how."""

    id: str
    state: RunState
    run: Run | None
    reason: LabError | None = None


@dataclass(frozen=True)
class _Files:
    """What a run's own files say: the run or what is wrong with its config, and what is wrong with its results."""

    run: Run | None
    reason: LabError | None


def _read(path: Path) -> _Files | None:
    if not path.is_dir():  # deleted meanwhile
        return None
    run = None
    try:
        run = find(path.name)
        run.metrics()
    except LabError as error:
        return _Files(run, error)
    return _Files(run, None)


def _files_to_json(files: _Files) -> dict[str, Any]:
    return {
        "run": _to_json(files.run) if files.run else None,
        "reason": files.reason.to_json() if files.reason else None,
    }


def _files_from_json(run_id: str, data: Any) -> _Files:
    run = _from_json(run_id, data["run"]) if data["run"] else None
    return _Files(run, LabError.from_json(data["reason"]) if data["reason"] else None)


_index = Index(
    Kind(
        name="runs",
        root=root,
        files=("config.json", "metrics.json"),
        read=_read,
        settled=lambda files: True,
        to_json=_files_to_json,
        from_json=_files_from_json,
    )
)


def listed() -> list[Listed]:
    """Return every run, newest first; a damaged one is listed as damaged and stops nobody."""
    states = {row.job.id: row.status.state for row in jobs.rows()}
    rows = [_listed(run_id, files, states.get(run_id)) for run_id, files in _index.rows().items()]
    return sorted(rows, key=lambda row: (row.run.created if row.run else "", row.id), reverse=True)


def _listed(run_id: str, files: _Files, state: RunState | None) -> Listed:
    """Return the line of a run, of which its job says that it is in a state, if it has one."""
    if files.run is None:
        return Listed(run_id, "damaged", None, files.reason)
    if state is None:
        state = "done" if files.reason is None else status(files.run).state
    if state == "done" and files.reason is not None:  # its last word may have come since
        files = _index.afresh(run_id) or files
    if state == "done" and files.reason is not None:
        return Listed(run_id, "damaged", None, files.reason)
    return Listed(run_id, state, files.run)


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


def touch() -> None:
    """Let the runs' folder look changed after something in one of them was, so that lists of runs notice."""
    os.utime(root())


def new_run(dataset: str, checksum: str, chosen: Plan, parent: Parent | None = None) -> Run:
    """Return the run of a plan on a dataset; the same question has the same id."""
    from aelab.jobs.queue import key  # noqa: PLC0415

    settings = {**chosen.model_config.to_keep(), **chosen.training.to_keep()}
    asked = {"dataset": checksum, "model": chosen.model.name, "settings": settings}
    if parent is not None:
        asked["parent"] = dataclasses.asdict(parent)
    digest = key("train", asked).split("-")[1]
    name = f"{chosen.model.name}-{dataset[:40]}-{digest[:8]}"
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    return Run(name, dataset, checksum, chosen.model.name, settings, now, parent)
