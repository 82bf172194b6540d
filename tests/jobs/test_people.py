"""Who may cancel and move jobs: whoever asked for them, and the teacher."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from labs import taken_lane

from aelab.errors import LabError
from aelab.jobs import folder, people, queue
from aelab.jobs.job import Job
from aelab.jobs.people import SHELL, Person

ANN, BEN, TEACHER = Person("ann"), Person("ben"), Person("teacher", teacher=True)


def ask(owner: str, number: int = 1) -> Job:
    return queue.submit("train", {"run": f"nobody-{owner}-{number}"}, owner=owner)


def order() -> list[str]:
    return [f"{row.job.owner}{row.job.params['run'][-1]}" for row in queue.standings() if row.job.owner]


@pytest.mark.usefixtures("heavy_lane_taken")
@pytest.mark.parametrize("person", [ANN, TEACHER, SHELL])
def test_who_asked_and_the_teacher_may_cancel(person: Person) -> None:
    job = ask("ann")
    queue.cancel(job.id, by=person)
    assert folder.status(job).state == "cancelled"


CHANGES: list[Callable[[Job, Person], object]] = [
    lambda job, person: queue.cancel(job.id, by=person),
    lambda job, person: queue.move(job.id, "later", by=person),
    lambda job, person: queue.requeue(job.id, by=person),
]


@pytest.mark.usefixtures("heavy_lane_taken")
@pytest.mark.parametrize("change", CHANGES)
def test_others_may_not(change: Callable[[Job, Person], object]) -> None:
    job = ask("ann")
    with pytest.raises(LabError, match=f"Only whoever asked for {job.id}, or the teacher, may cancel or move it"):
        change(job, BEN)
    assert folder.status(job).state == "queued"


@pytest.mark.usefixtures("heavy_lane_taken")
def test_what_the_lab_asked_for_itself_is_no_visitors() -> None:
    job = queue.submit("train", {"run": "nobody"})
    for person in (ANN, Person("")):
        with pytest.raises(LabError, match="or the teacher"):
            queue.cancel(job.id, by=person)


@pytest.mark.usefixtures("heavy_lane_taken")
def test_jobs_wait_in_a_fair_order() -> None:
    for number in (1, 2, 3):
        ask("ann", number)
    ask("ben")
    assert order() == ["ann1", "ben1", "ann2", "ann3"]


@pytest.mark.usefixtures("heavy_lane_taken")
def test_ones_own_jobs_change_places_and_those_of_others_stay() -> None:
    jobs = [ask("ann", number) for number in (1, 2, 3)]
    ask("ben")
    queue.move(jobs[2].id, "earlier", by=ANN)
    assert order() == ["ann1", "ben1", "ann3", "ann2"]
    queue.move(jobs[2].id, "earlier", by=ANN)
    assert order() == ["ann3", "ben1", "ann1", "ann2"]
    queue.move(jobs[2].id, "earlier", by=ANN)  # it is the first already
    assert order() == ["ann3", "ben1", "ann1", "ann2"]
    queue.move(jobs[0].id, "later", by=ANN)
    assert order() == ["ann3", "ben1", "ann2", "ann1"]


@pytest.mark.usefixtures("heavy_lane_taken")
def test_the_teacher_puts_any_job_first_and_nobody_else_does() -> None:
    ask("ann")
    jobs = [ask("ben", number) for number in (1, 2)]
    with pytest.raises(LabError, match="Only the teacher may put"):
        queue.move(jobs[1].id, "first", by=BEN)
    queue.move(jobs[1].id, "first", by=TEACHER)
    assert order() == ["ben2", "ann1", "ben1"]
    queue.move(jobs[0].id, "first", by=TEACHER)
    assert order() == ["ben1", "ben2", "ann1"]
    queue.move(jobs[0].id, "later", by=BEN)
    assert order() == ["ben2", "ben1", "ann1"]


@pytest.mark.usefixtures("heavy_lane_taken")
def test_what_has_begun_cannot_be_moved() -> None:
    busy = folder.find("busy-train")
    assert busy is not None
    queue.move(busy.id, "first")
    assert folder.status(busy).state == "running"


@pytest.mark.usefixtures("heavy_lane_taken")
def test_what_did_not_end_well_is_queued_again_for_the_same_owner() -> None:
    job = ask("ann")
    queue.cancel(job.id, by=ANN)
    again = queue.requeue(job.id, by=ANN)
    assert (again.id, again.owner, again.params) == (job.id, "ann", job.params)
    assert folder.status(again).state == "queued"
    with pytest.raises(LabError, match="is queued; only what did not come to its end"):
        queue.requeue(job.id, by=ANN)
    with pytest.raises(LabError, match="There is no job called 'nothing'"):
        queue.requeue("nothing")


def test_the_token_makes_a_teacher_and_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_TEACHER_TOKEN", "grün und lang")
    assert people.has_teacher()
    assert people.is_token("grün und lang")
    assert not any(map(people.is_token, ("", "grün", "grün und lang ", "GRÜN UND LANG")))


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_nobody_can_guess_it(monkeypatch: pytest.MonkeyPatch, token: str | None) -> None:
    monkeypatch.delenv("AELAB_TEACHER_TOKEN", raising=False)
    if token is not None:
        monkeypatch.setenv("AELAB_TEACHER_TOKEN", token)
    assert not people.has_teacher()
    assert not people.is_token("")


# One question of several people is one job.


@pytest.mark.usefixtures("heavy_lane_taken")
def test_what_several_asked_for_goes_on_until_the_last_of_them_cancels_it() -> None:
    job = queue.submit("train", {"run": "nobody"}, owner="ann")
    for owner in ("ben", "cleo", "ben", "ann"):
        assert queue.submit("train", {"run": "nobody"}, owner=owner).id == job.id
    assert shared(job) == ("ann", "ben", "cleo")
    assert not queue.cancel(job.id, by=ANN)
    assert (shared(job), folder.status(job).state) == (("ben", "cleo"), "queued")
    with pytest.raises(LabError, match="Only whoever asked for"):
        queue.cancel(job.id, by=ANN)
    assert not queue.cancel(job.id, by=Person("cleo"))
    assert queue.cancel(job.id, by=BEN)
    assert folder.status(job).state == "cancelled"


@pytest.mark.usefixtures("heavy_lane_taken")
def test_the_teacher_cancels_what_several_asked_for() -> None:
    job = queue.submit("train", {"run": "nobody"}, owner="ann")
    queue.join(job.id, "ben")
    assert queue.cancel(job.id, by=TEACHER)
    assert folder.status(job).state == "cancelled"


def test_who_is_at_work_for_several_is_not_told_to_stop_by_one(artifacts: Path) -> None:
    with taken_lane("train"):
        job = folder.find("busy-train")
        assert job is not None
        queue.join(job.id, "ann")  # the lab itself asked first
        assert not queue.cancel(job.id, by=ANN)
        assert not folder.should_stop(job)
        assert shared(job) == ("",)


@pytest.mark.usefixtures("heavy_lane_taken")
def test_who_asks_for_anothers_last_job_has_it_as_their_first() -> None:
    for number in (1, 2, 3):
        ask("ann", number)
    job = queue.submit("train", {"run": "nobody-ann-3"}, owner="ben")
    ask("ben", 1)
    assert order() == ["ann1", "ann3", "ann2", "ben1"]
    with pytest.raises(LabError, match=f"Others have asked for {job.id} as well: only the teacher may move it"):
        queue.move(job.id, "later", by=ANN)
    queue.move(job.id, "first", by=TEACHER)
    assert order()[0] == "ann3"


@pytest.mark.usefixtures("heavy_lane_taken")
def test_who_took_up_what_several_asked_for_took_it_up_for_all_of_them() -> None:
    job = queue.submit("train", {"run": "nobody"}, owner="ann")
    queue.join(job.id, "ben")
    queue.cancel(job.id, by=TEACHER)
    queue.join(job.id, "cleo")  # too late
    queue.requeue(job.id, by=BEN)
    assert shared(job) == ("ann", "ben")
    queue.cancel(job.id, by=TEACHER)
    queue.submit("train", {"run": "nobody"}, owner="dan")  # another who asks anew is the only one who does
    assert shared(job) == ("dan",)


def shared(job: Job) -> tuple[str, ...]:
    found = folder.find(job.id)
    assert found is not None
    return found.owners
