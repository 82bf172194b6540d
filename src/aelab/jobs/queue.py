"""A queue without a daemon: whoever looks at it also keeps it moving.

Submitting a job, looking at the queue and the end of a worker all `pump`: under one lock, they start
the oldest waiting jobs until their lane is full.  Nothing needs to stay alive for the queue to work.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import filelock

from aelab import storage
from aelab.errors import LabError
from aelab.jobs import folder
from aelab.jobs.executor import Executor, LocalExecutor
from aelab.jobs.folder import OPEN, Job, Status
from aelab.jobs.spec import Lane, tasks

_POLL_SECONDS: Final = 0.2
_executor: Executor = LocalExecutor()


def key(kind: str, params: Mapping[str, Any]) -> str:
    """Return the id of a job: the same question asked twice has the same one."""
    text = json.dumps([kind, params], sort_keys=True, ensure_ascii=False)
    return f"{kind}-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"


def submit(kind: str, params: Mapping[str, Any], job_id: str | None = None) -> Job:
    """Queue a job, or return the one that already answers the same question.

    A job that failed, was cancelled or interrupted is queued afresh; one that waits, runs or is done
    is returned as it is.
    """
    job = Job(job_id or key(kind, params), kind, dict(params), time.time())
    with _queue_lock():
        known = folder.find(job.id)
        if known is not None and folder.status(known).state in OPEN | {"done"}:
            return known
        if (folder.root() / job.id).exists():
            storage.removed_folder(folder.root() / job.id)
        folder.create(job)
    pump()
    return job


def pump() -> None:
    """Start waiting jobs, oldest first, as far as their lanes have room."""
    with _queue_lock():
        waiting: list[Job] = []
        busy = {"heavy": 0, "light": 0}
        for row in standings():
            if row.job.kind not in tasks:
                continue
            if row.status.state == "running" or row.status.launched:
                busy[tasks[row.job.kind].lane] += 1
            else:
                waiting.append(row.job)
        for job in waiting:
            lane = tasks[job.kind].lane
            if busy[lane] < room(lane):
                busy[lane] += 1
                folder.write_status(job, {"state": "queued", "launched": time.time()})
                _executor.start(job)


def room(lane: Lane) -> int:
    """Return how many jobs of a lane run at once: `AELAB_WORKERS` heavy ones, by default one for two cores."""
    asked = os.environ.get("AELAB_WORKERS", "")
    cores = os.cpu_count() or 1
    heavy = int(asked) if asked.isdecimal() and int(asked) > 0 else max(1, cores // 2)
    return heavy if lane == "heavy" else max(1, cores // 2)


def cancel(job_id: str) -> None:
    """Ask a job to stop; one that still waits is cancelled at once."""
    job = folder.find(job_id)
    if job is None:
        raise LabError("There is no job called {name}.", name=repr(job_id))
    with _queue_lock():
        now = folder.status(job)
        if now.state == "queued" and not now.launched:
            folder.write_status(job, {"state": "cancelled"})
        elif now.state in OPEN:
            folder.ask_to_stop(job)


@dataclass(frozen=True)
class Standing:
    """An open job among the others.

    Attributes
    ----------
    job : Job
    status : Status
    before : int
        Open jobs of its lane that were asked for earlier.
    """

    job: Job
    status: Status
    before: int


def standings() -> list[Standing]:
    """Return the jobs that wait or run, oldest first; one look at each, however many wait."""
    before: Counter[str] = Counter()
    rows = []
    for job in folder.all_jobs():
        now = folder.status(job)
        if now.state in OPEN:
            lane = tasks[job.kind].lane if job.kind in tasks else ""
            rows.append(Standing(job, now, before[lane]))
            before[lane] += 1
    return rows


def position(job: Job) -> int:
    """Return how many open jobs of its lane were asked for before this one."""
    return next((row.before for row in standings() if row.job.id == job.id), 0)


def wait(job: Job, heard: Callable[[Status], None]) -> Status:
    """Wait until a job has ended, telling `heard` how it stands now and then."""
    while True:
        now = folder.status(job)
        heard(now)
        if now.state not in OPEN:
            return now
        if now.state == "queued":
            pump()
        time.sleep(_POLL_SECONDS)


def _queue_lock() -> filelock.FileLock:
    root = folder.root()
    root.mkdir(parents=True, exist_ok=True)
    return filelock.FileLock(root / ".queue.lock")
