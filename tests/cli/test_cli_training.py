"""What `aelab train` starts, waits for and refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from labs import EPOCHS, LATENT_DIM, PATIENCE, TrainedLab, end, settings_of, taken_lane
from shell import MEASURES, Answers, Refusal, aelab, strict_json

from aelab import cli, runs
from aelab.jobs import folder as jobs
from aelab.jobs import queue


@pytest.mark.parametrize("model", LATENT_DIM)
def test_a_training_that_was_done_before_answers_at_once(answer: Answers, lab: TrainedLab, model: str) -> None:
    settings = [part for key, value in settings_of(model).items() for part in ("--set", f"{key}={value}")]
    found = answer("train", "--dataset", "digits", "--model", model, *settings)
    assert set(found) == {"run", "status", "seconds", "cpu_seconds", "metrics"}
    assert (found["run"], found["status"]) == (lab.runs[model], "done")
    assert found["seconds"] > 0
    assert found["cpu_seconds"] > 0
    assert set(found["metrics"]) == MEASURES | {"n", "split"} | ({"generation"} if model == "vae" else set())
    assert len(runs.listed()) == 4


@pytest.mark.usefixtures("no_workers")
def test_options_are_settings_too(answer: Answers, lab: TrainedLab) -> None:
    found = answer(
        *("train", "--dataset", "digits", "--model", "dae", "--epochs", 3, "--limit", 50, "--seed", 7, "--detach"),
        *("--set", "noise=salt_pepper", "--set", "noise_level=0.25", "--set", "learning_rate=1e-3"),
    )
    assert (found["status"], found["metrics"]) == ("queued", None)
    asked = runs.find(found["run"]).settings
    assert {"epochs": 3, "limit": 50, "seed": 7, "noise": "salt_pepper", "noise_level": 0.25}.items() <= asked.items()
    assert asked["learning_rate"] == 0.001
    listed = {row["run"]: row["status"] for row in answer("runs", "list")["runs"]}
    assert listed[found["run"]] == "queued"


@pytest.mark.usefixtures("no_workers")
def test_a_mixture_of_noises_can_be_trained_on(answer: Answers, lab: TrainedLab) -> None:
    wanted = ("--set", "second_noise=salt_pepper", "--set", "second_level=0.1", "--set", "combined=or")
    found = answer("train", "--dataset", "digits", "--model", "dae", "--detach", *wanted)
    assert str(runs.find(found["run"]).corruption) == "gaussian:0.3|salt_pepper:0.1"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--set latent_dim=0", "latent_dim must be between 1 and 4096; it is 0."),
        ("--set latent_dim=1000000000", "latent_dim must be between 1 and 4096; it is 1000000000."),
        (
            "--set latent_dim=1000",
            "The latent dimension (latent_dim) must be at most 784, the values in an image of digits; it is 1000.",
        ),
        ("--set latent_dim=many", "latent_dim must be a whole number between 1 and 4096; it is 'many'."),
        ("--set learning_rate=-0.1", "learning_rate must be between 1e-07 and 100; it is -0.1."),
        ("--set learning_rate=nan", "learning_rate must be a number between 1e-07 and 100; it is 'nan'."),
        ("--set loss=ssim", "loss must be one of mse, bce; it is 'ssim'."),
        ("--set batch_size=2.5", "batch_size must be a whole number between"),
        ("--set beta=2", "There is no setting called 'beta'; the settings here are latent_dim,"),
        ("--epochs 0", "epochs must be between 1 and 5000; it is 0."),
        ("--limit -1", "limit must be between 0"),
        ("--seed x", "seed must be a whole number"),
        ("--model flow", "There is no model called 'flow'; choose one of pca,"),
        ("--dataset cats", "There is no dataset called 'cats'; choose one of digits,"),
        ("--dataset ../digits", "is not a name the lab can use"),
    ],
)
@pytest.mark.usefixtures("no_workers")
def test_a_bad_value_is_one_sentence_and_starts_nothing(
    lab: TrainedLab, refusal: Refusal, arguments: str, sentence: str
) -> None:
    assert sentence in refusal("train", "--dataset", "digits", "--model", "conv_ae", *arguments.split())
    assert {row.id for row in runs.listed()} == set(lab.runs.values())


def test_a_detached_training_goes_on_when_the_shell_is_gone(artifacts: Path, trained_lab: TrainedLab) -> None:
    trained_lab.copied_to(artifacts)
    process = aelab("train", "--dataset", "digits", "--model", "pca", "--set", "latent_dim=2", "--detach", "--json")
    found = strict_json(process.stdout)
    assert found["status"] in {"queued", "running"}
    assert (found["metrics"], process.returncode) == (None, 0)
    job = jobs.find(found["run"])
    assert job is not None
    assert queue.wait(job, lambda now: None).state == "done"
    again = aelab("train", "--dataset", "digits", "--model", "pca", "--set", "latent_dim=2", "--json")
    assert strict_json(again.stdout)["metrics"]["n"] == 359


def test_a_loss_that_is_no_number_any_more_is_one_sentence(artifacts: Path, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (30, 128, 128), dtype=np.uint8)
    np.savez(tmp_path / "noise.npz", images=images, labels=np.zeros(30, int))
    assert aelab("datasets", "import", tmp_path / "noise.npz", "--name", "noise").returncode == 0
    process = aelab(
        *("train", "--dataset", "noise", "--model", "vae", "--epochs", 2, "--json"),
        *("--set", "learning_rate=100", "--set", "beta=100", "--set", "batch_size=21"),
    )
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr.startswith("The loss stopped being a number in epoch ")
    assert process.stderr.count("\n") == 1
    assert "learning_rate 100 is too high" in process.stderr
    assert [row.state for row in runs.listed()] == ["failed"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that only one process hears")
def test_ctrl_c_cancels_the_training(artifacts: Path, trained_lab: TrainedLab) -> None:
    trained_lab.copied_to(artifacts)
    with subprocess.Popen(
        [sys.executable, "-m", "aelab.cli", "train", "--dataset", "digits", "--model", "shallow_ae", "--epochs=5000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while "running" not in {row.state for row in runs.listed()}:
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (130, "", "Cancelled.\n")
    (cancelled,) = (row for row in runs.listed() if row.run is not None and row.run.model == "shallow_ae")
    job = jobs.find(cancelled.id)
    assert job is not None
    assert queue.wait(job, lambda now: None).state == "cancelled"


# From another run.


@pytest.mark.usefixtures("no_workers")
def test_a_run_like_another_differs_in_what_is_set_alone(answer: Answers, lab: TrainedLab) -> None:
    found = answer("train", "--like", lab.runs["vae"], "--set", "beta=4", "--detach")["run"]
    old, new = runs.find(lab.runs["vae"]), runs.find(found)
    assert (new.model, new.dataset) == (old.model, old.dataset)
    assert {**old.settings, "beta": 4.0} == new.settings


@pytest.mark.usefixtures("no_workers")
def test_a_run_like_one_that_is_told_classes_is_told_those_of_its_own_images(
    answer: Answers, cvae_lab: TrainedLab, refusal: Refusal
) -> None:
    like = ("train", "--like", cvae_lab.runs["cvae"], "--detach")
    assert runs.find(answer(*like, "--seed", 1)["run"]).settings["classes"] == 10
    assert runs.find(answer(*like, "--dataset", "shapes")["run"]).settings["classes"] == 3
    assert refusal(*like, "--set", "classes=4").startswith("classes must be 10, as many as digits has; it is 4.")


@pytest.mark.usefixtures("no_workers")
def test_a_finished_run_can_be_continued(answer: Answers, lab: TrainedLab) -> None:
    found = answer("train", "--continue", lab.runs["vae"], "--epochs", 3, "--detach")
    assert found["status"] == "queued"
    run = runs.find(found["run"])
    assert run.parent == runs.Parent(lab.runs["vae"], 2)
    assert run.settings["epochs"] == 5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--dataset", "digits"], "A training needs --dataset and --model, or --like and a run"),
        (["--continue", "RUN"], "--continue takes --epochs, how many more, and no other setting."),
        (["--continue", "RUN", "--epochs", "2", "--seed", "1"], "--continue takes --epochs"),
        (["--continue", "RUN", "--epochs", "0"], "epochs must be between 1 and 5000; it is 0."),
        (["--continue", "nobody", "--epochs", "1"], "There is no run called 'nobody'"),
        (["--like", "nobody"], "There is no run called 'nobody'"),
    ],
)
def test_what_cannot_be_asked_of_another_run_is_a_sentence(
    lab: TrainedLab, refusal: Refusal, arguments: list[str], sentence: str
) -> None:
    assert sentence in refusal("train", *(lab.runs["vae"] if word == "RUN" else word for word in arguments))


@pytest.mark.usefixtures("no_workers")
def test_what_a_run_had_learned_before_it_is_begun_afresh_comes_back(
    lab: TrainedLab, answer: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = lab.runs["vae"]
    end(run_id, "cancelled")
    assert cli.main(["train", "--like", run_id, "--afresh", "--detach"]) == 0
    assert f"`aelab runs restore {run_id}` brings back what it had learned before" in capsys.readouterr().out
    assert runs.find(run_id).history() == []
    end(run_id, "cancelled")
    assert answer("runs", "restore", run_id) == {"restored": run_id}
    assert len(runs.find(run_id).history()) == EPOCHS


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that only one process hears")
def test_ctrl_c_leaves_to_others_what_they_have_asked_for_as_well(
    lab: TrainedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    shown, terminal = os.openpty()
    with (
        taken_lane("train"),
        subprocess.Popen(
            [sys.executable, "-m", "aelab.cli", "train", "--dataset", "digits", "--model", "shallow_ae"],
            stdout=subprocess.DEVNULL,
            stderr=terminal,
        ) as process,
    ):
        os.close(terminal)
        assert b"0%" in os.read(shown, 1000)  # it waits, and hears
        job = queue.standings()[1].job
        queue.join(job.id, "ann")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 130
        os.close(shown)
        (standing,) = queue.standings()[1:]
        assert (standing.job.owners, standing.status.state) == (("ann",), "queued")
