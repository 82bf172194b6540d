"""Whose a run is: what others may not do to it, and what they may do all the same."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from labs import TrainedLab, end, job_of, taken_lane

from aelab import inference, runs, storage
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.people import SHELL, Person
from aelab.runs import Run, RunWriter, about, owners, transfer
from aelab.tasks import import_run, train

ANN, BEN, TEACHER = Person("ann"), Person("ben"), Person("teacher", teacher=True)
TINY = {"limit": 50, "epochs": 3, "latent_dim": 2}


@pytest.fixture(autouse=True)
def _class_with_a_teacher_and_a_long_queue(lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AELAB_TEACHER_TOKEN", "a token of some length")
    monkeypatch.setenv("AELAB_WORKERS", "1")
    with taken_lane("train"):
        yield


@pytest.fixture
def run(lab: TrainedLab) -> Run:
    """Return a run that Ann has asked for and cancelled, with all it had learned."""
    found = runs.find(lab.runs["vae"])
    end(found.id, "cancelled")
    jobs.write_owners(job_of(found), ["ann"])
    return found


def again(run: Run, by: Person, *, afresh: bool = False) -> Run:
    return train.submit(run.dataset, run.model, run.settings, afresh=afresh, by=by)


TAKING_UP: dict[str, Callable[[Run, Person], object]] = {
    "resume": lambda run, by: train.resume(run.id, by=by),
    "finish": lambda run, by: train.resume(run.id, finish=True, by=by),
    "ask again": again,
}
CHANGES: dict[str, Callable[[Run, Person], object]] = {
    "ask afresh": lambda run, by: again(run, by, afresh=True),
    "delete": lambda run, by: runs.delete(run.id, by=by),
    "rename": lambda run, by: about.change(run.id, title="Mine", by=by),
    "archive": lambda run, by: about.change(run.id, archived=True, by=by),
}
EVERYTHING = TAKING_UP | CHANGES


def everything_in(run: Run) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(run.folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_somebody_asked_for_others_cannot_change(run: Run, change: Callable[[Run, Person], object]) -> None:
    before, job = everything_in(run), job_of(run)
    with pytest.raises(LabError, match="only they, or the teacher, may"):
        change(run, BEN)
    assert everything_in(run) == before
    assert job_of(run) == job
    assert jobs.status(job).state == "cancelled"
    assert runs.deleted() == []


@pytest.mark.parametrize("change", EVERYTHING.values(), ids=EVERYTHING.keys())
@pytest.mark.parametrize("person", [ANN, TEACHER, SHELL], ids=["ann", "teacher", "shell"])
def test_who_asked_and_the_teacher_may_and_it_stays_whose_it_was(
    run: Run, change: Callable[[Run, Person], object], person: Person
) -> None:
    change(run, person)
    if run.folder.exists():
        assert owners.of(run.id) == ("ann",)
        assert job_of(run).owner == "ann"
    else:
        runs.restore(run.id, by=ANN)


@pytest.mark.parametrize("state", ["cancelled", "failed", "interrupted"])
@pytest.mark.parametrize("take_up", TAKING_UP.values(), ids=TAKING_UP.keys())
def test_what_somebody_gave_up_anybody_takes_up_and_shares_and_nobody_loses_it(
    run: Run, take_up: Callable[[Run, Person], object], state: str
) -> None:
    end(run.id, state)
    learned, history = run.learned_epochs(), run.history()
    take_up(run, BEN)
    assert (runs.status(run).state, run.learned_epochs(), run.history()) == ("queued", learned, history)
    assert job_of(run).owners == ("ben",)  # it is no turn of Ann's, and not hers to cancel
    assert owners.of(run.id) == ("ben", "ann")
    with pytest.raises(LabError, match="may cancel or move it"):
        queue.cancel(run.id, by=ANN)
    assert queue.cancel(run.id, by=BEN)  # it does not go on for Ann, who had given it up
    for person in (ANN, BEN):
        about.change(run.id, title=person.owner, by=person)
        for change in (CHANGES["delete"], CHANGES["ask afresh"]):
            with pytest.raises(LabError, match="Others have asked for run"):
                change(run, person)
    take_up(run, ANN)
    assert job_of(run).owners == ("ann",)
    assert set(owners.of(run.id)) == {"ann", "ben"}


def test_who_took_it_up_and_who_had_it_share_it_without_a_job_and_after_the_trash(run: Run) -> None:
    train.resume(run.id, by=BEN)
    queue.cancel(run.id, by=BEN)
    runs.delete(run.id, by=TEACHER)
    runs.restore(run.id, by=TEACHER)
    storage.removed_folder(job_of(run).folder)
    assert set(owners.of(run.id)) == {"ann", "ben"}


def test_two_who_take_it_up_at_once_share_the_job(run: Run) -> None:
    train.resume(run.id, by=BEN)
    train.resume(run.id, by=ANN)
    assert job_of(run).owners == ("ben", "ann")


def test_what_somebody_finished_early_is_shown_to_who_asks_for_it_and_resumed_by_who_wants_more(run: Run) -> None:
    end(run.id, "done")
    RunWriter(run).metrics(run.metrics() | {"stopped": {"epoch": 2, "step": 0}})
    owners.keep(run.folder, ["ann"])
    before = everything_in(run)
    assert again(run, BEN) == run
    assert (runs.status(run).state, owners.of(run.id)) == ("done", ("ann",))
    assert everything_in(run) == before
    train.resume(run.id, by=BEN)
    assert (runs.status(run).state, owners.of(run.id)) == ("queued", ("ben", "ann"))


def test_what_the_lab_made_and_was_interrupted_is_taken_up_and_stays_the_labs_to_delete(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["vae"])
    end(run.id, "interrupted")
    again(run, BEN)
    assert queue.cancel(run.id, by=BEN)
    with pytest.raises(LabError, match="Others have asked for run"):
        runs.delete(run.id, by=BEN)


def test_a_run_is_still_its_owners_when_its_job_is_gone() -> None:
    run = train.submit("digits", "shallow_ae", TINY, by=ANN)
    queue.cancel(run.id, by=ANN)
    storage.append_line(run.folder / "history.jsonl", {"train": {"loss": 1.0}, "validation": {"loss": 1.0}})
    storage.removed_folder(job_of(run).folder)
    with pytest.raises(LabError, match="is somebody else's"):
        about.change(run.id, title="Mine", by=BEN)
    train.resume(run.id, by=ANN)
    assert job_of(run).owner == "ann"


def test_what_was_deleted_is_brought_back_by_whoever_asked_for_it_and_nobody_else(run: Run) -> None:
    runs.delete(run.id, by=ANN)
    with pytest.raises(LabError, match="is somebody else's"):
        runs.restore(run.id, by=BEN)
    again(run, BEN)  # it is nobody's while it lies in the trash, and now it is Ben's
    queue.cancel(run.id, by=BEN)
    with pytest.raises(LabError, match="is somebody else's"):
        runs.restore(run.id, by=ANN)
    runs.delete(run.id, by=BEN)
    runs.restore(run.id, by=BEN)
    assert owners.of(run.id) == ("ben",)


def test_who_asks_for_what_another_cancelled_before_it_had_learned_anything_begins_it() -> None:
    run = train.submit("digits", "shallow_ae", TINY, by=ANN)
    queue.cancel(run.id, by=ANN)
    assert train.submit("digits", "shallow_ae", TINY, by=BEN).id == run.id
    assert (owners.of(run.id), runs.status(run).state) == (("ben",), "queued")


# What nobody asked for.


def test_what_the_lab_made_itself_is_the_teachers_to_change(lab: TrainedLab) -> None:
    run_id = lab.runs["vae"]
    for change in (lambda by: about.change(run_id, title="Mine", by=by), lambda by: runs.delete(run_id, by=by)):
        with pytest.raises(LabError, match="is the lab's own: only the teacher may change it"):
            change(ANN)
        change(TEACHER)
    assert runs.deleted() == [run_id]


def test_where_no_teacher_can_be_everybody_may_change_what_is_nobodys(
    lab: TrainedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AELAB_TEACHER_TOKEN")
    run = runs.find(lab.runs["vae"])
    end(run.id, "cancelled")
    assert about.change(run.id, title="Ours", by=ANN).title == "Ours"
    train.resume(run.id, by=ANN)
    assert queue.cancel(run.id, by=ANN)  # who took it up has it
    with pytest.raises(LabError, match="is somebody else's"):
        about.change(run.id, title="Mine", by=BEN)


def test_a_damaged_owners_file_makes_a_run_nobodys(run: Run) -> None:
    storage.removed_folder(job_of(run).folder)
    for content in (b"", b"{}", b'{"owners": "ann"}', b"[]"):
        (run.folder / owners.FILE).write_bytes(content)
        with pytest.raises(LabError, match="is the lab's own"):
            about.change(run.id, title="Mine", by=ANN)


# What several asked for.


def test_who_asked_second_is_not_hurt_by_the_first() -> None:
    run = train.submit("digits", "shallow_ae", TINY, by=ANN)
    assert train.submit("digits", "shallow_ae", TINY, by=BEN).id == run.id
    assert owners.of(run.id) == owners.kept(run.folder) == ("ann", "ben")
    assert not queue.cancel(run.id, by=ANN)
    assert runs.status(run).state == "queued"
    assert owners.of(run.id) == ("ben",)


def test_what_several_asked_for_each_takes_up_and_only_the_teacher_deletes(run: Run) -> None:
    jobs.write_owners(job_of(run), ["ann", "ben"])
    for person in (ANN, BEN):
        about.change(run.id, title=person.owner, by=person)
        for change in (CHANGES["delete"], CHANGES["ask afresh"]):
            with pytest.raises(LabError, match=r"Others have asked for run .* as well: only the teacher"):
                change(run, person)
    train.resume(run.id, by=BEN)
    assert owners.of(run.id) == ("ann", "ben")
    queue.cancel(run.id, by=TEACHER)
    runs.delete(run.id, by=TEACHER)


# What everybody may do.


def test_everybody_may_look_export_fork_and_continue_and_what_they_make_is_theirs(
    lab: TrainedLab, tmp_path: Path
) -> None:
    run = runs.find(lab.runs["conv_ae"])
    jobs.write_owners(job_of(run), ["ann"])
    child = train.prolong(run.id, 2, by=BEN)
    fork = train.submit(run.dataset, run.model, {**run.settings, "seed": 7}, by=BEN)
    assert owners.of(child.id) == owners.of(fork.id) == ("ben",)
    assert owners.of(run.id) == ("ann",)
    assert train.submit(run.dataset, run.model, run.settings, by=BEN) == run  # done: the answer is for everybody
    assert owners.of(run.id) == ("ann",)
    with open(tmp_path / "run.zip", "wb") as file:
        transfer.export(run, inference.load(run).shape, file)
    assert owners.kept(run.folder) == ("ann",)
    assert owners.FILE not in zipfile.ZipFile(tmp_path / "run.zip").namelist()


def test_an_imported_run_is_whose_who_brought_it(
    lab: TrainedLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "2")
    run = runs.find(lab.runs["pca"])
    with open(tmp_path / "run.zip", "wb") as file:
        transfer.export(run, inference.load(run).shape, file)
    runs.delete(run.id)
    with open(tmp_path / "run.zip", "rb") as file:
        job = import_run.submit("run.zip", file, owner="ann")
    assert queue.wait(job, lambda now: None).state == "done"
    assert owners.of(run.id) == ("ann",)
    with pytest.raises(LabError, match="is somebody else's"):
        about.change(run.id, title="Mine", by=BEN)
    about.change(run.id, title="Mine", by=ANN)
