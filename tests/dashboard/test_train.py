"""Train: from a form to a run."""

from __future__ import annotations

import pytest
from labs import TrainedLab, job_of, settings_of
from seen import buttons, errors, in_address, metrics, press, words
from streamlit.testing.v1 import AppTest

from aelab import runs
from aelab.datasets.store import open_dataset
from aelab.jobs import folder
from aelab.models import models
from aelab.models.tracing import summarize
from aelab.noise import noises
from aelab.tasks import train
from aelab.training.config import TrainingConfig, suggested_batch_size, usual

each_model = pytest.mark.parametrize("model", models.names())


def choose(page: AppTest, model: str) -> AppTest:
    return page.selectbox(key="train.model").select(model).run()


def controls(page: AppTest) -> dict[str, object]:
    """Return the value of each control of the form by its field."""
    made = [*page.number_input, *page.selectbox]
    return {each.key.split(".")[-1]: each.value for each in made if each.key and each.key.startswith("train.")}


@each_model
def test_the_form_has_every_setting_of_the_architecture_that_counts_at_its_default(
    lab: TrainedLab, visit, model: str
) -> None:
    page = choose(visit("train"), model)
    words(page)
    expected = models[model].config().to_json()
    expected = {name: value for name, value in expected.items() if models[model].config.counts(name, expected)}
    expected.pop("classes", None)  # which the images say
    shown = controls(page)
    assert shown.items() >= expected.items()
    common = set(TrainingConfig.names())
    if models[model].fit is not None:
        common -= {"epochs", "batch_size", "learning_rate", "augment"}  # a closed form takes no steps
    assert set(shown) == {"model"} | set(expected) | common


def size_of(model: str) -> str:
    """Return the setting that says how narrow an architecture is."""
    return "latent_dim" if "latent_dim" in models[model].config.names() else "depth"


@each_model
def test_the_parameter_count_is_that_of_the_traced_layers(lab: TrainedLab, visit, model: str) -> None:
    page = choose(visit("train"), model)
    size = size_of(model)
    page.number_input(key=f"train.{model}.{size}").set_value(4).run()
    config = models[model].config.parse({size: 4})
    expected = summarize(models[model], config, (28, 28, 1)).parameters
    assert metrics(page)["Parameters"].replace(" ", "") == str(expected)
    assert metrics(page)["Estimated time"]
    words(page)


@each_model
def test_train_starts_what_the_form_says(lab: TrainedLab, visit, nobody, model: str) -> None:
    page = choose(visit("train"), model)
    page.number_input(key=f"train.{model}.{size_of(model)}").set_value(4)
    page.number_input(key="train.digits.seed").set_value(5)
    page.number_input(key="train.digits.limit").set_value(120)
    page.run()
    form = controls(page)
    press(page, "Train")
    (run,) = (row.run for row in runs.listed() if row.run and row.id not in lab.runs.values())
    assert (run.model, run.dataset) == (model, "digits")
    del form["model"]
    assert run.all_settings.items() >= form.items()
    assert (run.settings[size_of(model)], run.settings["seed"], run.settings["limit"]) == (4, 5, 120)
    assert nobody.asked == [run.id]
    assert page.query_params["follow"] in (run.id, [run.id])
    words(page)


def test_page_and_shell_make_the_same_run_of_some_of_the_images(lab: TrainedLab, visit, nobody) -> None:
    page = choose(visit("train"), "shallow_ae")
    page.number_input(key="train.digits.limit").set_value(120).run()
    assert page.number_input(key="train.digits.batch_size").value == suggested_batch_size(120) != 64
    press(page, "Train")
    assert nobody.asked == [train.submit("digits", "shallow_ae", {"limit": 120}).id]
    page.number_input(key="train.digits.limit").set_value(0).run()
    assert page.number_input(key="train.digits.batch_size").value == suggested_batch_size(1259) == 32


def test_a_batch_size_that_was_chosen_stays_when_the_images_change(lab: TrainedLab, visit) -> None:
    page = visit("train")
    page.number_input(key="train.digits.batch_size").set_value(50).run()
    page.number_input(key="train.digits.limit").set_value(120).run()
    assert page.number_input(key="train.digits.batch_size").value == 50


def test_train_pressed_twice_is_one_run(lab: TrainedLab, visit, nobody) -> None:
    page = visit("train")
    press(page, "Train")
    press(page, "Train")
    press(visit("train"), "Train")  # somebody else, with the same form
    assert len(runs.listed()) == 5
    assert len(nobody.asked) == 1


def test_what_was_trained_before_is_not_trained_again(lab: TrainedLab, visit, nobody) -> None:
    asked = {name: str(value) for name, value in settings_of("conv_ae").items()}
    page = press(visit("train", model="conv_ae", follow=lab.runs["vae"], **asked), "Train")
    assert nobody.asked == []
    assert in_address(page, "follow") == lab.runs["conv_ae"]
    assert "Done in " in words(page)


