"""Whose a run is: of those who asked for it, or brought it, and of nobody else.

Its job knows as long as there is one.  The run keeps it as well, in `owners.json`, for when the job is gone or the
run lies in the trash; an export leaves that out.  What stands there is hashed, see `aelab.jobs.people`.

Everybody may look at a run, compare it, export it, begin another with its settings, and take it up where it did not
come to its end: that loses nothing, and else whoever cancels the usual settings first would lock a whole class out of
them.  Whoever takes it up shares it from then on, with those whose it was `before`: they keep the run, but the job that
goes on is no turn of theirs, and not theirs to cancel.  Who asked for a run, or the teacher, may also write about it.
What others would lose (deleting it, training it anew) is for who is the only one to have asked; else for the teacher.
A run that nobody asked for, such as those of the starter lab, is the teacher's to change, and everybody's where the
server's settings name no teacher.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aelab import storage
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs.people import Person, has_teacher
from aelab.runs.run import root

FILE: Final = "owners.json"


def of(run_id: str) -> tuple[str, ...]:
    """Return whose a run is; an empty name is the lab's own, and none is nobody known."""
    return tuple(dict.fromkeys((*wanting(run_id), *before(root() / run_id))))


def wanting(run_id: str) -> tuple[str, ...]:
    """Return who asked for the training that goes on, or was the last to, the first one first."""
    job = jobs.find(run_id)
    return job.owners if job is not None else kept(root() / run_id)


def kept(folder: Path) -> tuple[str, ...]:
    """Return the owners that a run's folder names; none where that is missing or damaged."""
    return _read(folder, "owners")


def before(folder: Path) -> tuple[str, ...]:
    """Return those whose a run was before somebody else took it up, and with whom they share it."""
    return _read(folder, "before")


def _read(folder: Path, name: str) -> tuple[str, ...]:
    try:
        owners = storage.read_json(folder / FILE)[name]
    except (LabError, KeyError, TypeError):
        return ()
    return tuple(map(str, owners)) if isinstance(owners, list) else ()


def keep(folder: Path, owners: Sequence[str], earlier: Sequence[str] | None = None) -> None:
    """Write down in a run's folder whose it is, and whose it was before; left out, the latter stay."""
    earlier = before(folder) if earlier is None else earlier
    if (kept(folder), before(folder)) != (tuple(owners), tuple(earlier)):
        known = {"owners": list(owners), **({"before": list(earlier)} if earlier else {})}
        storage.write_json(folder / FILE, known)


def check(run_id: str, by: Person, *, losing: bool = False) -> None:
    """Raise the `objection` to what somebody wants to do with a run, if there is one."""
    found = objection(run_id, of(run_id), by, losing=losing)
    if found is not None:
        raise found


def objection(run_id: str, owners: Sequence[str], by: Person, *, losing: bool = False) -> LabError | None:
    """Return why somebody may not change a run, as a sentence for them; None if they may.

    Parameters
    ----------
    run_id : str
    owners : sequence of str
    by : Person
    losing : bool
        Whether others who asked for it would lose it.
    """
    if by.teacher or (not any(owners) and not has_teacher()):
        return None
    if not any(owners):
        return LabError(
            "Run {run} is the lab's own: only the teacher may change it. You may look at it, compare it, and train "
            "another with its settings.",
            run=run_id,
        )
    if not by.is_among(owners):
        return LabError(
            "Run {run} is somebody else's: only they, or the teacher, may change it. You may look at it, compare it, "
            "and train another with its settings.",
            run=run_id,
        )
    if losing and set(owners) != {by.owner}:
        return LabError(
            "Others have asked for run {run} as well: only the teacher may delete it or train it anew.", run=run_id
        )
    return None
