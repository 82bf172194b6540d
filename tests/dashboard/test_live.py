"""Train: a run as it goes, and what can be done about one that did not end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from labs import LATENT_DIM, TrainedLab, end, until
from seen import buttons, errors, figures, in_address, picture_of, press, progress, title, words

from aelab import runs
from aelab.datasets import store
from aelab.datasets.shapes import ShapesConfig
from aelab.errors import LabError
from aelab.jobs import folder
from aelab.runs import RunWriter
from aelab.tasks import train


@pytest.mark.parametrize("model", LATENT_DIM)
def test_a_finished_run_shows_its_curves_and_reconstructions(lab: TrainedLab, visit, model: str) -> None:
    run = runs.find(lab.runs[model])
    page = visit("train", follow=run.id)
    said = words(page)
    assert "Done in " in said
    assert "Cancel" not in buttons(page)
    ways = {link.label for link in page.page_link}
    assert ways >= {"Denoise", "Latent", "Compare", "Reports"}
    assert ("Time machine" in ways) == (len(run.snapshot_epochs()) > 1)
    history = run.history()
    last = history[-1]
    assert f"After epoch {last['epoch']} of " in said.replace("**", "")
    assert f"loss {last['train']['loss']:.5g} on training, {last['validation']['loss']:.5g}" in said.replace("**", "")
    assert ("what the network is given" in page.image[0].captions[0]) == (model == "dae")
    charts = figures(page)
    if model == "pca":
        assert charts == []
        assert "This model has a closed form: one step, no curve." in said
        return
    names = {"vae": ["Loss (sum of the parts)", "Reconstruction", "β · KL divergence"]}.get(model, ["Reconstruction"])
    assert [title(chart) for chart in charts] == names
    parts = ["loss", "reconstruction", "beta_kl"] if model == "vae" else ["reconstruction"]
    for chart, part in zip(charts, parts, strict=True):
        training, validation = chart["data"]
        assert training["x"] == validation["x"] == [1, 2]
        assert training["y"] == pytest.approx([line["train"][part] for line in history])
        assert validation["y"] == pytest.approx([line["validation"][part] for line in history])


def test_the_reconstructions_are_those_that_were_kept(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["dae"])
    first, second = (run.snapshot(epoch) for epoch in (1, 2))
    expected = np.concatenate([second["target"], second["given"], first["output"], second["output"]])
    page = visit("train", follow=run.id)
    assert page.image[0].value == [picture_of(expected, len(first["target"]))]


def test_a_failed_run_says_why_and_can_be_started_again(lab: TrainedLab, visit, nobody) -> None:
    error = LabError("The loss stopped being a number in epoch {epoch}: try {proposal}.", epoch=3, proposal="0.002")
    run_id = lab.runs["conv_ae"]
    end(run_id, "failed", error=error.to_json())
    page = visit("train", follow=run_id)
    assert errors(page) == ["The loss stopped being a number in epoch 3: try 0.002."]
    assert len(figures(page)) == 1  # as far as it went
    press(page, "Resume after epoch 2")
    assert nobody.asked == [run_id]
    assert runs.status(runs.find(run_id)).state == "queued"
    assert not errors(page)


def test_a_run_that_is_started_again_on_other_images_is_the_one_that_is_shown(untrained: Path, visit, nobody) -> None:
    store.import_dataset("mine", "shapes", ShapesConfig(count=60, size=12))
    old = train.submit("mine", "pca", {"latent_dim": 4})
    end(old.id, "failed", error=LabError("Dataset {dataset} has changed.", dataset="mine").to_json())
    store.delete("mine")
    store.import_dataset("mine", "shapes", ShapesConfig(count=60, size=12, seed=1))
    page = press(visit("train", follow=old.id), "Start it again")
    (new,) = set(nobody.asked) - {old.id}
    assert in_address(page, "follow") == new
    (shown,) = (box for box in page.selectbox if box.label == "Training shown here")
    assert shown.value == new
    assert not errors(page)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("cancelled", "This was cancelled."),
        ("running", "The worker ended without a word, perhaps because the computer was switched off."),
    ],
)
def test_a_run_that_did_not_end_says_so_and_can_be_started_again(
    lab: TrainedLab, visit, nobody, state: str, sentence: str
) -> None:
    end(lab.runs["vae"], state, progress=0.4, started=1.0)
    page = visit("train", follow=lab.runs["vae"])
    assert f"{sentence} Nothing that it has learned is lost: it can be resumed after epoch 2." in words(page)
    assert "Start it again" not in words(page)
    assert "Cancel" not in buttons(page)
    press(page, "Resume after epoch 2")
    assert nobody.asked == [lab.runs["vae"]]
    assert runs.find(lab.runs["vae"]).learned_epochs() == 2


def test_a_run_that_did_not_end_can_be_finished_with_what_it_has_learned_or_begun_from_scratch(
    lab: TrainedLab, visit, nobody
) -> None:
    run = runs.find(lab.runs["vae"])
    end(run.id, "cancelled", progress=0.4, started=1.0)
    press(visit("train", follow=run.id), "Use what it has learned")
    job = folder.find(run.id)
    assert job is not None
    assert job.params == {"run": run.id, "finish": True}
    end(run.id, "cancelled")
    press(visit("train", follow=run.id), "Train anew")
    assert run.learned_epochs() is None
    assert run.history() == []


def test_what_a_run_had_learned_before_it_was_begun_from_scratch_comes_back(lab: TrainedLab, visit, nobody) -> None:
    run = runs.find(lab.runs["vae"])
    end(run.id, "cancelled")
    page = visit("train", follow=run.id)
    assert "Bring it back" not in buttons(page)
    page = press(page, "Train anew")
    assert "Bring it back" not in buttons(page)  # it waits
    end(run.id, "cancelled")
    page = press(visit("train", follow=run.id), "Bring it back")
    assert len(run.history()) == 2
    assert not errors(page)
    assert "Resume after epoch 2" in buttons(page)
    assert "Bring it back" not in buttons(page)  # the other had learned nothing


def test_what_can_be_brought_back_is_told_by_its_epochs_also_after_it_was_exchanged(
    lab: TrainedLab, visit, nobody
) -> None:
    run = runs.find(lab.runs["vae"])
    end(run.id, "cancelled")
    line = run.history()[0]
    press(visit("train", follow=run.id), "Train anew")
    RunWriter(run).epoch(line)
    end(run.id, "cancelled")
    page = visit("train", follow=run.id)
    assert "Another version of this run, of 2 epochs, is in the trash." in words(page)
    assert "Another version of this run, of 1 epochs, is in the trash." in words(press(page, "Bring it back"))


@pytest.mark.parametrize("how", ["resumed", "finished early", "continued"])
def test_a_training_in_several_goes_says_how_long_it_took_in_all(lab: TrainedLab, visit, how: str) -> None:
    run = runs.find(lab.runs["vae"])
    lines = run.history()
    lines[-1]["seconds"] = 600.0
    (run.folder / "history.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    config = json.loads((run.folder / "config.json").read_text(encoding="utf-8"))
    if how == "resumed":
        RunWriter(run).event({"event": "resumed", "epoch": 1, "step": 4})
    elif how == "finished early":
        RunWriter(run).metrics(run.metrics() | {"stopped": {"epoch": 2, "step": 0}})
    else:
        config["parent"] = {"run": lab.runs["dae"], "epochs": 1}
        (run.folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert "Done. It trained for 10 min in all." in words(visit("train", follow=run.id))


def test_a_run_that_goes_on_shows_at_once_how_far_it_had_come(lab: TrainedLab, visit, nobody) -> None:
    end(lab.runs["vae"], "cancelled", progress=0.2)
    page = press(visit("train", follow=lab.runs["vae"]), "Resume after epoch 2")
    assert [bar.value for bar in page.progress] == [95]


def test_a_run_that_has_kept_nothing_can_only_be_started_again(lab: TrainedLab, visit, nobody) -> None:
    run = runs.find(lab.runs["vae"])
    shutil.rmtree(run.folder / "checkpoints")
    end(run.id, "cancelled")
    page = visit("train", follow=run.id)
    assert {"Resume after epoch 2", "Use what it has learned"} & set(buttons(page)) == set()
    press(page, "Train anew")
    assert nobody.asked == [run.id]


def test_a_finished_run_is_continued_by_a_new_one_which_is_shown_then(lab: TrainedLab, visit, nobody) -> None:
    page = visit("train", follow=lab.runs["conv_ae"])
    page.number_input(key=f"more.{lab.runs['conv_ae']}").set_value(3)
    press(page, "Continue")
    (child,) = nobody.asked
    assert runs.find(child).settings["epochs"] == 5
    assert in_address(page, "follow") == child
    assert f"Continues {lab.runs['conv_ae']} after its 2 epochs." in words(page).replace("\\", "")
    assert not errors(page)


def test_a_closed_form_is_not_continued(lab: TrainedLab, visit) -> None:
    page = visit("train", follow=lab.runs["pca"])
    assert "Continue" not in buttons(page)


def test_the_settings_of_a_run_come_into_the_form_to_change_one(lab: TrainedLab, visit) -> None:
    page = press(visit("train", follow=lab.runs["dae"]), "Change a setting…")
    settings = runs.find(lab.runs["dae"]).settings
    assert next(box for box in page.selectbox if box.label == "Model").value == "dae"
    for name in ("epochs", "limit", "batch_size"):
        assert next(box.value for box in page.number_input if f"(`{name}`)" in box.help) == settings[name]
    assert not errors(page)


def test_what_happened_to_a_training_is_told(lab: TrainedLab, visit) -> None:
    writer = RunWriter(runs.find(lab.runs["vae"]))
    writer.event({"event": "resumed", "epoch": 1, "step": 4})
    writer.event({"event": "fell_back", "damaged": "epoch-000002.npz", "epoch": 1, "step": 0})
    said = words(visit("train", follow=lab.runs["vae"]))
    assert "Resumed after epoch 1." in said
    writer.event({"event": "resumed", "epoch": 1, "step": 6})
    said = words(visit("train", follow=lab.runs["vae"]))
    assert "Resumed after epoch 1." in said
    assert "Resumed so often in all: 2" in said
    assert "was damaged; the training went on from the one before it, after epoch 1." in said


def test_a_run_that_waits_can_be_cancelled(lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    first, second = (train.submit("digits", "deep_ae", {"epochs": epochs}) for epochs in (2, 3))
    page = visit("train", follow=second.id)
    words(page)
    assert progress(page)[0].startswith("Training · waiting, 1 before it")
    press(page, "Cancel")
    assert runs.status(second).state == "cancelled"
    assert "This was cancelled" in words(page)
    page = visit("train", follow=first.id)
    assert progress(page) == ["Training · starting a worker…"]


def test_a_run_at_work_shows_how_far_it_is(lab: TrainedLab, visit) -> None:
    run_id = lab.runs["conv_ae"]
    job = folder.find(run_id)
    assert job is not None
    with folder.lock(job):
        folder.write_status(job, {"state": "running", "progress": 0.6, "started": 1.0})
        page = visit("train", follow=run_id)
        words(page)
        assert [bar.value for bar in page.progress] == [60]
        assert len(figures(page)) == 1
        press(page, "Cancel")
        assert folder.should_stop(job)


def test_a_training_goes_from_the_form_to_the_end_in_a_real_worker(lab: TrainedLab, visit, workers) -> None:
    page = visit("train", model="pca")
    page.number_input(key="train.pca.latent_dim").set_value(3).run()
    press(page, "Train")
    (run,) = (row.run for row in runs.listed() if row.run and row.id not in lab.runs.values())
    until(lambda: runs.status(run).state == "done")
    assert "Done in " in words(page.run())
    assert runs.find(run.id).metrics()["n"] == 359


def test_an_address_of_a_run_that_is_gone_shows_another(lab: TrainedLab, visit) -> None:
    page = visit("train", follow="pca-digits-00000000")
    assert "Done in " in words(page)


@pytest.mark.parametrize("damage", ["history", "snapshot", "settings", "model"])
def test_a_run_whose_files_are_damaged_leaves_the_form_usable(lab: TrainedLab, visit, damage: str) -> None:
    run = runs.find(lab.runs["conv_ae"])
    if damage == "history":
        (run.folder / "history.jsonl").write_bytes(b'{"epoch": 1, "tra')
    elif damage == "snapshot":
        (run.folder / "snapshots" / "epoch-00002.npz").write_bytes(b"PK\3\4 cut off")
    else:
        config = json.loads((run.folder / "config.json").read_text(encoding="utf-8"))
        config |= {"settings": {}} if damage == "settings" else {"model": "of-a-later-version"}
        (run.folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    page = visit("train", follow=run.id)
    assert not page.exception
    assert "Train" in buttons(page)
    if damage == "history":
        assert not page.error
    if damage == "snapshot":
        assert errors(page)[0].startswith(f"epoch-00002.npz in {run.id} is damaged")


def test_a_lab_without_runs_says_where_the_curves_will_be(untrained: Path, visit) -> None:
    page = visit("train")
    assert "press Train; the curves grow here" in words(page)
    assert "Train" in buttons(page)
