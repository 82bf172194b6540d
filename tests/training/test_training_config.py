"""Loose settings, as `--set` gives them, become a plan or one sentence."""

from __future__ import annotations

import pytest

from aelab import runs
from aelab.errors import LabError
from aelab.models import models
from aelab.noise import noises
from aelab.training.config import TrainingConfig, plan, suggested_batch_size, usual

ALL = models.names()
DIGIT, PHOTO = (28, 28, 1), (128, 128, 3)


def size_of(model: str) -> str:
    """Return the setting that says how large an architecture is: not every one has a code."""
    return "latent_dim" if "latent_dim" in models[model].config.names() else "filters"


@pytest.mark.parametrize("model", ALL)
def test_settings_go_to_the_config_that_has_them(model: str) -> None:
    size = size_of(model)
    chosen = plan(model, {size: "7", "batch_size": "64", "learning_rate": "1e-3", "seed": 5, "limit": 100})
    assert chosen.model is models[model]
    assert chosen.model_config.to_json()[size] == 7
    if chosen.model.fit:  # takes no steps, of which settings could tell
        assert chosen.training == TrainingConfig(epochs=1, seed=5, limit=100)
    else:
        assert chosen.training == TrainingConfig(batch_size=64, learning_rate=0.001, seed=5, limit=100)


@pytest.mark.parametrize("model", ALL)
def test_a_plan_made_of_what_a_run_keeps_is_the_same_plan(model: str) -> None:
    chosen = plan(model, {size_of(model): 3, "epochs": 7})
    assert plan(model, {**chosen.model_config.to_json(), **chosen.training.to_json()}) == chosen


@pytest.mark.parametrize("model", ALL)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("size", 0), ("size", 10**9), ("epochs", 0), ("epochs", -1), ("batch_size", 0),
        ("learning_rate", -0.1), ("learning_rate", 0), ("learning_rate", "nan"), ("seed", -1), ("limit", -5),
        ("epochs", 2.5),
    ],
)  # fmt: skip
def test_a_value_that_cannot_work_is_named_with_its_field(model: str, key: str, value: object) -> None:
    key = size_of(model) if key == "size" else key
    with pytest.raises(LabError, match=f"^{key} must be"):
        plan(model, {key: value})


@pytest.mark.parametrize("model", ALL)
def test_an_unknown_setting_is_answered_with_those_of_the_model_and_the_training(model: str) -> None:
    settings = rf"the settings here are .*{size_of(model)}, .*epochs"
    with pytest.raises(LabError, match=f"no setting called 'laten_dim'; {settings}"):
        plan(model, {"laten_dim": 3})


def test_a_setting_of_another_model_is_refused() -> None:
    with pytest.raises(LabError, match="no setting called 'beta'"):
        plan("conv_ae", {"beta": 1})


def test_an_unknown_model_is_answered_with_the_models() -> None:
    with pytest.raises(LabError, match="no model called 'flow'; choose one of pca, shallow_ae"):
        plan("flow", {})


@pytest.mark.parametrize("noise", noises.names())
def test_noise_can_be_as_strong_as_its_file_says_and_no_stronger(noise: str) -> None:
    assert plan("dae", {"noise": noise, "noise_level": noises[noise].highest}).model_config.to_json()["noise"] == noise
    with pytest.raises(LabError, match=r"^noise_level must be between 0 and"):
        plan("dae", {"noise": noise, "noise_level": noises[noise].highest + 0.01})


def test_an_unknown_noise_is_answered_with_the_noises() -> None:
    with pytest.raises(LabError) as refused:
        plan("dae", {"noise": "fog"})
    assert str(refused.value) == f"noise must be one of {', '.join(noises.names())}; it is 'fog'."


@pytest.mark.parametrize("noise", noises.names())
def test_a_noise_begins_at_its_own_usual_level(noise: str) -> None:
    assert plan("unet_dae", {"noise": "gaussian"}).model_config.to_json()["noise_level"] == 0.1
    level = plan("dae", {"noise": noise}).model_config.to_json()["noise_level"]
    assert level == (0.3 if noise == "gaussian" else noises[noise].default)
    assert plan("dae", {"noise": noise, "noise_level": "0.05"}).model_config.to_json()["noise_level"] == 0.05


def test_a_second_noise_begins_at_its_own_usual_level() -> None:
    config = plan("dae", {"second_noise": "jpeg"}).model_config
    assert str(config.corruption) == f"gaussian:0.3+jpeg:{noises['jpeg'].default:g}"
    assert plan("dae", {"second_noise": "jpeg", "second_level": "30"}).model_config.second_level == 30


