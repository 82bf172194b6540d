"""A queue without a daemon: whoever looks at it also keeps it moving.

Submitting a job, looking at the queue and the end of a worker all `pump`: under one lock, they start
the waiting jobs whose turn it is until their lane is full.  Nothing needs to stay alive for the queue to
work.  Whose turn it is stands in `order.py`, what that has to remember in `turns.py`, how much runs at once
in `room.py`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Literal

import filelock

from aelab import storage
from aelab.errors import LabError
from aelab.jobs import folder, order, turns
from aelab.jobs.executor import Executor, LocalExecutor
from aelab.jobs.folder import Row
from aelab.jobs.job import OPEN, Expected, Job, Status
from aelab.jobs.order import Standing, waits
from aelab.jobs.people import SHELL, Person
from aelab.jobs.room import fits, held, memory, room
from aelab.jobs.spec import Lane, tasks
from aelab.jobs.turns import Turns

__all__ = [
    "Standing", "cancel", "join", "key", "move", "position", "pump", "requeue", "room", "standings", "submit", "wait",
]  # fmt: skip

_POLL_SECONDS: Final = 0.2
_LANES: Final[tuple[Lane, ...]] = ("heavy", "light")
_executor: Executor = LocalExecutor()
_log = logging.getLogger(__name__)


def key(kind: str, params: Mapping[str, Any]) -> str:
    """Return the id of a job: the same question asked twice has the same one."""
    text = json.dumps([kind, params], sort_keys=True, ensure_ascii=False)
    return f"{kind}-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"


def submit(
    kind: str,
    params: Mapping[str, Any],
    job_id: str | None = None,
    *,
    owner: str = "",
    also: Sequence[str] = (),
    expected: Expected | None = None,
) -> Job:
    """Queue a job, or return the one that already answers the same question.

    A job that failed, was cancelled or interrupted is queued afresh; one that is done is returned as it is.
    One that waits or runs is shared from then on: it counts as the turn of everybody who has asked for it,
    comes as early as for the one whose turn is first, and ends only when the last of them cancels it.

    Parameters
    ----------
    kind : str
    params : mapping
    job_id : str, optional
        Made of the question, if it is not given.
    owner : str
        Who asks, as `Person.owner` says; empty for the lab itself.
    also : sequence of str
        Who shares it, if it is queued afresh.
    expected : Expected, optional
        What it will take, as far as that is known.
    """
    chosen = job_id or key(kind, params)
    with _queue_lock():
        known = folder.find(chosen)
        state = folder.status(known).state if known is not None else None
        if known is not None and state in OPEN:
            return _shared(known, owner)
        if known is not None and state == "done":
            return known
        number = 1 + max((row.job.number for row in folder.rows()), default=0)
        if (folder.root() / chosen).exists():
            storage.removed_folder(folder.root() / chosen)
        job = Job(chosen, kind, dict(params), time.time(), number, owner, expected or Expected(), tuple(also))
        folder.create(job)
    pump()
    return job


def join(job_id: str, owner: str) -> None:
    """Let somebody share a job who asks for the same, if it still waits or runs."""
    with _queue_lock():
        job = folder.find(job_id)
        if job is not None and folder.status(job).state in OPEN:
            _shared(job, owner)


def _shared(job: Job, owner: str) -> Job:
    return job if owner in job.owners else folder.write_owners(job, (*job.owners, owner))


def requeue(job_id: str, *, by: Person = SHELL) -> Job:
    """Queue a job again that was cancelled, has failed or was interrupted."""
    job = _existing(job_id)
    by.check(job)
    state = folder.status(job).state
    if state in OPEN | {"done"}:
        raise LabError("{job} is {state}; only what did not come to its end can be resumed.", job=job.id, state=state)
    return submit(job.kind, job.params, job.id, owner=job.owner, also=job.also, expected=job.expected)


def pump() -> None:
    """Start the waiting jobs whose turn it is, as far as their lanes have room."""
    if not any(waits(row) for row in folder.rows()):
        return
    try:
        lock = _queue_lock()
    except LabError as error:  # nothing can be started where nothing can be written
        _log.debug("the queue stands still: %s", error)
        return
    with lock:
        rows = _open()
        at_work = [row for row in rows if not waits(row)]
        for lane in _LANES:
            _pump(lane, [row for row in rows if _lane(row.job) == lane], at_work)


def _pump(lane: Lane, rows: list[Row], at_work: list[Row]) -> None:
    """Start what has its turn in one lane; `at_work`, in every lane, grows by it."""
    had = turns.read(lane)
    waiting = [row for row in order.in_order(rows, had) if waits(row)]
    rounds = order.rounds(rows, had)
    busy = len(rows) - len(waiting)
    if not busy and len(waiting) == 1:
        had = Turns()  # nobody else wants anything: who had how many turns before counts no more
    for index, row in enumerate(waiting):
        # What needs more memory than there is waits, and nobody overtakes it: it would wait for ever. What is known
        # to need much waits for the other lane's jobs too; other light work goes on beside a training.
        beside = at_work if row.job.expected.memory_bytes else busy
        if busy >= room(lane) or (beside and not fits(row.job, at_work)):
            return
        if _start(row.job):
            had = had.after(row.job.owners, min(rounds[each.job.id] for each in waiting[index:]))
            turns.write(lane, had)
        busy += 1
        at_work.append(row)


def _start(job: Job) -> bool:
    """Start the worker of a job, and return whether; on a full disk, or if it was started meanwhile, do not."""
    now = folder.status(job)  # whatever the index says
    if now.state != "queued" or now.launched:
        return False
    try:
        folder.write_status(job, {"state": "queued", "launched": time.time()})
        _executor.start(job)
    except LabError as error:
        _log.warning("job %s cannot be started yet: %s", job.id, error)
    except OSError as error:
        reason = LabError("No worker could be started for this: {reason}.", reason=storage.reason(error))
        folder.write_status(job, {"state": "failed", "error": reason.to_json()})
    else:
        return True
    return False


def cancel(job_id: str, *, by: Person = SHELL) -> bool:
    """Ask a job to stop; one that still waits is cancelled at once.

    One that others have asked for as well goes on for them, and is theirs alone from then on: nobody loses what
    they wait for by somebody else's choice, save for the teacher's.

    Returns
    -------
    bool
        Whether it ends.

    Raises
    ------
    LabError
        If there is no such job, it has ended already, or it is somebody else's.
    """
    _existing(job_id)  # a lab that cannot be written has no lock, and need not for this
    with _queue_lock():
        job = _existing(job_id)
        by.check(job)
        now = folder.status(job)
        if now.state not in OPEN:
            raise LabError("{job} is {state} already: there is nothing to cancel.", job=job.id, state=now.state)
        others = [owner for owner in job.owners if owner != by.owner]
        if others and not by.teacher:
            folder.write_owners(job, others)
            return False
        if now.state == "queued" and not now.launched:
            folder.write_status(job, {"state": "cancelled"})
        else:
            folder.ask_to_stop(job)
    return True


def move(job_id: str, where: Literal["earlier", "later", "first"], *, by: Person = SHELL) -> None:
    """Let a job that waits change places with its owner's one before or after it, or go before everybody's.

    Raises
    ------
    LabError
        If there is no such job, it is somebody else's or shared with others, or `first` is asked for by who is no
        teacher.
    """
    job = _existing(job_id)
    by.check(job)
    if where == "first" and not by.teacher:
        raise LabError("Only the teacher may put {job} before the jobs of others.", job=job.id)
    if job.also and not by.teacher:
        raise LabError("Others have asked for {job} as well: only the teacher may move it.", job=job.id)
    with _queue_lock():
        waiting = [row for row in _lane_of(job) if waits(row)]
        if job.id not in [row.job.id for row in waiting]:
            return  # it has started meanwhile
        if where == "first":
            _put(job, (min([0, *(int(order.own_turn(row)[0]) for row in waiting)]) - 1, 0.0))
            return
        own = sorted((row for row in waiting if row.job.owners == job.owners), key=order.own_turn)
        index = [row.job.id for row in own].index(job.id)
        other = index + (1 if where == "later" else -1)
        if 0 <= other < len(own):
            turns = [order.own_turn(row)[:2] for row in own]
            _put(own[index].job, (int(turns[other][0]), turns[other][1]))
            _put(own[other].job, (int(turns[index][0]), turns[index][1]))


def _put(job: Job, turn: tuple[int, float]) -> None:
    folder.write_status(job, {"state": "queued", "turn": turn})


def standings() -> list[Standing]:
    """Return the jobs that wait or run, lane by lane, as they are and will be started."""
    rows = _open()
    at_work = [row for row in rows if not waits(row)]
    found = []
    for lane in _LANES:
        others = sum(held(row) for row in at_work if _lane(row.job) != lane)
        own = [row for row in rows if _lane(row.job) == lane]
        found += order.standings(own, turns.read(lane), room(lane), memory(at_work) - others)
    unknown = [row for row in rows if _lane(row.job) is None]  # of a task that this version does not have
    return found + order.standings(unknown, Turns(), 0)


def position(job: Job) -> int:
    """Return how many open jobs of its lane come before this one."""
    return next((row.before for row in standings() if row.job.id == job.id), 0)


def _open() -> list[Row]:
    return [row for row in folder.rows() if row.status.state in OPEN]


def _lane_of(job: Job) -> list[Row]:
    """Return the open jobs in the lane of a job."""
    return [row for row in _open() if _lane(row.job) == _lane(job)]


def _lane(job: Job) -> Lane | None:
    return tasks[job.kind].lane if job.kind in tasks else None


def _existing(job_id: str) -> Job:
    job = folder.find(job_id)
    if job is None:
        raise LabError("There is no job called {name}.", name=repr(job_id))
    return job


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


def _queue_lock() -> AbstractContextManager[object]:
    """Take the lock under which the queue changes, and return what gives it back; a `LabError` where none can be."""
    root = folder.root()
    try:
        root.mkdir(parents=True, exist_ok=True)
        return filelock.FileLock(root / ".queue.lock", poll_interval=0.01).acquire()
    except OSError as error:
        raise storage.disk_error(root, error) from error
