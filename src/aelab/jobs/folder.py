"""One job's folder: the only reader and writer of what is in it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, get_args

import filelock

from aelab import storage
from aelab.errors import LabError
from aelab.index import Index, Kind, touch
from aelab.jobs.job import OPEN, Expected, Job, State, Status, root

__all__ = [
    "OPEN", "Expected", "Job", "Row", "State", "Status", "all_jobs", "ask_to_stop", "create", "find", "is_alive",
    "lock", "root", "rows", "should_stop", "status", "write_owners", "write_status",
]  # fmt: skip

# What reading a JSON file raises that somebody, or a disk, has changed.
_DAMAGE = (KeyError, TypeError, ValueError, AttributeError, IndexError)
_STARTING_SECONDS = 60.0  # a worker that has not taken its lock by then never will


def create(job: Job) -> None:
    """Write a new job's folder, whole.

    Raises
    ------
    FileExistsError
        If there is a job of that id.
    """
    root().mkdir(parents=True, exist_ok=True)
    with storage.written_folder(root() / storage.checked_id(job.id)) as folder:
        _write_job(folder, job)
        storage.write_json(folder / "status.json", {"state": "queued"})


def write_owners(job: Job, owners: Sequence[str]) -> Job:
    """Let others than before share a job, and return it as it is then."""
    changed = replace(job, owner=owners[0], also=tuple(owners[1:]))
    _write_job(job.folder, changed)
    touch(root())
    return changed


def _write_job(folder: Path, job: Job) -> None:
    storage.write_json(folder / "job.json", {"format": 1, **_to_json(job)})


def find(job_id: str) -> Job | None:
    """Return a job, or None if there is none of that id or its folder is damaged."""
    path = root() / storage.checked_id(job_id) / "job.json"
    try:
        return _from_json(job_id, storage.read_json(path))
    except (LabError, *_DAMAGE):
        return None


def _to_json(job: Job) -> dict[str, Any]:
    known = asdict(job)
    return {name: known[name] for name in ("kind", "params", "created", "number", "owner", "also", "expected")}


def _from_json(job_id: str, data: Any) -> Job:
    """Return the job that a `job.json` describes; one of the `_DAMAGE` errors if it makes no sense."""
    if not isinstance(data["kind"], str) or not isinstance(data["params"], dict):
        raise TypeError(data)
    expected = data.get("expected") or {}
    return Job(
        job_id,
        data["kind"],
        data["params"],
        created=float(data["created"]),
        number=int(data.get("number", 0)),
        owner=str(data.get("owner", "")),
        expected=Expected(
            _float(expected.get("seconds")), _int(expected.get("memory_bytes")), float(expected.get("done", 0.0))
        ),
        also=tuple(map(str, data.get("also", ()))),
    )


@dataclass(frozen=True)
class Row:
    """A job and how it stands."""

    job: Job
    status: Status


def rows() -> list[Row]:
    """Return every readable job and how it stands, oldest first; from the index, but for those still open."""
    return sorted(_index.rows().values(), key=lambda row: (row.job.number, row.job.created, row.job.id))


def all_jobs() -> list[Job]:
    """Return every readable job, oldest first."""
    return [row.job for row in rows()]


def _row(path: Path) -> Row | None:
    job = find(path.name)
    return Row(job, status(job)) if job is not None else None


def _row_to_json(row: Row) -> dict[str, Any]:
    error = row.status.error.to_json() if row.status.error else None
    return {"job": _to_json(row.job), "status": vars(row.status) | {"error": error}}


def _row_from_json(job_id: str, data: Any) -> Row:
    return Row(_from_json(job_id, data["job"]), _status(data["status"]))


_index = Index(
    Kind(
        name="jobs",
        root=root,
        files=("job.json", "status.json"),
        read=_row,
        settled=lambda row: row.status.state != "running" and not row.status.launched,  # else a lock tells the rest
        to_json=_row_to_json,
        from_json=_row_from_json,
    )
)


def status(job: Job) -> Status:
    """Return how a job stands, telling a dead worker from a living one by its lock."""
    try:
        data = storage.read_json(job.folder / "status.json")
        if _needs_worker(data) and not is_alive(job):
            data = storage.read_json(job.folder / "status.json")  # it may have ended between the two looks
            if _needs_worker(data):
                data = {**data, "state": "interrupted", "ended": data.get("updated")}
        found = _status(data)
        return replace(found, progress=max(found.progress, job.expected.done)) if found.state in OPEN else found
    except (LabError, *_DAMAGE):
        return Status("interrupted")


def _status(data: Mapping[str, Any]) -> Status:
    """Return what a `status.json` says; one of the `_DAMAGE` errors if it makes no sense."""
    if data["state"] not in get_args(State):
        raise ValueError(data["state"])
    return Status(
        state=data["state"],
        progress=float(data.get("progress", 0.0)),
        started=_float(data.get("started")),
        ended=_float(data.get("ended")),
        error=LabError.from_json(data["error"]) if data.get("error") else None,
        cpu_seconds=_float(data.get("cpu_seconds")),
        launched=bool(data.get("launched")),
        moving=(float(data["moving"][0]), float(data["moving"][1])) if data.get("moving") else None,
        turn=(int(data["turn"][0]), float(data["turn"][1])) if data.get("turn") else None,
        memory_bytes=_int(data.get("memory_bytes")),
    )


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


def _needs_worker(data: Mapping[str, Any]) -> bool:
    """Return whether what a job's status says can only be true while a worker lives."""
    if data["state"] == "queued" and data.get("launched"):
        return bool(abs(time.time() - data["launched"]) > _STARTING_SECONDS)  # set back, the clock tells as little
    return bool(data["state"] == "running")


def write_status(job: Job, data: Mapping[str, Any]) -> None:
    """Replace how a job stands."""
    at_work = data["state"] == "running"
    storage.write_json(job.folder / "status.json", {**data, "updated": time.time()}, lasting=not at_work)
    if not at_work:  # progress is read at every look anyway
        touch(root())


def lock(job: Job) -> filelock.FileLock:
    """Return the lock that a job's worker holds while it lives."""
    return filelock.FileLock(job.folder / "lock")


def is_alive(job: Job) -> bool:
    """Return whether a worker holds the job's lock."""
    probe = lock(job)
    try:
        probe.acquire(timeout=0)
    except (filelock.Timeout, OSError):
        # Where nothing can be written, such as in a copy to look at, no worker is at work.
        return (job.folder / "lock").exists() and os.access(job.folder, os.W_OK)
    probe.release()
    return False


def ask_to_stop(job: Job) -> None:
    """Leave word for the worker to stop."""
    (job.folder / "STOP").touch()


def should_stop(job: Job) -> bool:
    """Return whether the worker was asked to stop."""
    return (job.folder / "STOP").exists()
