"""Trainings that are killed, cancelled, finished early and continued, by real workers."""

from __future__ import annotations

import random
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labs import TrainedLab, end, job_of, taken_lane, until, worker_of

from aelab import inference, runs
from aelab.datasets import store
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.folder import Status
from aelab.runs import Run
from aelab.tasks import train

LONG = {"limit": 120, "epochs": 5000, "latent_dim": 2, "batch_size": 20}


@pytest.fixture(autouse=True)
def _keeps_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_CHECKPOINT_SECONDS", "0.05")


def ended(run: Run) -> Status:
    return queue.wait(job_of(run), lambda now: None)


def numbers(run: Run) -> list[dict[str, Any]]:
    """Return the history without what a clock says."""
    return [{name: value for name, value in line.items() if name != "seconds"} for line in run.history()]


def assert_history(run: Run, expected: list[dict[str, Any]]) -> None:
    assert [line["epoch"] for line in run.history()] == [line["epoch"] for line in expected]
    for line, wanted in zip(numbers(run), expected, strict=True):
        for name in ("train", "validation"):
            assert line[name] == pytest.approx(wanted[name], rel=1e-5)
        assert line["learning_rate"] == pytest.approx(wanted["learning_rate"], rel=1e-5, abs=1e-12)


def killed(run: Run, after: float) -> None:
    """Kill the run's worker some seconds after it has begun to train."""
    until(lambda: jobs.status(job_of(run)).moving is not None)
    time.sleep(after)
    worker = worker_of(run)
    worker.kill()
    until(lambda: not worker.is_running())


def cancelled(run: Run, epochs: int) -> Run:
    """Cancel a run when it has some epochs behind it."""
    until(lambda: len(run.history()) >= epochs)
    queue.cancel(run.id)
    assert ended(run).state == "cancelled"
    return run


