"""Run folders: what a training leaves behind, found again, listed whatever state it is in."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from labs import EPOCHS, LATENT_DIM, TRAIN_IMAGES, TrainedLab, settings_of

from aelab import runs
from aelab.datasets import store
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs.folder import Job
from aelab.runs import Run, RunWriter
from aelab.training.config import plan

MODELS = sorted(LATENT_DIM)


def new(model: str = "conv_ae", dataset: str = "digits", checksum: str = "abc", **settings: object) -> Run:
    run = runs.new_run(dataset, checksum, plan(model, settings))
    runs.create(run)
    return run


def job_of(run: Run, state: str) -> Job:
    job = Job(run.id, "train", {"run": run.id}, created=1.0)
    jobs.create(job)
    jobs.write_status(job, {"state": state})
    return job


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_run_is_read_back_as_it_was_asked_for(artifacts: Path) -> None:
    run = new("vae", latent_dim=2, beta=0.5, epochs=3)
    found = runs.find(run.id)
    assert found == run
    assert found.plan == plan("vae", {"latent_dim": 2, "beta": 0.5, "epochs": 3})


def test_the_same_question_has_the_same_id_and_another_another(artifacts: Path) -> None:
    def id_of(model: str = "conv_ae", dataset: str = "digits", checksum: str = "abc", **settings: object) -> str:
        return runs.new_run(dataset, checksum, plan(model, settings)).id

    assert id_of(epochs="10", latent_dim=32.0) == id_of()  # the defaults, written differently
    others = {
        id_of(),
        id_of("deep_ae"),
        id_of(dataset="mnist"),
        id_of(checksum="other"),
        id_of(seed=1),
        id_of(epochs=11),
        id_of(learning_rate=0.001),
    }
    assert len(others) == 7
    assert id_of().startswith("conv_ae-digits-")
    assert len(id_of(dataset="d" * 80)) <= 80


#: Valid JSON with a creation time that is no text.
WRONG = b'{"dataset": "digits", "dataset_checksum": "", "model": "vae", "settings": {}, "created": 5}'


def test_a_run_that_does_not_exist_is_a_sentence(artifacts: Path) -> None:
    for ask in (runs.find, runs.delete):
        with pytest.raises(LabError, match="There is no run called 'conv_ae-digits-0'"):
            ask("conv_ae-digits-0")


@pytest.mark.parametrize("name", ["../datasets", "a/b", "a\\b", "..", "", "nul\0", "UPPER"])
def test_an_id_that_could_be_a_path_is_refused(artifacts: Path, name: str) -> None:
    for ask in (runs.find, runs.delete):
        with pytest.raises(LabError, match="is not a name the lab can use"):
            ask(name)


def test_a_lab_without_runs_lists_none(artifacts: Path) -> None:
    assert runs.listed() == []
    assert runs.done() == []


@pytest.mark.parametrize(
    "damage", [None, b"", b'{"format": 1, "dataset": "dig', b"[]", b"{}", b"\xff\xfe", b"\0" * 50, WRONG]
)
def test_a_damaged_run_is_listed_as_damaged_and_the_others_still(lab: TrainedLab, damage: bytes | None) -> None:
    broken = lab.runs["vae"]
    path = runs.root() / broken / "config.json"
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    rows = {row.id: row for row in runs.listed()}
    assert set(rows) == set(lab.runs.values())
    assert rows[broken].state == "damaged"
    assert rows[broken].run is None
    assert "config.json" in str(rows[broken].reason)
    assert {row.state for row in rows.values() if row.id != broken} == {"done"}
    assert broken not in [run.id for run in runs.done()]
    with pytest.raises(LabError, match=r"config\.json"):
        runs.find(broken)
    runs.delete(broken)
    assert broken not in [row.id for row in runs.listed()]
    assert jobs.find(broken) is None


def test_runs_are_listed_newest_first(artifacts: Path) -> None:
    made = []
    for number, created in enumerate(
        ["2024-05-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00", "2025-01-01T00:00:00+00:00"]
    ):
        run = Run(f"run-{number}", "digits", "abc", "pca", {}, created)
        runs.create(run)
        made.append(run.id)
    assert [row.id for row in runs.listed()] == [made[1], made[2], made[0]]


@pytest.mark.parametrize("state", ["queued", "done", "failed", "cancelled", "interrupted"])
def test_a_run_stands_as_its_job_says(artifacts: Path, state: str) -> None:
    run = new()
    job_of(run, state)
    if state == "done":
        RunWriter(run).metrics({"n": 1, "split": "test", "overall": {}})
    assert [row.state for row in runs.listed()] == [state]
    assert len(runs.done()) == (state == "done")


@pytest.mark.parametrize("content", [None, "", '{"n": '])
def test_a_finished_run_without_readable_results_is_listed_as_damaged(artifacts: Path, content: str | None) -> None:
    run = new()
    job_of(run, "done")
    if content is not None:
        (run.folder / "metrics.json").write_text(content, encoding="utf-8")
    assert [(row.id, row.state, row.run) for row in runs.listed()] == [(run.id, "damaged", None)]
    assert runs.done() == []


def test_a_dataset_that_another_has_replaced_is_not_taken_for_the_one_trained_on(artifacts: Path) -> None:
    data = store.open_dataset("digits")
    assert new(checksum=data.checksum).images() == data
    with pytest.raises(LabError, match="Dataset digits has changed since this run was asked for"):
        new(checksum="of others").images()


def test_without_a_job_a_run_stands_as_its_files_say(artifacts: Path) -> None:
    run = new()
    assert runs.status(run).state == "interrupted"
    RunWriter(run).metrics({"n": 1, "split": "test", "overall": {}})
    assert runs.status(run).state == "done"
    assert runs.done() == [run]


def test_a_run_that_is_still_open_is_not_deleted(artifacts: Path) -> None:
    run = new()
    job_of(run, "queued")
    with pytest.raises(LabError, match=f"Run {run.id} is still queued: cancel it first"):
        runs.delete(run.id)
    assert runs.find(run.id) == run


def test_a_deleted_run_leaves_nothing(lab: TrainedLab) -> None:
    for run_id in lab.runs.values():
        runs.delete(run_id)
    assert runs.listed() == []
    assert set(names(runs.root())) <= {".lock"}
    assert jobs.all_jobs() == []


def test_what_a_run_of_the_same_id_left_behind_is_gone_when_it_is_created_anew(artifacts: Path) -> None:
    run = new()
    RunWriter(run).epoch({"epoch": 1})
    RunWriter(run).networks({"encoder": b"old", "decoder": b"old"}, b"old")
    runs.create(run)
    assert run.history() == []
    assert names(run.folder) == ["checkpoints", "config.json", "snapshots"]


def test_what_a_run_has_not_got_yet_is_a_sentence(artifacts: Path) -> None:
    run = new()
    job_of(run, "failed")
    with pytest.raises(LabError, match=f"Run {run.id} has no results yet, or has lost them"):
        run.metrics()
    with pytest.raises(LabError, match=f"Run {run.id} has no encoder yet, or has lost it. Choose another run"):
        run.network("encoder")
    assert run.history() == []
    assert run.snapshot_epochs() == []


@pytest.mark.parametrize("model", MODELS)
def test_a_trained_run_has_everything_that_is_promised(
    trained_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_lab.folder))
    run = runs.find(trained_lab.runs[model])
    promised = {
        "config.json", "environment.json", "history.jsonl", "checkpoints", "snapshots", "model.weights.npz",
        "encoder.onnx", "decoder.onnx", "diagnosis.json", "metrics.json", "owners.json",
    }  # fmt: skip
    assert set(names(run.folder)) == promised
    assert runs.status(run).state == "done"
    assert runs.status(run).progress == 1.0
    assert run.plan == plan(model, settings_of(model))
    epochs = 1 if model == "pca" else EPOCHS
    assert [line["epoch"] for line in run.history()] == list(range(1, epochs + 1))
    assert run.snapshot_epochs() == list(range(1, epochs + 1))


@pytest.mark.parametrize("model", MODELS)
def test_the_logged_parts_add_up_to_the_logged_loss(
    trained_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_lab.folder))
    run = runs.find(trained_lab.runs[model])
    for line in run.history():
        for part in ("train", "validation"):
            values = dict(line[part])
            total = values.pop("loss")
            assert set(values) == set(run.plan.model.parts)
            assert sum(values.values()) == pytest.approx(total, rel=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_a_snapshot_shows_eight_images_and_the_codes_of_the_probe(
    trained_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_lab.folder))
    run = runs.find(trained_lab.runs[model])
    snapshot = run.snapshot(run.snapshot_epochs()[-1])
    for name in ("target", "given", "output"):
        assert snapshot[name].shape == (8, 28, 28, 1)
        assert snapshot[name].dtype == np.uint8
    assert snapshot["codes"].shape[1] == LATENT_DIM[model]
    assert snapshot["codes"].dtype == np.float16
    assert len(snapshot["codes"]) < TRAIN_IMAGES


@pytest.mark.parametrize("damage", [None, b"", b"PK\x03\x04 and no more", b"text"])
def test_a_damaged_snapshot_is_a_sentence(lab: TrainedLab, damage: bytes | None) -> None:
    run = runs.find(lab.runs["pca"])
    path = run.folder / "snapshots" / "epoch-00001.npz"
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    with pytest.raises(LabError, match=rf"epoch-00001\.npz in {run.id} is damaged"):
        run.snapshot(1)


def test_a_history_that_ends_in_half_a_line_shows_the_epochs_before(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["conv_ae"])
    path = run.folder / "history.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert [line["epoch"] for line in run.history()] == list(range(1, EPOCHS))


@pytest.mark.parametrize("line", [b"5\n", b'{"epoch": 1}\n', b'{"train": {"loss": 1}, "validation": 2}\n'])
def test_a_history_with_a_damaged_line_shows_the_epochs_before(lab: TrainedLab, line: bytes) -> None:
    run = runs.find(lab.runs["conv_ae"])
    with open(run.folder / "history.jsonl", "ab") as file:
        file.write(line)
    assert [each["epoch"] for each in run.history()] == list(range(1, EPOCHS + 1))


@pytest.mark.parametrize(
    "content", [b'{"split": "te', b"{}", b"null", b'{"n": 3, "split": "test", "overall": {"mse": 1}}']
)
def test_results_that_are_damaged_are_named(lab: TrainedLab, content: bytes) -> None:
    run = runs.find(lab.runs["pca"])
    (run.folder / "metrics.json").write_bytes(content)
    assert {row.id: row.state for row in runs.listed()}[run.id] == "damaged"
    with pytest.raises(LabError, match=r"metrics\.json in .* is damaged"):
        run.metrics()


def test_a_run_whose_job_is_about_to_be_queued_is_not_taken_for_an_interrupted_one(lab: TrainedLab) -> None:
    new = runs.new_run("digits", "a checksum", runs.find(lab.runs["pca"]).plan)
    seen: list[str] = []
    with runs.lock():
        runs.create(new)
        reader = threading.Thread(target=lambda: seen.append(runs.status(new).state))
        reader.start()
        jobs.create(Job(new.id, "train", {"run": new.id}, created=1.0))
    reader.join()
    assert seen == ["queued"]
