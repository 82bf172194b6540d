"""How much runs at once: as much as cores and memory allow, and as the settings say.

A lane that is empty takes a job whatever it needs: one that cannot run would otherwise wait for ever.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Final

import psutil

from aelab.jobs.folder import Row
from aelab.jobs.job import Job
from aelab.jobs.spec import Lane, tasks

_GIB: Final = 1 << 30
_RESERVE: Final = _GIB // 2  # for the server and whoever else uses the computer

#: What a worker takes of which nothing else is known: TensorFlow with a small network, or NumPy with some images.
_USUAL: Final[dict[Lane, int]] = {"heavy": _GIB, "light": _GIB // 2}


def room(lane: Lane) -> int:
    """Return how many jobs of a lane run at once: `AELAB_WORKERS` heavy ones, by default one for two cores."""
    cores = os.cpu_count() or 1
    usual = max(1, cores // 2)
    return _number("AELAB_WORKERS", usual) if lane == "heavy" else usual


def threads() -> int:
    """Return the threads that each worker may calculate with, so that together they do not crowd the cores."""
    return max(1, (os.cpu_count() or 1) // room("heavy"))


def memory_limit() -> int | None:
    """Return the bytes that all workers together may take, as `AELAB_MEMORY` says in GiB; None if it does not."""
    try:
        asked = float(os.environ.get("AELAB_MEMORY", ""))
    except ValueError:
        return None
    return int(asked * _GIB) if math.isfinite(asked) and asked > 0 else None


def most_memory() -> int:
    """Return the bytes that one worker can ever have: the limit in the settings, or the computer's memory."""
    total: int = psutil.virtual_memory().total
    return min(memory_limit() or total, total) - (0 if memory_limit() else _RESERVE)


def fits(job: Job, at_work: Sequence[Row]) -> bool:
    """Return whether a job's memory can be spared beside the jobs at work.

    Without a limit in the settings, what is available now must do for it and for what the others have
    not yet taken of what they will.
    """
    return needed(job) + sum(map(held, at_work)) <= memory(at_work)


def memory(at_work: Sequence[Row]) -> int:
    """Return the bytes that all jobs may take together: the limit, or what is available and what they have by now."""
    limit = memory_limit()
    if limit is not None:
        return limit
    available: int = psutil.virtual_memory().available
    return available - _RESERVE + sum(row.status.memory_bytes or 0 for row in at_work)


def held(row: Row) -> int:
    """Return the bytes that a job at work keeps from the others until it ends."""
    taken = 0 if memory_limit() is not None else row.status.memory_bytes or 0
    return max(needed(row.job), taken)


def needed(job: Job) -> int:
    """Return the bytes that a job's worker is expected to take."""
    lane: Lane = tasks[job.kind].lane if job.kind in tasks else "light"
    return job.expected.memory_bytes or _USUAL[lane]


def _number(name: str, otherwise: int) -> int:
    asked = os.environ.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and int(asked) > 0 else otherwise
