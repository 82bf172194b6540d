"""Trainings by real workers: asked for once, ended well or badly, and always told truly."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from labs import TRAIN_IMAGES, TrainedLab, job_of, taken_lane, until, worker_of

from aelab import runs
from aelab.datasets import store
from aelab.datasets.shapes import ShapesConfig
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.pixels import to_unit
from aelab.runs import Run
from aelab.tasks import planning, train
from aelab.training.order import limited, taking_turns

TINY = {"limit": 50, "epochs": 1, "latent_dim": 2, "batch_size": 25}

SUBMIT = """
import sys
from aelab.tasks import train
print("ready", flush=True)
sys.stdin.readline()
print(train.submit("digits", "shallow_ae", {"epochs": 1}).id)
"""


# What a mistake leaves behind: nothing.


@pytest.mark.parametrize(
    ("dataset", "model", "settings", "sentence"),
    [
        ("digits", "flow", {}, "no model called 'flow'"),
        ("digits", "conv_ae", {"laten_dim": 2}, "no setting called 'laten_dim'"),
        ("digits", "conv_ae", {"epochs": 0}, "epochs must be between 1 and 5000; it is 0"),
        (
            "digits",
            "conv_ae",
            {"latent_dim": 785},
            r"The latent dimension \(latent_dim\) must be at most 784, the values in an image of digits",
        ),
        (
            "digits",
            "pca",
            {"latent_dim": 51, "limit": 50},
            r"The latent dimension \(latent_dim\) must be at most 50, the number of training",
        ),
        (
            "digits",
            "conv_ae",
            {"batch_size": 64, "limit": 50},
            "batch_size must be at most 50, the number of training images; it is 64",
        ),
        ("nobody", "conv_ae", {}, "no dataset called 'nobody'"),
        ("../runs", "conv_ae", {}, "not a name the lab can use"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_written(
    artifacts: Path, dataset: str, model: str, settings: dict[str, object], sentence: str
) -> None:
    with pytest.raises(LabError, match=sentence):
        train.submit(dataset, model, settings)
    assert runs.listed() == []
    assert jobs.all_jobs() == []


def test_a_wrong_setting_is_said_before_a_dataset_is_made(artifacts: Path) -> None:
    with pytest.raises(LabError, match="no setting called 'laten_dim'"):
        train.submit("digits", "conv_ae", {"laten_dim": 2})
    assert store.stored_names() == []


@pytest.mark.usefixtures("heavy_lane_taken")
def test_the_largest_code_that_can_work_is_accepted() -> None:
    train.submit("digits", "shallow_ae", {"latent_dim": 784})
    train.submit("digits", "pca", {"latent_dim": 50, "limit": 50})
    assert len(runs.listed()) == 2


@pytest.mark.usefixtures("heavy_lane_taken")
def test_a_batch_size_that_is_not_given_suits_the_dataset_and_one_that_is_given_stays() -> None:
    assert train.submit("digits", "shallow_ae", {}).plan.training.batch_size < 128
    assert train.submit("digits", "shallow_ae", {"batch_size": 128}).plan.training.batch_size == 128


# One question, one run.


@pytest.mark.usefixtures("heavy_lane_taken")
def test_asking_twice_makes_one_run_however_it_is_written() -> None:
    first = train.submit("digits", "shallow_ae", {"epochs": 3})
    assert train.submit("digits", "shallow_ae", {"epochs": "3", "seed": 0}) == first
    assert train.submit("digits", "shallow_ae", {"epochs": 4}) != first
    assert len(runs.listed()) == 2


@pytest.mark.usefixtures("heavy_lane_taken")
def test_threads_that_ask_at_once_make_one_run() -> None:
    store.open_dataset("digits")
    found: list[Run] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        found.append(train.submit("digits", "shallow_ae", {"epochs": 1}))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(run == found[0] for run in found)
    assert [row.id for row in runs.listed()] == [found[0].id]


@pytest.mark.usefixtures("heavy_lane_taken")
def test_processes_that_ask_at_once_make_one_run() -> None:
    command = [sys.executable, "-c", SUBMIT]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    answers = [process.communicate("go\n")[0].strip() for process in processes]
    assert [row.id for row in runs.listed()] == [answers[0]]
    assert set(answers) == {answers[0]}
    assert jobs.status(job_of(runs.find(answers[0]))).state == "queued"


def test_a_run_that_is_done_is_not_trained_again(lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    done = runs.find(lab.runs["vae"])
    assert train.submit("digits", "vae", done.settings) == done
    shutil.rmtree(jobs.root())  # somebody has cleaned up; the results are there
    with taken_lane("train"):
        assert train.submit("digits", "vae", done.settings) == done
        assert jobs.find(done.id) is None


@pytest.mark.parametrize("damage", ["folder", "config", "metrics", "network"])
def test_a_run_that_was_done_but_is_lost_is_trained_again(
    lab: TrainedLab, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    done = runs.find(lab.runs["vae"])
    if damage == "folder":
        shutil.rmtree(done.folder)
    else:
        name = {"config": "config.json", "metrics": "metrics.json", "network": "encoder.onnx"}[damage]
        (done.folder / name).write_bytes(b"")
    with taken_lane("train"):
        again = train.submit("digits", "vae", done.settings)
        assert again.id == done.id
        assert runs.status(again).state == "queued"
        assert not (again.folder / "metrics.json").exists()


# What a training sees and leaves.


def test_training_looks_at_training_images_only(trained_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_lab.folder))
    dataset = store.open_dataset("digits")
    used = limited(dataset.indices("train"), dataset.labels, TRAIN_IMAGES)
    assert not set(used) & (set(dataset.indices("test")) | set(dataset.indices("validation")))
    with np.load(runs.find(trained_lab.runs["pca"]).folder / "model.weights.npz") as weights:
        mean = weights["decoder_1"]  # the bias of PCA's decoder is the mean of what it was fitted on
    np.testing.assert_allclose(mean, to_unit(dataset.images[used]).mean(axis=0).ravel(), atol=1e-5)
    everything = to_unit(dataset.images[:]).mean(axis=0).ravel()
    assert np.abs(mean - everything).max() > 0.01


def test_epochs_are_judged_on_validation_images(trained_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_lab.folder))
    dataset = store.open_dataset("digits")
    shown = dataset.images[taking_turns(dataset.indices("validation"), dataset.labels)[:8]]
    for run_id in trained_lab.runs.values():
        np.testing.assert_array_equal(runs.find(run_id).snapshot(1)["target"], shown)


def test_a_denoising_run_is_shown_the_same_noise_after_every_epoch(
    trained_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_lab.folder))
    first, second = (runs.find(trained_lab.runs["dae"]).snapshot(epoch) for epoch in (1, 2))
    np.testing.assert_array_equal(first["given"], second["given"])
    assert not np.array_equal(first["given"], first["target"])
    assert not np.array_equal(first["output"], second["output"])


def test_a_run_says_with_what_it_was_made(trained_lab: TrainedLab) -> None:
    for run_id in trained_lab.runs.values():
        text = (trained_lab.folder / "runs" / run_id / "environment.json").read_text(encoding="utf-8")
        for word in ("tensorflow", "keras", "python", "cores"):
            assert f'"{word}"' in text
        log = (trained_lab.folder / "jobs" / run_id / "log.txt").read_text(encoding="utf-8")
        assert "Traceback" not in log


def test_a_dataset_that_has_changed_is_said(artifacts: Path) -> None:
    dataset = store.open_dataset("digits")
    run = runs.new_run("digits", "another checksum", planning.planned(dataset, "pca", TINY))
    runs.create(run)
    queue.submit("train", {"run": run.id}, job_id=run.id)
    status = queue.wait(job_of(run), lambda now: None)
    assert str(status.error) == "Dataset digits has changed since this run was asked for. Start the training again."


def test_a_loss_that_is_no_number_any_more_fails_the_run_with_a_way_out_and_leaves_no_networks(artifacts: Path) -> None:
    store.import_dataset("large", "shapes", ShapesConfig(count=60, size=64))
    run = train.submit("large", "vae", {"epochs": 2, "batch_size": 42, "learning_rate": 100, "beta": 100})
    status = queue.wait(job_of(run), lambda now: None)
    assert status.state == "failed"
    assert str(status.error).startswith("The loss stopped being a number in epoch")
    assert "Try 0.002." in str(status.error)
    assert {path.name for path in run.folder.iterdir()} <= {
        "config.json",
        "environment.json",
        "owners.json",
        "history.jsonl",
        "checkpoints",
        "snapshots",
    }
    assert [(row.state, row.run) for row in runs.listed()] == [("failed", run)]
    assert runs.done() == []


def test_a_cancelled_training_stops_and_says_so(artifacts: Path) -> None:
    run = train.submit("digits", "conv_ae", {**TINY, "epochs": 5000, "filters": 2})
    until(lambda: len(run.history()) >= 1)
    assert runs.status(run).state == "running"
    assert 0 <= runs.status(run).progress < 0.95
    with pytest.raises(LabError, match=f"Run {run.id} is still running: cancel it first"):
        runs.delete(run.id)
    queue.cancel(run.id)
    assert queue.wait(job_of(run), lambda now: None).state == "cancelled"
    assert not (run.folder / "encoder.onnx").exists()
    assert [row.state for row in runs.listed()] == ["cancelled"]
    runs.delete(run.id)
    assert runs.listed() == []


def test_a_killed_worker_leaves_an_interrupted_run_that_can_be_asked_for_again(artifacts: Path) -> None:
    run = train.submit("digits", "shallow_ae", TINY)
    until(lambda: runs.status(run).state == "running")
    worker = worker_of(run)
    worker.kill()
    until(lambda: not worker.is_running())
    assert runs.status(run).state == "interrupted"
    assert [row.state for row in runs.listed()] == ["interrupted"]
    again = train.submit("digits", "shallow_ae", TINY)
    assert again.id == run.id
    assert queue.wait(job_of(again), lambda now: None).state == "done"
    assert len(again.history()) == 1
    assert again.metrics()["n"] == store.open_dataset("digits").counts["test"]


# A run that draws images and can look at none.


def test_a_run_without_an_encoder_is_whole_and_measured_by_what_it_draws(gan_lab: TrainedLab) -> None:
    run = runs.find(gan_lab.runs["gan"])
    metrics = run.metrics()
    assert (metrics["overall"], metrics["classes"], metrics["split"], metrics["n"]) == ({}, {}, "test", 359)
    generation = metrics["generation"]
    assert 0 < generation["floor"] < generation["distance"]
    assert (generation["n_samples"], generation["n_test"]) == (359, 359)
    assert not (run.folder / "encoder.onnx").exists()
    with np.load(run.folder / "model.weights.npz", allow_pickle=False) as stored:
        assert all(name.startswith("decoder_") for name in stored.files)
    assert run.snapshot_epochs() == [1, 2]
    assert set(run.snapshot(2)) == {"samples", "layers", "norms", "updates", "updates_since"}
    for line in run.history():
        assert set(line["train"]) == {"loss", "adversarial", "critic_real", "critic_drawn"}


def test_a_run_without_an_encoder_is_not_trained_twice(gan_lab: TrainedLab) -> None:
    run = runs.find(gan_lab.runs["gan"])
    before = (run.folder / "metrics.json").stat().st_mtime_ns
    assert train.submit("digits", "gan", run.settings).id == run.id
    assert jobs.status(job_of(run)).state == "done"
    assert (run.folder / "metrics.json").stat().st_mtime_ns == before


def test_a_run_without_an_encoder_goes_on_for_more_epochs(gan_lab: TrainedLab) -> None:
    parent = runs.find(gan_lab.runs["gan"])
    run = train.prolong(parent.id, 1)
    assert queue.wait(job_of(run), lambda now: None).state == "done"
    assert [line["epoch"] for line in run.history()] == [1, 2, 3]
    assert run.history()[:2] == parent.history()
    assert set(run.metrics()) == {"split", "n", "overall", "classes", "generation"}


# A run that restores images, and has no code of them.


def test_a_run_without_a_code_is_whole_and_measured_by_what_it_restores(unet_lab: TrainedLab) -> None:
    run = runs.find(unet_lab.runs["unet_dae"])
    metrics = run.metrics()
    assert (metrics["split"], metrics["n"]) == ("test", 359)
    assert metrics["overall"]["psnr"]["mean"] > 20
    assert "generation" not in metrics
    assert {path.name for path in run.folder.glob("*.onnx")} == {"restorer.onnx"}
    assert all(name.startswith("restorer_") for name in run.weights())
    assert run.snapshot_epochs() == [1, 2]
    assert set(run.snapshot(2)) == {"target", "given", "output", "layers", "norms", "updates", "updates_since"}
    assert len(run.snapshot(2)["output"]) == 8
    assert isinstance(run.findings(), list)
    assert "latent_dim" not in run.settings


def test_a_run_without_a_code_goes_on_for_more_epochs(unet_lab: TrainedLab) -> None:
    parent = runs.find(unet_lab.runs["unet_dae"])
    assert train.submit("digits", "unet_dae", parent.settings).id == parent.id
    run = train.prolong(parent.id, 1)
    assert queue.wait(job_of(run), lambda now: None).state == "done"
    assert [line["epoch"] for line in run.history()] == [1, 2, 3]


def test_a_code_that_an_architecture_cannot_have_is_refused_with_what_it_has(artifacts: Path) -> None:
    with pytest.raises(LabError, match=r"There is no setting called 'latent_dim'; the settings here are .*depth"):
        train.submit("digits", "unet_dae", {"latent_dim": 2})