@pytest.mark.parametrize(
    ("model", "field", "value", "sentence"),
    [
        (
            "conv_ae",
            "latent_dim",
            1000,
            "The latent dimension (latent_dim) must be at most 784, the values in an image of digits; it is 1000.",
        ),
        (
            "pca",
            "latent_dim",
            200,
            "The latent dimension (latent_dim) must be at most 100, the number of training images, for pca; it is 200.",
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


def test_a_mistake_in_the_form_leaves_the_training_that_is_shown_and_its_cancel(
    lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    run = train.submit("digits", "deep_ae", {"epochs": 3})
    page = visit("train", follow=run.id, latent_dim="1000")
    assert len(errors(page)) == 1
    assert "Train" not in buttons(page)
    assert len(page.progress) == 1
    press(page, "Cancel")
    assert folder.should_stop(job_of(run))


def test_nobody_is_told_that_a_training_is_queued_which_is_done(lab: TrainedLab, visit, nobody) -> None:
    asked = {name: str(value) for name, value in settings_of("conv_ae").items()}
    page = press(visit("train", model="conv_ae", **asked), "Train")
    assert [toast.value for toast in page.toast] == ["This has been trained before: there it is."]


@each_model
def test_every_number_is_bounded_as_its_config_says(lab: TrainedLab, visit, model: str) -> None:
    page = choose(visit("train"), model)
    config = models[model].config
    for name in set(config.names()) - {"classes"}:  # which the images say
        field, choices = config.hangs_on(name)
        if field:
            page.selectbox(key=f"train.{model}.{field}").select(choices[0]).run()
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


def test_the_form_asks_for_what_the_chosen_body_has_and_for_nothing_else(lab: TrainedLab, visit, nobody) -> None:
    page = choose(visit("train"), "vae")
    assert "filters" in controls(page)
    assert "width" not in controls(page)
    page.selectbox(key="train.vae.body").select("dense").run()
    assert "filters" not in controls(page)
    page.number_input(key="train.vae.width").set_value(64).run()
    expected = summarize(models["vae"], models["vae"].config.parse({"body": "dense", "width": 64}), (28, 28, 1))
    assert metrics(page)["Parameters"].replace(" ", "") == str(expected.parameters)
    assert in_address(page, "width") == "64"
    page.selectbox(key="train.vae.body").select("convolutional").run()
    assert "width" not in page.query_params
    press(page, "Train")
    assert nobody.asked == [train.submit("digits", "vae", {"batch_size": suggested_batch_size(1259)}).id]
    page.selectbox(key="train.vae.body").select("dense").run()
    assert page.number_input(key="train.vae.width").value == 64


def test_the_form_asks_for_a_level_with_a_second_noise_only_and_begins_at_its_usual_one(
    lab: TrainedLab, visit, nobody
) -> None:
    page = choose(visit("train"), "dae")
    assert not {"second_level", "combined"} & set(controls(page))
    page.selectbox(key="train.dae.second_noise").select("masking").run()
    assert page.number_input(key="train.dae.second_level").value == noises["masking"].default
    page.selectbox(key="train.dae.combined").select("or").run()
    page = press(page, "Train")
    (asked,) = nobody.asked
    assert str(runs.find(asked).corruption) == "gaussian:0.3|masking:0.3"
    assert "trained to take away: for each image one of Gaussian noise 0.3, Masking 0.3" in words(page)


def test_the_form_forgets_a_second_noise_when_it_takes_the_settings_of_a_run_without_one(
    lab: TrainedLab, visit
) -> None:
    page = visit("train", model="dae", second_noise="masking")
    assert controls(page)["second_noise"] == "masking"
    page.session_state["train.next"] = runs.find(lab.runs["dae"])
    page.run()
    assert controls(page)["second_noise"] == "none"


def test_choices_have_names_that_say_what_they_are(lab: TrainedLab, visit) -> None:
    page = choose(visit("train"), "vae")
    assert page.selectbox(key="train.vae.body").options == ["convolutions", "dense layers"]
    assert "normal, its variance learned (gaussian)" in page.selectbox(key="train.vae.loss").options
    choose(page, "dae")
    assert "Gaussian noise" in page.selectbox(key="train.dae.noise").options


ASKED = {"model": "dae", "latent_dim": "5", "noise": "salt_pepper", "noise_level": "0.25", "epochs": "3", "limit": "90"}


def test_a_link_restores_the_form_in_any_language(lab: TrainedLab, visit) -> None:
    for language in ("en", "pt"):
        shown = controls(visit("train", lang=language, **ASKED))
        assert {name: str(shown[name]) for name in ASKED} == ASKED
        assert shown["batch_size"] == suggested_batch_size(90)


def test_the_address_has_what_is_not_usual_and_forgets_it_again(lab: TrainedLab, visit) -> None:
    page = visit("train", **ASKED, batch_size="16")
    assert {name: in_address(page, name) for name in [*ASKED, "batch_size"]} == ASKED | {"batch_size": "16"}
    page.number_input(key="train.digits.limit").set_value(0).run()
    data = open_dataset("digits")
    epochs = usual(models[ASKED["model"]], data.counts["train"], data.shape).epochs
    page.number_input(key="train.digits.epochs").set_value(epochs).run()
    assert not {"epochs", "limit"} & set(page.query_params)
    choose(page, "vae")
    assert in_address(page, "model") == "vae"
    assert not {"latent_dim", "noise", "noise_level"} & set(page.query_params)
    assert in_address(page, "batch_size") == "16"


@pytest.mark.parametrize(
    "asked", [{"model": "of-a-later-lab"}, {"latent_dim": "many"}, {"epochs": "-3"}, {"limit": ""}, {"seed": "1e99"}]
)
def test_a_link_that_asks_for_what_there_is_not_shows_the_usual_form(lab: TrainedLab, visit, asked: dict) -> None:
    page = visit("train", **asked)
    words(page)
    assert not page.error
    assert controls(page) == controls(visit("train"))


def test_a_link_to_a_training_that_is_gone_says_so(lab: TrainedLab, visit) -> None:
    page = visit("train", follow="conv_ae-gone")
    assert "There is no run called conv_ae-gone any more." in words(page)
    assert in_address(page, "follow") in lab.runs.values()
