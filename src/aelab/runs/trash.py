"""Delete runs, or train them anew, so that it can be undone: they are put aside for a while, and lost only then.

A run goes to `artifacts/trash/<id>/<number>/run` and its job to `job` beside it, each by one rename: it is here or
there, whatever happens in between.  The same question has the same id, so that there can be several of one id in the
trash, the last one under the highest number, and another that is in use.  Restoring brings the last one back; the
one in use goes to the trash for it, below the others: restoring again brings the one before, and nothing is lost.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from pathlib import Path
from typing import Final

from aelab import storage
from aelab.errors import LabError
from aelab.intake.limits import setting
from aelab.jobs import folder as jobs
from aelab.jobs.people import SHELL, Person
from aelab.runs import about, owners
from aelab.runs.run import root
from aelab.runs.store import existing, lock

#: How long a deleted run can be restored, and how many are kept at most.
MOST_DAYS: Final = setting("TRASH_DAYS", 7)
MOST_RUNS: Final = setting("TRASH_RUNS", 50)

_DAY: Final = 24 * 3600
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
_UNFINISHED: Final = re.compile(r"\.[a-z0-9-][a-z0-9_-]*\.[0-9a-f]{8}")


def trash() -> Path:
    """Return the folder in which deleted runs wait."""
    return storage.artifacts() / "trash"


def delete(run_id: str, *, by: Person = SHELL) -> None:
    """Put a run aside, damaged or not, with its job; `restore` brings both back.

    Raises
    ------
    LabError
        If there is no such run, it still waits or trains, or it is not theirs alone.
    """
    with lock():  # nobody can be about to queue it
        path = existing(run_id)
        owners.check(run_id, by, losing=True)
        _refuse_open(run_id)
        _put_aside(path, _next_place(run_id))


def put_aside(run_id: str) -> None:
    """Put aside what a run has learned, if anything, before it is trained anew; only with the `lock`."""
    path = root() / storage.checked_id(run_id)
    if has_learned(run_id):
        _put_aside(path, _next_place(run_id))


def has_learned(run_id: str) -> bool:
    """Return whether a run has left anything that somebody could miss, or somebody has written about it."""
    path = root() / storage.checked_id(run_id)
    return any((path / name).exists() for name in ("history.jsonl", "metrics.json", about.FILE)) or any(
        (path / "checkpoints").glob("epoch-*.npz")
    )


def deleted() -> list[str]:
    """Return the ids of the runs that can be restored, the last one first."""
    last = {path.name: _since(found[-1]) for path in storage.folders(trash()) if (found := _aside(path.name))}
    return sorted(last, key=lambda run_id: (-last[run_id], run_id))


def is_restorable(run_id: str) -> bool:
    """Return whether the trash holds a run of this id."""
    return bool(_aside(run_id))


def learned_epochs(run_id: str) -> int:
    """Return how many epochs are behind the run of an id that `restore` would bring back."""
    aside = _aside(run_id)
    return sum(1 for _ in storage.read_lines(aside[-1] / "run" / "history.jsonl")) if aside else 0


def refusal(run_id: str, by: Person) -> LabError | None:
    """Return why somebody may not bring back the last deleted run of an id; None if they may, or there is none."""
    aside = _aside(run_id)
    whose = [owners.kept(aside[-1] / "run")] if aside else []
    if (root() / run_id).exists():
        whose.append(owners.of(run_id))
    found = (owners.objection(run_id, each, by, losing=True) for each in whose)
    return next((error for error in found if error is not None), None)


def restore(run_id: str, *, by: Person = SHELL) -> None:
    """Bring the last deleted run of an id back, with its job; one of the same id that is in use takes its place.

    Raises
    ------
    LabError
        If there is none in the trash, the one in use waits or trains, or one of the two is not theirs alone.
    """
    with lock():
        aside = _aside(storage.checked_id(run_id))
        if not aside:
            raise LabError(
                "There is no deleted run called {run} to restore; deleted runs are kept for {days} days.",
                run=repr(run_id),
                days=MOST_DAYS,
            )
        refused = refusal(run_id, by)
        if refused is not None:
            raise refused
        _make_room(run_id, int(_places(run_id)[0].name) - 1)
        try:
            jobs.root().mkdir(parents=True, exist_ok=True)
            if (aside[-1] / "job").is_dir() and not (jobs.root() / run_id).exists():
                (aside[-1] / "job").rename(jobs.root() / run_id)  # first, so that the run is never seen without it
            (aside[-1] / "run").rename(root() / run_id)
        except OSError as error:
            raise storage.disk_error(root() / run_id, error) from error
        shutil.rmtree(aside[-1], ignore_errors=True)
        _forget_if_empty(trash() / run_id)


def _make_room(run_id: str, number: int) -> None:
    """Put aside, under a number, the run that is in use; one that has learned nothing is lost."""
    path = root() / run_id
    if not path.exists():
        return
    _refuse_open(run_id)
    if has_learned(run_id):
        _put_aside(path, number)
        return
    storage.removed_folder(path)
    if (jobs.root() / run_id).exists():
        storage.removed_folder(jobs.root() / run_id)


def _refuse_open(run_id: str) -> None:
    job = jobs.find(run_id)
    if job is not None and jobs.status(job).state in jobs.OPEN:
        raise LabError("Run {run} is still {state}: cancel it first.", run=run_id, state=jobs.status(job).state)


def _put_aside(path: Path, number: int) -> None:
    run_id = path.name
    aside = trash() / run_id / str(number)
    with contextlib.suppress(LabError):  # a full disk does not keep anybody from deleting
        owners.keep(path, owners.of(run_id))
    try:
        aside.mkdir(parents=True)
        path.rename(aside / "run")
        if (jobs.root() / run_id).exists():
            (jobs.root() / run_id).rename(aside / "job")
        os.utime(aside)  # when it was deleted
    except OSError as error:
        raise storage.disk_error(aside, error) from error


def _aside(run_id: str) -> list[Path]:
    """Return the places in the trash of all runs of an id, the first to be restored last."""
    return [path for path in _places(run_id) if (path / "run").is_dir()]


def _places(run_id: str) -> list[Path]:
    """Return the places of an id, also those that a deletion or a restoring that broke off has left without a run."""
    found = [path for path in (trash() / run_id).glob("*") if _NUMBER.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(path.name))


def _next_place(run_id: str) -> int:
    return 1 + max((int(path.name) for path in _places(run_id)), default=0)


def sweep() -> None:
    """Lose what was deleted long ago, or is more than is kept, and what an import left behind that was killed."""
    now = time.time()
    of_one_id = storage.folders(trash())
    aside = sorted((path for each in of_one_id for path in _places(each.name)), key=_since, reverse=True)
    for kept, path in enumerate(aside, start=1):
        if kept > MOST_RUNS or now - _since(path) > MOST_DAYS * _DAY:
            with contextlib.suppress(OSError):  # restored or swept by somebody else at this moment
                storage.removed_folder(path)
                _forget_if_empty(path.parent)
    for parent in (root(), trash(), *of_one_id):
        for path in parent.glob(".*") if parent.is_dir() else []:
            if _UNFINISHED.fullmatch(path.name) and path.is_dir() and now - _since(path) > _DAY:
                shutil.rmtree(path, ignore_errors=True)


def _forget_if_empty(path: Path) -> None:
    with contextlib.suppress(OSError), lock():  # somebody may be about to put something there
        path.rmdir()


def _since(path: Path) -> float:
    """Return when a folder was last changed; one that is gone was, long ago."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