def test_twenty_kills_are_twenty_resumes_and_a_history_without_gap_or_repeat(
    artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "2")
    store.open_dataset("digits")
    settings = {"limit": 400, "epochs": 400, "latent_dim": 2, "batch_size": 20}
    asked = [("shallow_ae", settings), ("dae", {**settings, "epochs": 150, "filters": 2})]
    failures: list[str] = []

    def torture(model: str, settings: dict[str, Any]) -> None:
        moments = random.Random(model)
        run = train.submit("digits", model, settings)
        for _ in range(10):
            killed(run, moments.uniform(0, 0.6))
            if jobs.status(job_of(run)).state != "interrupted":
                failures.append(f"{model} is {jobs.status(job_of(run)).state}")
            train.resume(run.id)
        if ended(run).state != "done":
            failures.append(f"{model} ended {ended(run)}")

    threads = [threading.Thread(target=torture, args=each) for each in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    monkeypatch.setenv("AELAB_ARTIFACTS", str(artifacts / "uninterrupted"))
    whole = [train.submit("digits", *each) for each in asked]
    expected = [(ended(run).state, numbers(run), run.metrics()["overall"]) for run in whole]
    monkeypatch.setenv("AELAB_ARTIFACTS", str(artifacts))
    for run, (state, history, overall) in zip(whole, expected, strict=True):
        assert state == "done"
        assert_history(run, history)
        assert run.metrics()["overall"]["mse"]["mean"] == pytest.approx(overall["mse"]["mean"], rel=1e-5)
        assert len([event for event in run.events() if event["event"] == "resumed"]) >= 5
        assert list(run.folder.rglob(".*")) == []


def test_a_cancelled_training_keeps_what_it_learned_and_goes_on_from_there(artifacts: Path) -> None:
    run = cancelled(train.submit("digits", "shallow_ae", LONG), epochs=3)
    before, learned = numbers(run), run.learned_epochs()
    assert learned is not None
    assert learned >= 3
    assert train.resume(run.id).id == run.id
    until(lambda: len(run.history()) > len(before))
    queue.cancel(run.id)
    ended(run)
    assert numbers(run)[: len(before)] == before
    epochs = [line["epoch"] for line in run.history()]
    assert epochs == list(range(1, len(epochs) + 1))
    assert run.events()[0]["event"] == "resumed"
    assert run.events()[0]["epoch"] == learned


def test_what_was_learned_up_to_the_moment_of_cancelling_is_kept(
    artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_CHECKPOINT_SECONDS", "10000")
    run = cancelled(train.submit("digits", "conv_ae", {**LONG, "limit": 0, "filters": 4}), epochs=2)
    assert run.learned_epochs() == len(run.history())


def test_asking_again_for_a_cancelled_training_resumes_it_unless_it_is_to_begin_afresh(artifacts: Path) -> None:
    run = cancelled(train.submit("digits", "shallow_ae", LONG), epochs=2)
    with taken_lane("train"):
        train.submit("digits", "shallow_ae", LONG)
        assert run.learned_epochs() is not None
        queue.cancel(run.id)
        train.submit("digits", "shallow_ae", LONG, afresh=True)
        assert run.learned_epochs() is None
        assert run.history() == []
        queue.cancel(run.id)
        runs.restore(run.id)  # nothing of it is lost
        assert run.learned_epochs() is not None
        assert runs.status(run).state == "cancelled"


def test_a_training_that_goes_on_shows_at_once_how_far_it_had_come(lab: TrainedLab, heavy_lane_taken: None) -> None:
    run = runs.find(lab.runs["vae"])
    end(run.id, "cancelled", progress=0.2)
    train.resume(run.id)
    assert jobs.status(job_of(run)).progress == pytest.approx(0.95)
    jobs.write_status(job_of(run), {"state": "queued", "launched": 1e12, "progress": 0.0})
    child = train.prolong(lab.runs["conv_ae"], 6)
    assert jobs.status(job_of(child)).progress == pytest.approx(0.95 * 2 / 8)
    assert [row.status.progress for row in queue.standings() if row.job.id == child.id] == [pytest.approx(0.95 / 4)]
    assert jobs.status(job_of(train.submit("digits", "vae", {"epochs": 3}))).progress == 0


def test_a_cancelled_training_can_be_finished_with_what_it_has_learned(artifacts: Path) -> None:
    run = cancelled(train.submit("digits", "shallow_ae", LONG), epochs=2)
    learned = run.learned_epochs()
    train.resume(run.id, finish=True)
    assert ended(run).state == "done"
    assert run.stopped_after() == learned
    assert run.snapshot_epochs()[-1] == learned
    found = run.checkpoint().checkpoint
    assert found is not None
    codes = inference.load(run).encode(np.zeros((1, 28, 28, 1), np.float32))
    bias = next(array for name, array in found.arrays.items() if name.endswith("bias"))
    np.testing.assert_allclose(np.maximum(codes[0], 0), np.maximum(bias, 0), atol=1e-5)  # of a black image
    assert run.metrics()["n"] == store.open_dataset("digits").counts["test"]
    assert [row.state for row in runs.listed()] == ["done"]
    with pytest.raises(LabError, match=r"is done\. Continue it"):
        train.resume(run.id, finish=True)
    with taken_lane("train"):  # the whole training is another question
        assert runs.status(train.submit("digits", "shallow_ae", LONG)).state == "queued"


def test_a_training_that_has_kept_nothing_cannot_be_finished(artifacts: Path) -> None:
    with taken_lane("train"):
        run = train.submit("digits", "shallow_ae", LONG)
        queue.cancel(run.id)
        with pytest.raises(LabError, match="has kept nothing yet that it has learned"):
            train.resume(run.id, finish=True)
        assert runs.status(run).state == "cancelled"


def test_two_who_resume_at_once_resume_once(artifacts: Path) -> None:
    run = cancelled(train.submit("digits", "shallow_ae", LONG), epochs=2)
    with taken_lane("train"):
        threads = [threading.Thread(target=train.resume, args=(run.id,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [row.job.id for row in queue.standings() if row.job.kind == "train" and row.job.id == run.id] == [run.id]
    assert run.learned_epochs() is not None


def test_a_damaged_checkpoint_is_said_and_the_one_before_it_is_used(artifacts: Path) -> None:
    run = train.submit("digits", "shallow_ae", LONG)
    until(lambda: len(list((run.folder / "checkpoints").glob("epoch-*"))) == 2)
    cancelled(run, epochs=3)
    files = sorted((run.folder / "checkpoints").iterdir())
    assert len(files) == 2
    files[-1].write_bytes(files[-1].read_bytes()[:-20])
    with open(run.folder / "history.jsonl", "a", encoding="utf-8") as file:
        file.write('{"epoch": 99, "tr')
    train.resume(run.id)
    until(lambda: any(event["event"] == "fell_back" for event in run.events()))
    assert run.events()[-1]["damaged"] == files[-1].name
    known = len(run.history())
    until(lambda: len(run.history()) > known)
    queue.cancel(run.id)
    ended(run)
    epochs = [line["epoch"] for line in run.history()]
    assert epochs == list(range(1, len(epochs) + 1))


def test_a_finished_run_is_continued_by_a_new_one_that_begins_with_its_history(
    lab: TrainedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = runs.find(lab.runs["conv_ae"])
    child = train.prolong(parent.id, 2)
    assert child.id != parent.id
    assert train.prolong(parent.id, 2).id == child.id
    assert ended(child).state == "done"
    assert child.parent == runs.Parent(parent.id, 2)
    assert runs.find(child.id).settings["epochs"] == 4
    assert [line["epoch"] for line in child.history()] == [1, 2, 3, 4]
    assert numbers(child)[:2] == numbers(parent)
    assert child.history()[2]["learning_rate"] > child.history()[3]["learning_rate"] == pytest.approx(0, abs=1e-9)
    assert child.metrics()["overall"]["mse"]["mean"] < parent.metrics()["overall"]["mse"]["mean"]
    assert runs.status(parent).state == "done"
    runs.delete(parent.id)
    assert runs.find(child.id).plan.training.epochs == 4


def test_what_cannot_be_continued_is_refused_in_a_sentence(lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    with pytest.raises(LabError, match="closed form; more epochs would change nothing"):
        train.prolong(lab.runs["pca"], 2)
    with pytest.raises(LabError, match=r"is done\. Continue it for more epochs"):
        train.resume(lab.runs["vae"])
    shutil.rmtree(runs.find(lab.runs["vae"]).folder / "checkpoints")
    with pytest.raises(LabError, match=r"no checkpoint of it is left .*`aelab train --like vae-.* --epochs 4`"):
        train.prolong(lab.runs["vae"], 2)
    with taken_lane("train"):
        end(lab.runs["dae"], "cancelled")
        with pytest.raises(
            LabError, match=r"has learned 2 of its 2 epochs. Resume it first, .* `aelab jobs resume dae-"
        ):
            train.prolong(lab.runs["dae"], 2)
        train.resume(lab.runs["dae"])
        with pytest.raises(LabError, match="is still queued: continue it when it is done"):
            train.prolong(lab.runs["dae"], 2)
        queue.cancel(lab.runs["dae"])
    assert len(runs.listed()) == 4


def test_a_run_that_is_deleted_by_hand_while_it_trains_ends_and_stays_deleted(artifacts: Path) -> None:
    run = train.submit("digits", "shallow_ae", LONG)
    until(lambda: len(run.history()) >= 2)
    job = job_of(run)

    def is_gone() -> bool:
        shutil.rmtree(run.folder, ignore_errors=True)  # the worker may be writing another file into it
        return not run.folder.exists()

    until(is_gone)
    status = queue.wait(job, lambda now: None)
    assert status.state == "failed"
    assert "could not be written" in str(status.error)
    assert not run.folder.exists()
    assert runs.listed() == []


def test_a_run_of_a_newer_version_is_named_with_the_fields_that_are_unknown(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["vae"])
    path = run.folder / "config.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"settings"', '"teacher": 1, "settings"'), encoding="utf-8"
    )
    with pytest.raises(LabError, match="has fields that this version of the lab does not know: teacher"):
        runs.find(run.id)
