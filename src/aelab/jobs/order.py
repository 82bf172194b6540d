"""In which order jobs that wait are started, and when about that will be.

Everybody in turn: time is counted in rounds, not in seconds, and in a round each of those who ask has one job started.
A job belongs to the round after that of its owner's job before it, but to none that is over: who comes new, or had
nothing to ask for a while, joins the present round, and saves up no turns.  So nobody's second job starts before
everybody's first, and who asks for twenty trainings holds up nobody who asks for one.

The round that somebody had counts from the start of their job (`turns.py` keeps it), however that ends: who cancels
it gets no other turn for it.  Within a round, those come first who have nothing at work, then those who asked first,
by the numbers of the jobs: no clock is asked.  A job that several ask for comes as early as the earliest of their
turns, and is a turn of each of them.  This is start-time fair queueing (Goyal, Vin & Cheng, SIGCOMM 1996) with jobs
that all count the same.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aelab.jobs.folder import Row
from aelab.jobs.job import Job, Status
from aelab.jobs.room import held, needed
from aelab.jobs.turns import Turns


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


def in_order(rows: Sequence[Row], turns: Turns) -> list[Row]:
    """Return the open jobs of a lane, those at work first, the others as they will be started."""
    at_work = [row for row in rows if not waits(row)]
    busy = Counter(owner for row in at_work for owner in row.job.owners)
    of_round = rounds(rows, turns)

    def turn(row: Row) -> tuple[float, ...]:
        put_first, *asked = own_turn(row)
        return put_first, of_round[row.job.id], min(busy[owner] for owner in row.job.owners), *asked

    return at_work + sorted((row for row in rows if waits(row)), key=turn)


def rounds(rows: Sequence[Row], turns: Turns) -> dict[str, int]:
    """Return the round that each of the waiting jobs of a lane belongs to, by their ids."""
    had = dict(turns.had)
    found = {}
    for row in sorted((row for row in rows if waits(row)), key=own_turn):
        its = min(max(turns.now, had.get(owner, turns.now - 1) + 1) for owner in row.job.owners)
        found[row.job.id] = its
        had |= {owner: max(had.get(owner, its), its) for owner in row.job.owners}
    return found


def own_turn(row: Row) -> tuple[float, ...]:
    """Return what puts a waiting job in order among its owner's: where it was moved to, or when it was asked for."""
    put_first, place = row.status.turn or (0, float(row.job.number))
    return put_first, place, row.job.number, row.job.created


def standings(rows: Sequence[Row], turns: Turns, places: int, memory: float = math.inf) -> list[Standing]:
    """Return how each of the open jobs of a lane stands.

    Parameters
    ----------
    rows : sequence of Row
    turns : Turns
        Of the lane.
    places : int
        How many run at once.
    memory : float
        Bytes that all of them may take together.
    """
    ordered = in_order(rows, turns)
    starts = iter(_starts(ordered, places, memory))
    return [
        Standing(row.job, row.status, before, next(starts) if waits(row) else None)
        for before, row in enumerate(ordered)
    ]


def _starts(ordered: Sequence[Row], places: int, memory: float) -> list[float | None]:
    """Return in how many seconds each job that waits will start, as far as the ends before it are known.

    As in the queue, a job waits for a place and for memory, and nobody overtakes it meanwhile.
    """
    ends = [(_seconds_left(row), held(row)) for row in ordered if not waits(row)]
    heapq.heapify(ends)
    now = 0.0 if places else math.inf
    starts = []
    for row in ordered:
        if waits(row):
            need = needed(row.job)
            while ends and (len(ends) >= places or need + sum(taken for _, taken in ends) > memory):
                now = max(now, heapq.heappop(ends)[0])
            starts.append(None if math.isinf(now) else now)
            heapq.heappush(ends, (now + (row.job.expected.seconds or math.inf), need))
    return starts


def _seconds_left(row: Row) -> float:
    """Return how long a job at work will still take; infinite where nobody knows."""
    left = row.status.seconds_left
    if left is None and row.job.expected.seconds is not None:
        left = max(0.0, row.job.expected.seconds - (row.status.seconds or 0.0))
    return math.inf if left is None else left
