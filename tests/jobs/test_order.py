"""Whose turn it is: a fair order, whatever one person asks for and whatever the clock does."""

from __future__ import annotations

import dataclasses

import pytest

from aelab.jobs import order
from aelab.jobs.folder import Row
from aelab.jobs.job import Expected, Job, Status
from aelab.jobs.turns import Turns


def waiting(name: str, number: int, *, seconds: float | None = None, turn: tuple[int, float] | None = None) -> Row:
    """Return a job that waits; its owner is the first letter of its name."""
    job = Job(name, "train", {}, created=-number, number=number, owner=name[0], expected=Expected(seconds))
    return Row(job, Status("queued", turn=turn))


def running(name: str, number: int, *, seconds: float | None = None) -> Row:
    job = Job(name, "train", {}, created=0.0, number=number, owner=name[0], expected=Expected(seconds))
    return Row(job, Status("running"))


def names(rows: list[Row]) -> list[str]:
    return [row.job.id for row in order.in_order(rows, Turns())]


def test_who_asks_for_many_holds_up_nobody_who_asks_for_one() -> None:
    greedy = [waiting(f"a{number}", number) for number in range(1, 5)]
    assert names([*greedy, waiting("b1", 5), waiting("c1", 6), waiting("b2", 7)]) == [
        "a1", "b1", "c1", "a2", "b2", "a3", "a4",
    ]  # fmt: skip


def test_what_somebody_has_at_work_counts_as_their_turn() -> None:
    assert names([running("a1", 1), waiting("a2", 2), waiting("b1", 3)]) == ["a1", "b1", "a2"]


def test_among_equals_it_is_who_asked_first_even_if_the_clock_was_set_back() -> None:
    assert names([waiting("c1", 3), waiting("a1", 1), waiting("b1", 2)]) == ["a1", "b1", "c1"]  # created says c, b, a


def test_a_moved_job_changes_places_with_its_owners_other_only() -> None:
    rows = [waiting("a1", 1, turn=(0, 4.0)), waiting("b1", 2), waiting("b2", 3), waiting("a2", 4, turn=(0, 1.0))]
    assert names(rows) == ["a2", "b1", "b2", "a1"]


def test_what_the_teacher_puts_first_comes_before_everybody() -> None:
    rows = [waiting("a1", 1), waiting("b1", 2), waiting("b2", 3, turn=(-1, 0.0)), waiting("a2", 4, turn=(-2, 0.0))]
    assert names(rows) == ["a2", "b2", "a1", "b1"]


def starts(rows: list[Row], room: int) -> dict[str, float | None]:
    return {row.job.id: row.starts_in for row in order.standings(rows, Turns(), room) if order.waits(row)}


def test_jobs_before_and_the_expected_start_are_said() -> None:
    rows = [running("a1", 1, seconds=100), waiting("b1", 2, seconds=30), waiting("c1", 3, seconds=5), waiting("d1", 4)]
    assert [row.before for row in order.standings(rows, Turns(), 1)] == [0, 1, 2, 3]
    assert starts(rows, 1) == {"b1": 100, "c1": 130, "d1": 135}
    assert starts(rows, 2) == {"b1": 0, "c1": 30, "d1": 35}


def test_no_start_is_promised_behind_what_nobody_knows_the_length_of() -> None:
    rows = [running("a1", 1), waiting("b1", 2, seconds=10), waiting("c1", 3)]
    assert starts(rows, 1) == {"b1": None, "c1": None}
    assert starts([*rows, running("d1", 4, seconds=20)], 2) == {"b1": 20, "c1": 30}


def test_with_more_at_work_than_there_is_room_for_now_the_next_waits_for_several_ends() -> None:
    rows = [running("a1", 1, seconds=10), running("b1", 2, seconds=20), running("c1", 3, seconds=30), waiting("d1", 4)]
    assert starts(rows, 1) == {"d1": 30}
    assert starts(rows, 2) == {"d1": 20}


@pytest.mark.parametrize("room", [1, 3])
def test_nothing_at_work_and_nothing_waiting_is_an_empty_queue(room: int) -> None:
    assert order.standings([], Turns(), room) == []


def test_a_start_waits_for_memory_too() -> None:
    def takes(gib: int, row: Row) -> Row:
        asked = dataclasses.replace(row.job, expected=Expected(row.job.expected.seconds, gib << 30))
        return Row(asked, row.status)

    rows = [takes(2, running("a1", 1, seconds=10)), takes(1, running("b1", 2, seconds=20))]
    rows += [takes(3, waiting("c1", 3, seconds=5)), takes(1, waiting("d1", 4, seconds=5))]
    found = {limit: order.standings(rows, Turns(), 8, limit << 30) for limit in (2, 4, 7)}
    assert {limit: [row.starts_in for row in each[2:]] for limit, each in found.items()} == {
        2: [20, 25],  # more than there ever is: alone
        4: [10, 15],  # nobody overtakes who waits for memory
        7: [0, 0],
    }


def test_a_job_of_an_unknown_task_is_promised_no_start() -> None:
    assert [row.starts_in for row in order.standings([waiting("a1", 1)], Turns(), 0)] == [None]
