"""Delete runs so that it can be undone: they are put aside for a while, and lost only then.

A run goes to `artifacts/trash/<id>/run` and its job to `artifacts/trash/<id>/job`, each by one rename: it is here or
there, whatever happens in between.
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
from aelab.runs.run import root
from aelab.runs.store import existing, lock

#: How long a deleted run can be restored, and how many are kept at most.
MOST_DAYS: Final = setting("TRASH_DAYS", 7)
MOST_RUNS: Final = setting("TRASH_RUNS", 50)

_DAY: Final = 24 * 3600
_UNFINISHED: Final = re.compile(r"\.[a-z0-9][a-z0-9_-]*\.[0-9a-f]{8}")


def trash() -> Path:
    """Return the folder in which deleted runs wait."""
    return storage.artifacts() / "trash"


def delete(run_id: str) -> None:
    """Put a run aside, damaged or not, with its job; `restore` brings both back.

    An earlier run of the same id that was deleted before gives way.

    Raises
    ------
    LabError
        If there is no such run, or it still waits or trains.
    """
    with lock():  # nobody can be about to queue it
        path = existing(run_id)
        job = jobs.find(run_id)
        if job is not None and jobs.status(job).state in jobs.OPEN:
            raise LabError("Run {run} is still {state}: cancel it first.", run=run_id, state=jobs.status(job).state)
        aside = trash() / run_id
        if aside.exists():
            storage.removed_folder(aside)
        try:
            aside.mkdir(parents=True)
            path.rename(aside / "run")
            if (jobs.root() / run_id).exists():
                (jobs.root() / run_id).rename(aside / "job")
        except OSError as error:
            raise storage.disk_error(aside, error) from error
        os.utime(aside)  # when it was deleted


def deleted() -> list[str]:
    """Return the ids of the runs that can be restored, the last one first."""
    aside = [path for path in storage.folders(trash()) if (path / "run").is_dir()]
    return [path.name for path in sorted(aside, key=lambda path: (-_since(path), path.name))]


def restore(run_id: str) -> None:
    """Bring a deleted run back, with its job.

    Raises
    ------
    LabError
        If it was not deleted lately, or there is a run of the same id by now.
    """
    aside = trash() / storage.checked_id(run_id)
    with lock():
        if not (aside / "run").is_dir():
            raise LabError(
                "There is no deleted run called {run} to restore; deleted runs are kept for {days} days.",
                run=repr(run_id),
                days=MOST_DAYS,
            )
        if (root() / run_id).exists():
            raise LabError(
                "Run {run} cannot be restored: the same run has been made again meanwhile; delete that one first.",
                run=run_id,
            )
        try:
            jobs.root().mkdir(parents=True, exist_ok=True)
            if (aside / "job").is_dir() and not (jobs.root() / run_id).exists():
                (aside / "job").rename(jobs.root() / run_id)  # first, so that the run is never seen without it
            (aside / "run").rename(root() / run_id)
        except OSError as error:
            raise storage.disk_error(root() / run_id, error) from error
        shutil.rmtree(aside, ignore_errors=True)


def sweep() -> None:
    """Lose what was deleted long ago, or is more than is kept, and what an import left behind that was killed."""
    now = time.time()
    for kept, path in enumerate(sorted(storage.folders(trash()), key=_since, reverse=True), start=1):
        if kept > MOST_RUNS or now - _since(path) > MOST_DAYS * _DAY:
            with contextlib.suppress(OSError):  # restored or swept by somebody else at this moment
                storage.removed_folder(path)
    for parent in (root(), trash()):
        for path in parent.glob(".*") if parent.is_dir() else []:
            if _UNFINISHED.fullmatch(path.name) and path.is_dir() and now - _since(path) > _DAY:
                shutil.rmtree(path, ignore_errors=True)


def _since(path: Path) -> float:
    """Return when a folder was last changed; one that is gone was, long ago."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
