"""One job's folder: the only reader and writer of what is in it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import filelock

from aelab import storage
from aelab.errors import LabError

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]

#: States in which a job still has something to do.
OPEN: frozenset[str] = frozenset({"queued", "running"})

# What reading a JSON file raises that somebody, or a disk, has changed.
_DAMAGE = (KeyError, TypeError, ValueError, AttributeError, IndexError)
_STARTING_SECONDS = 60.0  # a worker that has not taken its lock by then never will


@dataclass(frozen=True)
class Status:
    """How a job stands.

    Attributes
    ----------
    state : str
        `interrupted` is never written: it is what a job is whose worker is gone without a word.
    progress : float
        Share done, 0 to 1.
    started, ended : float or None
        Seconds since the epoch.
    error : LabError or None
        Why it failed.
    cpu_seconds : float or None
        What the worker took, once it has ended.
    launched : bool
        Whether a worker was started for a job that is still queued.
    moving : tuple of float, or None
        When the first progress was made, in seconds since the epoch, and how far that was: before it a
        worker loads its libraries, which says nothing about the time to come.
    """

    state: State
    progress: float = 0.0
    started: float | None = None
    ended: float | None = None
    error: LabError | None = None
    cpu_seconds: float | None = None
    launched: bool = False
    moving: tuple[float, float] | None = None

    @property
    def seconds(self) -> float | None:
        """How long it has run, or ran."""
        if self.started is None:
            return None
        return max(0.0, (self.ended or time.time()) - self.started)

    @property
    def seconds_left(self) -> float | None:
        """How long a running job will still take if it goes on as it went; None until that is known."""
        if self.state != "running" or self.moving is None:
            return None
        since, start = self.moving
        done = self.progress - start
        return None if done < 0.02 else max(0.0, time.time() - since) * (1.0 - self.progress) / done


@dataclass(frozen=True)
class Job:
    """What was asked.

    Attributes
    ----------
    id : str
    kind : str
        Name of the task.
    params : mapping
        Its parameters, plain JSON data.
    created : float
        Seconds since the epoch.
    """

    id: str
    kind: str
    params: Mapping[str, Any]
    created: float

    @property
    def folder(self) -> Path:
        """Where everything about it is."""
        return root() / self.id


def root() -> Path:
    """Return the folder in which jobs are kept."""
    return storage.artifacts() / "jobs"


def create(job: Job) -> None:
    """Write a new job's folder, whole.

    Raises
    ------
    FileExistsError
        If there is a job of that id.
    """
    root().mkdir(parents=True, exist_ok=True)
    with storage.written_folder(root() / storage.checked_id(job.id)) as folder:
        storage.write_json(
            folder / "job.json",
            {
                "format": 1,
                "kind": job.kind,
                "params": dict(job.params),
                "created": job.created,
            },
        )
        storage.write_json(folder / "status.json", {"state": "queued"})


def find(job_id: str) -> Job | None:
    """Return a job, or None if there is none of that id or its folder is damaged."""
    path = root() / storage.checked_id(job_id) / "job.json"
    try:
        data = storage.read_json(path)
        if not isinstance(data["kind"], str) or not isinstance(data["params"], dict):
            return None
        return Job(job_id, data["kind"], data["params"], float(data["created"]))
    except (LabError, *_DAMAGE):
        return None


def all_jobs() -> list[Job]:
    """Return every readable job, oldest first."""
    jobs = (find(path.name) for path in storage.folders(root()))
    return sorted((job for job in jobs if job is not None), key=lambda job: (job.created, job.id))


def status(job: Job) -> Status:
    """Return how a job stands, telling a dead worker from a living one by its lock."""
    try:
        data = storage.read_json(job.folder / "status.json")
        if _needs_worker(data) and not is_alive(job):
            data = storage.read_json(job.folder / "status.json")  # it may have ended between the two looks
            if _needs_worker(data):
                data = {**data, "state": "interrupted", "ended": data.get("updated")}
        return _status(data)
    except (LabError, *_DAMAGE):
        return Status("interrupted")


def _status(data: Mapping[str, Any]) -> Status:
    """Return what a `status.json` says; one of the `_DAMAGE` errors if it makes no sense."""
    if data["state"] not in get_args(State):
        raise ValueError(data["state"])
    return Status(
        state=data["state"],
        progress=float(data.get("progress", 0.0)),
        started=_seconds(data.get("started")),
        ended=_seconds(data.get("ended")),
        error=LabError.from_json(data["error"]) if data.get("error") else None,
        cpu_seconds=_seconds(data.get("cpu_seconds")),
        launched=bool(data.get("launched")),
        moving=(float(data["moving"][0]), float(data["moving"][1])) if data.get("moving") else None,
    )


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value)


def _needs_worker(data: Mapping[str, Any]) -> bool:
    """Return whether what a job's status says can only be true while a worker lives."""
    if data["state"] == "queued" and data.get("launched"):
        return bool(time.time() - data["launched"] > _STARTING_SECONDS)
    return bool(data["state"] == "running")


def write_status(job: Job, data: Mapping[str, Any]) -> None:
    """Replace how a job stands."""
    storage.write_json(job.folder / "status.json", {**data, "updated": time.time()})


def lock(job: Job) -> filelock.FileLock:
    """Return the lock that a job's worker holds while it lives."""
    return filelock.FileLock(job.folder / "lock")


def is_alive(job: Job) -> bool:
    """Return whether a worker holds the job's lock."""
    probe = lock(job)
    try:
        probe.acquire(timeout=0)
    except (filelock.Timeout, OSError):
        return (job.folder / "lock").exists()
    probe.release()
    return False


def ask_to_stop(job: Job) -> None:
    """Leave word for the worker to stop."""
    (job.folder / "STOP").touch()


def should_stop(job: Job) -> bool:
    """Return whether the worker was asked to stop."""
    return (job.folder / "STOP").exists()
