"""Deleting a run can be undone, whatever happens in between, and is for good only later."""

from __future__ import annotations

import os
import shutil

import pytest
from labs import TrainedLab, end, taken_lane

from aelab import runs
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.runs import about, trash
from aelab.tasks import train

DAY = 24 * 3600


def age(run_id: str, days: float) -> None:
    """Let a deleted run have been deleted some days ago."""
    path = trash.trash() / run_id / "1"
    then = path.stat().st_mtime - days * DAY
    os.utime(path, (then, then))


def test_a_deleted_run_comes_back_as_it_was(lab: TrainedLab) -> None:
    run_id = lab.runs["vae"]
    about.change(run_id, title="Kept")
    run, history, job = runs.find(run_id), runs.find(run_id).history(), jobs.find(run_id)
    runs.delete(run_id)
    assert run_id not in [row.id for row in runs.listed()]
    assert jobs.find(run_id) is None
    assert runs.deleted() == [run_id]
    runs.restore(run_id)
    assert runs.find(run_id) == run
    assert run.history() == history
    assert jobs.find(run_id) == job
    assert runs.status(run).state == "done"
    assert about.read(run_id).title == "Kept"
    assert runs.deleted() == []


def test_a_damaged_run_can_be_deleted_and_restored_with_its_damage(lab: TrainedLab) -> None:
    run_id = lab.runs["dae"]
    (runs.root() / run_id / "config.json").write_bytes(b"{")
    (jobs.root() / run_id / "job.json").write_bytes(b"{")
    runs.delete(run_id)
    assert not (jobs.root() / run_id).exists()
    runs.restore(run_id)
    assert {row.id: row.state for row in runs.listed()}[run_id] == "damaged"


def test_a_run_that_was_made_again_is_exchanged_for_the_one_in_the_trash_and_back(lab: TrainedLab) -> None:
    run_id = lab.runs["pca"]
    versions = ["first", "second", "third"]
    made_again = runs.root().parent / "copy"
    shutil.copytree(runs.root() / run_id, made_again)
    for title in versions:
        about.change(run_id, title=title)
        runs.delete(run_id)
        shutil.copytree(made_again, runs.root() / run_id)
    about.change(run_id, title="fourth")
    found = []
    for _ in range(5):
        runs.restore(run_id)
        found.append(about.read(run_id).title)
        assert runs.find(run_id).metrics()
    assert found == ["third", "second", "first", "fourth", "third"]
    assert runs.deleted() == [run_id]


def test_one_that_has_learned_nothing_gives_way_for_good(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["pca"])
    runs.delete(run.id)
    runs.create(run)
    runs.restore(run.id)
    assert runs.find(run.id).metrics()
    assert runs.deleted() == []
    assert not (trash.trash() / run.id).exists()


def test_one_that_trains_is_not_exchanged(lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    run = runs.find(lab.runs["vae"])
    end(run.id, "cancelled")
    with taken_lane("train"):
        train.submit(run.dataset, run.model, run.settings, afresh=True)
        with pytest.raises(LabError, match=f"Run {run.id} is still queued: cancel it first"):
            runs.restore(run.id)
        queue.cancel(run.id)
        runs.restore(run.id)
    assert len(run.history()) == 2
    assert runs.status(run).state == "cancelled"


def test_what_was_never_deleted_cannot_be_restored(lab: TrainedLab) -> None:
    with pytest.raises(LabError, match="There is no deleted run called 'pca-digits-0000'"):
        runs.restore("pca-digits-0000")
    with pytest.raises(LabError, match="There is no deleted run called"):
        runs.restore(lab.runs["pca"])
    with pytest.raises(LabError, match="not a name the lab can use"):
        runs.restore("../runs")


def test_a_deletion_that_broke_off_loses_nothing(lab: TrainedLab) -> None:
    run_id = lab.runs["pca"]
    runs.delete(run_id)
    shutil.move(trash.trash() / run_id / "1" / "job", jobs.root() / run_id)  # killed before the second rename
    assert runs.deleted() == [run_id]
    runs.restore(run_id)
    assert runs.status(runs.find(run_id)).state == "done"


def test_what_broke_off_is_in_nobodys_way_and_is_swept_in_time(lab: TrainedLab) -> None:
    run_id = lab.runs["pca"]
    (trash.trash() / run_id / "1").mkdir(parents=True)  # killed before the first rename
    assert runs.deleted() == []
    runs.delete(run_id)
    runs.restore(run_id)
    age(run_id, trash.MOST_DAYS + 1)
    trash.sweep()
    assert not (trash.trash() / run_id).exists()
    assert runs.find(run_id).metrics()


def test_the_trash_is_swept_of_what_is_old_and_of_nothing_else(lab: TrainedLab) -> None:
    for run_id in lab.runs.values():
        runs.delete(run_id)
    age(lab.runs["vae"], trash.MOST_DAYS + 1)
    age(lab.runs["dae"], trash.MOST_DAYS - 1)
    trash.sweep()
    assert set(runs.deleted()) == set(lab.runs.values()) - {lab.runs["vae"]}
    assert runs.deleted()[-1] == lab.runs["dae"]


def test_the_trash_holds_a_bounded_number_of_runs(lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "MOST_RUNS", 2)
    for days, model in enumerate(lab.runs, start=1):
        runs.delete(lab.runs[model])
        age(lab.runs[model], days)
    trash.sweep()
    assert runs.deleted() == [lab.runs["pca"], lab.runs["conv_ae"]]


def test_a_clock_that_jumps_back_loses_nothing(lab: TrainedLab) -> None:
    runs.delete(lab.runs["pca"])
    age(lab.runs["pca"], -400)  # deleted in what is now the future
    trash.sweep()
    assert runs.deleted() == [lab.runs["pca"]]


def test_what_a_killed_import_left_is_swept_after_a_day_and_one_at_work_is_not(lab: TrainedLab) -> None:
    old, young = runs.root() / ".pca-digits-1.0123abcd", runs.root() / ".pca-digits-2.0123abcd"
    for path in (old, young):
        path.mkdir()
    os.utime(old, (1, 1))
    trash.sweep()
    assert not old.exists()
    assert young.exists()
    assert len(runs.listed()) == 4
