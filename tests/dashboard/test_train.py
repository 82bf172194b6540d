"""Train: from a form to a run, and the run as it goes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from labs import LATENT_DIM, TrainedLab, until
from seen import buttons, errors, figures, metrics, picture_of, press, progress, title, words
from streamlit.testing.v1 import AppTest

from aelab import runs
from aelab.errors import LabError
from aelab.jobs import folder
from aelab.models import models
from aelab.models.tracing import summarize
from aelab.runs import Run, RunWriter
from aelab.tasks import train
from aelab.training.config import TrainingConfig

each_model = pytest.mark.parametrize("model", models.names())


def choose(page: AppTest, model: str) -> AppTest:
    return page.selectbox(key="train.model").select(model).run()


def controls(page: AppTest) -> dict[str, object]:
    """Return the value of each control of the form by its field."""
    made = [*page.number_input, *page.selectbox]
    return {each.key.split(".")[-1]: each.value for each in made if each.key and each.key.startswith("train.")}


def end(run: Run | str, state: str, **more: object) -> None:
    """Let a run's job have ended in a state."""
    job = folder.find(run if isinstance(run, str) else run.id)
    assert job is not None
    folder.write_status(job, {"state": state, **more})


@each_model
def test_the_form_has_every_setting_of_the_architecture_at_its_default(lab: TrainedLab, visit, model: str) -> None:
    page = choose(visit("train"), model)
    words(page)
    expected = models[model].config().to_json()
    shown = controls(page)
    assert shown.items() >= expected.items()
    common = set(TrainingConfig.names())
    if models[model].fit is not None:
        common -= {"epochs", "batch_size", "learning_rate"}  # a closed form takes no steps
    assert set(shown) == {"model"} | set(expected) | common


@each_model
def test_the_parameter_count_is_that_of_the_traced_layers(lab: TrainedLab, visit, model: str) -> None:
    page = choose(visit("train"), model)
    page.number_input(key=f"train.{model}.latent_dim").set_value(11).run()
    config = models[model].config.parse({"latent_dim": 11})
    expected = summarize(models[model], config, (28, 28, 1)).parameters
    assert metrics(page)["Parameters"].replace(" ", "") == str(expected)
    assert metrics(page)["Estimated time"]
    words(page)


@each_model
def test_train_starts_what_the_form_says(lab: TrainedLab, visit, nobody, model: str) -> None:
    page = choose(visit("train"), model)
    page.number_input(key=f"train.{model}.latent_dim").set_value(7)
    page.number_input(key="train.digits.seed").set_value(5)
    page.number_input(key="train.digits.limit").set_value(120)
    page.run()
    form = controls(page)
    press(page, "Train")
    (run,) = (row.run for row in runs.listed() if row.run and row.id not in lab.runs.values())
    assert (run.model, run.dataset) == (model, "digits")
    del form["model"]
    assert run.settings.items() >= form.items()
    assert (run.settings["latent_dim"], run.settings["seed"], run.settings["limit"]) == (7, 5, 120)
    assert nobody.asked == [run.id]
    assert page.query_params["follow"] in (run.id, [run.id])
    words(page)


def test_train_pressed_twice_is_one_run(lab: TrainedLab, visit, nobody) -> None:
    page = visit("train")
    press(page, "Train")
    press(page, "Train")
    press(visit("train"), "Train")  # somebody else, with the same form
    assert len(runs.listed()) == 5
    assert len(nobody.asked) == 1


def test_what_was_trained_before_is_not_trained_again(lab: TrainedLab, visit, nobody) -> None:
    page = press(visit("train"), "Train")
    (run_id,) = nobody.asked
    RunWriter(runs.find(run_id)).metrics({"n": 359})
    end(run_id, "done")
    press(page, "Train")
    assert nobody.asked == [run_id]
    assert "Done." in words(page)


@pytest.mark.parametrize(
    ("model", "field", "value", "sentence"),
    [
        (
            "conv_ae",
            "latent_dim",
            1000,
            "latent_dim must be at most 784, the values in an image of digits; it is 1000.",
        ),
        (
            "pca",
            "latent_dim",
            200,
            "latent_dim must be at most 100, the number of training images, for pca; it is 200.",
        ),
    ],
)
def test_what_cannot_work_is_said_and_cannot_be_started(
    lab: TrainedLab, visit, model: str, field: str, value: int, sentence: str
) -> None:
    page = choose(visit("train"), model)
    page.number_input(key="train.digits.limit").set_value(100)
    page.number_input(key=f"train.{model}.{field}").set_value(value).run()
    assert errors(page)[0].startswith(sentence)
    assert "Train" not in buttons(page)
    assert "Parameters" not in metrics(page)
    page.number_input(key=f"train.{model}.{field}").set_value(10).run()
    assert not page.error
    assert "Train" in buttons(page)


@each_model
def test_every_number_is_bounded_as_its_config_says(lab: TrainedLab, visit, model: str) -> None:
    page = choose(visit("train"), model)
    config = models[model].config
    for name in config.names():
        if config.choices(name) is None:
            control = page.number_input(key=f"train.{model}.{name}")
            assert (control.min, control.max) == (config.knob(name).low, config.knob(name).high)


def test_what_was_typed_is_still_there_after_another_page(lab: TrainedLab, visit) -> None:
    page = choose(visit("train"), "vae")
    page.number_input(key="train.vae.beta").set_value(4.0).run()
    page.switch_page("views/home.py").run()
    page.switch_page("views/train.py").run()
    assert page.selectbox(key="train.model").value == "vae"
    assert page.number_input(key="train.vae.beta").value == 4.0


# The panel of a run


@pytest.mark.parametrize("model", LATENT_DIM)
def test_a_finished_run_shows_its_curves_and_reconstructions(lab: TrainedLab, visit, model: str) -> None:
    run = runs.find(lab.runs[model])
    page = visit("train", follow=run.id)
    said = words(page)
    assert "Done in " in said
    assert "Cancel" not in buttons(page)
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
    press(page, "Start it again")
    assert nobody.asked == [run_id]
    assert runs.status(runs.find(run_id)).state == "queued"
    assert not errors(page)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("cancelled", "This was cancelled. Start it again when you like."),
        ("running", "The worker ended without a word, perhaps because the computer was switched off."),
    ],
)
def test_a_run_that_did_not_end_says_so_and_can_be_started_again(
    lab: TrainedLab, visit, nobody, state: str, sentence: str
) -> None:
    end(lab.runs["vae"], state, progress=0.4, started=1.0)
    page = visit("train", follow=lab.runs["vae"])
    assert sentence in words(page)
    assert "Cancel" not in buttons(page)
    press(page, "Start it again")
    assert nobody.asked == [lab.runs["vae"]]


def test_a_run_that_waits_can_be_cancelled(lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    first, second = (train.submit("digits", "deep_ae", {"epochs": epochs}) for epochs in (2, 3))
    page = visit("train", follow=second.id)
    words(page)
    assert progress(page) == ["Training · waiting, 1 before it"]
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
    page = choose(visit("train"), "pca")
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
