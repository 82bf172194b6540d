"""In which order jobs that wait are started, and when about that will be.

Round-robin over those who ask: first everybody's first open job, then everybody's second, so that
who asks for twenty trainings holds up nobody who asks for one.  What runs already counts.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from aelab.jobs.folder import Row
from aelab.jobs.job import Job, Status


@dataclass(frozen=True)
class Standing:
    """An open job among the others of its lane.

    Attributes
    ----------
    job : Job
    status : Status
    before : int
        Open jobs of its lane that are at work, or will be before it.
    starts_in : float or None
        Seconds until it starts, about; None where that is not known, and for what is at work.
    """

    job: Job
    status: Status
    before: int
    starts_in: float | None = None


def waits(row: Row | Standing) -> bool:
    """Return whether no worker was started yet for a job."""
    return row.status.state == "queued" and not row.status.launched


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Return the open jobs of a lane, those at work first, the others as they will be started."""
    at_work = [row for row in rows if not waits(row)]
    ahead: defaultdict[str, int] = defaultdict(int)  # of each owner's jobs, those that come before
    for row in at_work:
        ahead[row.job.owner] += 1
    turns = {}
    for row in sorted((row for row in rows if waits(row)), key=own_turn):
        turns[row.job.id] = ahead[row.job.owner]
        ahead[row.job.owner] += 1

    def turn(row: Row) -> tuple[float, ...]:
        put_first, *asked = own_turn(row)
        return put_first, turns[row.job.id], *asked

    return at_work + sorted((row for row in rows if waits(row)), key=turn)


def own_turn(row: Row) -> tuple[float, ...]:
    """Return what puts a waiting job in order among its owner's: where it was moved to, or when it was asked for."""
    put_first, place = row.status.turn or (0, float(row.job.number))
    return put_first, place, row.job.number, row.job.created


def standings(rows: Sequence[Row], room: int) -> list[Standing]:
    """Return how each of the open jobs of a lane stands, where `room` of them run at once."""
    ordered = in_order(rows)
    starts = iter(_starts(ordered, room))
    return [
        Standing(row.job, row.status, before, next(starts) if waits(row) else None)
        for before, row in enumerate(ordered)
    ]


def _starts(ordered: Sequence[Row], room: int) -> list[float | None]:
    """Return in how many seconds each job that waits will start, as far as the ends before it are known."""
    ends = sorted(_seconds_left(row) for row in ordered if not waits(row))
    places = [0.0] * max(0, room - len(ends)) + ends[max(0, len(ends) - room) :]
    starts: list[float | None] = []
    for row in ordered:
        if waits(row):
            start = places[0]
            heapq.heapreplace(places, start + (row.job.expected.seconds or math.inf))
            starts.append(None if math.isinf(start) else start)
    return starts


def _seconds_left(row: Row) -> float:
    """Return how long a job at work will still take; infinite where nobody knows."""
    left = row.status.seconds_left
    if left is None and row.job.expected.seconds is not None:
        left = max(0.0, row.job.expected.seconds - (row.status.seconds or 0.0))
    return math.inf if left is None else left
