"""What `aelab runs` tells of runs, whatever state they are in."""

from __future__ import annotations

from pathlib import Path

import pytest
from labs import TrainedLab, settings_of, taken_lane
from shell import MEASURES, Answers, Refusal

from aelab import runs
from aelab.jobs import folder, queue
from aelab.jobs.folder import Job


def test_runs_are_listed_newest_first_the_damaged_one_too(answer: Answers, lab: TrainedLab) -> None:
    path = lab.folder / "runs" / lab.runs["dae"] / "config.json"
    path.write_bytes(path.read_bytes()[:40])
    listed = answer("runs", "list")["runs"]
    facts = {"run", "status", "model", "dataset", "reason"}
    written = {"title", "notes", "tags", "archived", "imported"}
    assert all(set(row) == facts | written for row in listed)
    found = {row["run"]: row for row in listed}
    dated = sorted((runs.find(row["run"]).created, row["run"]) for row in listed if row["status"] == "done")
    assert [row["run"] for row in listed] == [run_id for _, run_id in reversed(dated)] + [lab.runs["dae"]]
    assert set(found) == set(lab.runs.values())
    for model in ("pca", "conv_ae", "vae"):
        expected = {"status": "done", "model": model, "dataset": "digits", "reason": None}
        row = found[lab.runs[model]]
        assert {name: row[name] for name in facts} == {"run": lab.runs[model], **expected}
    damaged = found[lab.runs["dae"]]
    assert (damaged["status"], damaged["model"], damaged["dataset"]) == ("damaged", None, None)
    assert "config.json" in damaged["reason"]


def test_a_lab_without_runs_has_an_empty_list(answer: Answers, artifacts: Path) -> None:
    assert answer("runs", "list") == {"runs": []}


def test_a_run_is_shown_with_its_settings_history_and_measures(answer: Answers, lab: TrainedLab) -> None:
    found = answer("runs", "show", lab.runs["vae"])
    assert {"run", "status", "model", "dataset", "settings", "history", "metrics"} <= set(found)
    assert (found["run"], found["status"], found["error"]) == (lab.runs["vae"], "done", None)
    assert settings_of("vae").items() <= found["settings"].items()
    assert [line["epoch"] for line in found["history"]] == [1, 2]
    assert set(found["history"][0]["train"]) == {"loss", "reconstruction", "beta_kl"}
    assert set(found["metrics"]) == MEASURES | {"n", "split", "generation"}


def test_a_deleted_run_is_gone_and_the_others_stay(answer: Answers, lab: TrainedLab) -> None:
    assert answer("runs", "delete", lab.runs["pca"]) == {"deleted": lab.runs["pca"]}
    left = {row["run"] for row in answer("runs", "list")["runs"]}
    assert left == set(lab.runs.values()) - {lab.runs["pca"]}
    assert not (lab.folder / "runs" / lab.runs["pca"]).exists()
    assert not (lab.folder / "jobs" / lab.runs["pca"]).exists()


@pytest.mark.usefixtures("no_workers")
def test_a_run_that_still_waits_is_not_deleted(answer: Answers, refusal: Refusal, lab: TrainedLab) -> None:
    run = answer("train", "--dataset", "digits", "--model", "deep_ae", "--detach")["run"]
    assert refusal("runs", "delete", run) == f"Run {run} is still queued: cancel it first."


@pytest.mark.parametrize(
    "arguments",
    [
        ("runs", "show"),
        ("runs", "delete"),
        ("evaluate",),
        ("denoise", "--noise", "gaussian", "--level", "0.2"),
        ("latent", "--method", "pca", "--out", "map.csv"),
        ("report",),
    ],
    ids=" ".join,
)
def test_an_unknown_run_is_named(refusal: Refusal, lab: TrainedLab, arguments: tuple[str, ...]) -> None:
    assert refusal(*arguments, "pca-digits-0000").startswith("There is no run called 'pca-digits-0000';")
    assert "is not a name the lab can use" in refusal(*arguments, "../runs")


@pytest.mark.usefixtures("no_workers")
def test_a_run_that_is_not_done_yet_cannot_be_measured(answer: Answers, refusal: Refusal, lab: TrainedLab) -> None:
    run = answer("train", "--dataset", "digits", "--model", "deep_ae", "--detach")["run"]
    assert refusal("evaluate", run) == (
        f"Run {run} has no encoder yet, or has lost it. Choose another run, or train it again."
    )
    assert refusal("report", run) == f"Run {run} has no results yet, or has lost them. Train it again."


@pytest.mark.usefixtures("no_workers")
def test_a_run_that_waits_is_cancelled_from_the_shell(answer: Answers, refusal: Refusal, lab: TrainedLab) -> None:
    with taken_lane("train"):
        run = answer("train", "--dataset", "digits", "--model", "deep_ae", "--detach")["run"]
        assert answer("runs", "cancel", run) == {"cancelled": run}
        assert answer("runs", "show", run)["status"] == "cancelled"
    assert "There is no run called" in refusal("runs", "cancel", "nobody")


def test_who_waits_for_a_job_hears_that_somebody_else_cancelled_it(refusal: Refusal, lab: TrainedLab) -> None:
    class Cancelling:
        """An executor whose jobs are cancelled before they begin."""

        def start(self, job: Job) -> None:
            folder.write_status(job, {"state": "cancelled"})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, "_executor", Cancelling())
        said = refusal("train", "--dataset", "digits", "--model", "deep_ae")
    assert said.endswith(" was cancelled; run the command again to start it again.")
