"""Nobody's second before everybody's first, whatever people ask for, cancel and take up again."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from labs import Nobody

from aelab.jobs import folder, queue
from aelab.jobs.job import Job
from aelab.jobs.people import Person
from aelab.jobs.turns import Turns

EVENTS = 120


@pytest.fixture
def started(artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the jobs that were started, in their order; one runs at once, and none ends by itself."""
    executor = Nobody()
    monkeypatch.setattr(queue, "_executor", executor)
    monkeypatch.setenv("AELAB_WORKERS", "1")
    return executor.asked


def ask(owner: str, number: int) -> Job:
    return queue.submit("train", {"run": f"nobody-{owner}-{number}"}, f"{owner}-{number}", owner=owner)


def end(job_id: str, state: str) -> None:
    """Let the worker of a job have ended."""
    job = folder.find(job_id)
    assert job is not None
    folder.write_status(job, {"state": state})
    queue.pump()


@pytest.mark.parametrize("how", ["done", "cancelled", "interrupted"])
def test_who_ends_a_job_gets_no_other_turn_for_it(started: list[str], how: str) -> None:
    for job in (("ann", 1), ("ann", 2), ("ann", 3), ("ben", 1), ("cleo", 1)):
        ask(*job)
    for _ in range(4):
        end(started[-1], how)
    assert started == ["ann-1", "ben-1", "cleo-1", "ann-2", "ann-3"]


def test_taking_up_ones_own_cancelled_job_gives_no_turn_back(started: list[str]) -> None:
    ask("ann", 1)
    ask("ann", 2)
    ask("ben", 1)
    end("ann-1", "cancelled")
    queue.requeue("ann-1", by=Person("ann"))  # another job by its number, and no trace of the first
    end("ben-1", "done")
    assert started == ["ann-1", "ben-1", "ann-2"]


def test_turns_are_not_saved_up_by_who_asks_late(started: list[str]) -> None:
    for number in range(1, 6):
        ask("ann", number)
    for _ in range(3):
        end(started[-1], "done")
    for number in (1, 2, 3):
        ask("ben", number)
    for _ in range(4):
        end(started[-1], "done")
    assert started[4:] == ["ben-1", "ann-5", "ben-2", "ben-3"]


def test_what_the_teacher_puts_first_costs_the_others_no_turn(started: list[str]) -> None:
    ask("dan", 1)
    for number in range(1, 5):
        ask("ann", number)
    ask("ben", 1)
    ask("cleo", 1)
    queue.move("ann-4", "first")
    for _ in range(4):
        end(started[-1], "done")
    assert started == ["dan-1", "ann-4", "ben-1", "cleo-1", "ann-1"]


@pytest.mark.parametrize("kept", [b"", b"[]", b'{"heavy": {"now": "x"}}', b'{"heavy": {"now": 3, "had": [1]}}'])
def test_a_queue_that_forgot_whose_turn_it_was_goes_on(started: list[str], kept: bytes) -> None:
    for job in (("ann", 1), ("ann", 2), ("ben", 1)):
        ask(*job)
    (folder.root() / ".turns.json").write_bytes(kept)
    for _ in range(2):
        end(started[-1], "done")
    assert set(started) == {"ann-1", "ann-2", "ben-1"}


def test_only_those_who_had_a_turn_lately_are_remembered() -> None:
    turns = Turns()
    for earliest in range(1000):
        turns = turns.after([f"visitor-{earliest}"], earliest)
    assert turns == Turns(999, {"visitor-999": 999})


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("places", [1, 3])
def test_while_somebody_waits_everybody_else_has_two_turns_at_most_and_before_a_first_job_one(
    started: list[str], monkeypatch: pytest.MonkeyPatch, seed: int, places: int
) -> None:
    monkeypatch.setenv("AELAB_WORKERS", str(places))
    chance, numbers, seen = random.Random(seed), Counter[str](), 0
    since: dict[str, Counter[str]] = {}  # of each who waits: what the others had started meanwhile
    served: set[str] = set()
    for _ in range(EVENTS):
        open_jobs = [row for row in queue.standings() if row.job.id in started]
        if chance.random() < 0.55 or not open_jobs:
            owner = chance.choice("aaaaabbcdefgh")  # a asks for the most
            numbers[owner] += 1
            ask(owner, numbers[owner])
            since.setdefault(owner, Counter())
        else:
            row = chance.choice(open_jobs)
            end(row.job.id, chance.choice(["done", "cancelled"]))
        for job_id in started[seen:]:
            owner = job_id[0]
            for other, theirs in since.items():
                if other != owner:
                    theirs[owner] += 1
                    assert theirs[owner] <= (2 if other in served else 1), (other, started)
            served.add(owner)
            waiting = [each.job.owner for each in queue.standings() if each.job.id not in started]
            since.pop(owner, None)
            if owner in waiting:
                since[owner] = Counter()
        seen = len(started)
        assert len([row for row in queue.standings() if row.job.id in started]) <= places
    assert len(served) == len(set("aaaaabbcdefgh"))