def test_a_second_noise_can_be_no_stronger_than_its_file_says() -> None:
    with pytest.raises(LabError) as refused:
        plan("dae", {"second_noise": "salt_pepper", "second_level": 3})
    assert str(refused.value) == "second_level must be between 0 and 1 for Salt and pepper noise; it is 3."
    assert plan("dae", {"second_level": 3})  # there is no second noise: nothing is too strong


OF_AN_EARLIER_LAB = {
    "latent_dim": 32, "loss": "mse", "filters": 16, "noise": "gaussian", "noise_level": 0.25, "epochs": 10,
    "batch_size": 128, "learning_rate": 0.002, "seed": 0, "limit": 0, "augment": "none",
}  # fmt: skip


def test_a_run_from_before_there_were_second_noises_is_the_same_run() -> None:
    chosen = plan("dae", OF_AN_EARLIER_LAB)
    assert str(chosen.model_config.corruption) == "gaussian:0.25"
    assert runs.new_run("digits", "checksum", chosen).settings == OF_AN_EARLIER_LAB
    assert runs.new_run("digits", "checksum", chosen).id == "dae-digits-3692ade3"
    without = plan(
        "dae", {**OF_AN_EARLIER_LAB, "second_level": 0.4, "combined": "or"}
    )  # of a second noise that is none
    assert runs.new_run("digits", "checksum", without).id == "dae-digits-3692ade3"


@pytest.mark.parametrize("level", [0.1, 0.3])  # the default of the field, and the usual level of the noise
@pytest.mark.parametrize("combined", ["then", "or"])
def test_a_run_keeps_its_second_noise(level: float, combined: str) -> None:
    chosen = plan("unet_dae", {"second_noise": "masking", "second_level": level, "combined": combined})
    run = runs.new_run("digits", "checksum", chosen)
    assert run.plan == chosen
    assert run.corruption == chosen.model_config.corruption


@pytest.mark.parametrize(
    ("images", "batch_size"), [(0, 1), (3, 3), (12, 8), (160, 8), (320, 16), (1257, 32), (60_000, 128)]
)
def test_a_small_dataset_gets_batches_that_leave_enough_steps_to_learn(images: int, batch_size: int) -> None:
    assert suggested_batch_size(images) == batch_size
    assert TrainingConfig(batch_size=suggested_batch_size(images))


@pytest.mark.parametrize(("images", "batch_size"), [(160, 8), (60_000, 64)])
def test_what_suits_a_model_is_what_it_begins_with_but_for_batches_too_large_for_the_images(
    images: int, batch_size: int
) -> None:
    chosen = usual(models["gan"], images, DIGIT)
    assert chosen.batch_size == batch_size
    assert chosen.epochs == max(models["gan"].usual["epochs"], 2700 * batch_size // images)


@pytest.mark.parametrize(("images", "epochs"), [(140, 60), (1000, 20), (60_000, 2)])
def test_what_has_soon_seen_enough_begins_with_fewer_epochs_of_many_images(images: int, epochs: int) -> None:
    assert usual(models["unet_dae"], images, DIGIT).epochs == epochs


@pytest.mark.parametrize(("images", "epochs"), [(140, 150), (1000, 85), (5000, 68), (54_999, 10)])
def test_few_images_are_seen_more_often(images: int, epochs: int) -> None:
    assert usual(models["conv_ae"], images, DIGIT).epochs == epochs


def test_a_closed_form_is_worked_out_once_of_few_images_too() -> None:
    assert usual(models["pca"], 140, PHOTO) == TrainingConfig(epochs=1)


@pytest.mark.parametrize(
    ("images", "shape", "augment"), [(140, PHOTO, "both"), (140, DIGIT, "none"), (5000, PHOTO, "none")]
)
def test_few_photos_are_varied_and_few_digits_are_not(images: int, shape: tuple[int, int, int], augment: str) -> None:
    assert usual(models["conv_ae"], images, shape).augment == augment


@pytest.mark.parametrize(
    ("model", "shape", "rate"),
    [("deep_ae", DIGIT, 0.002), ("deep_ae", (8, 8, 1), 0.002), ("deep_ae", PHOTO, 3e-5), ("conv_ae", PHOTO, 0.002)],
)
def test_a_dense_network_walks_in_smaller_steps_where_it_sees_more_values(
    model: str, shape: tuple[int, int, int], rate: float
) -> None:
    assert usual(models[model], 140, shape).learning_rate == rate
