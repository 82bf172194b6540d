"""A training that was interrupted goes on as if it had not been: same history, same weights."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import pytest
from labs import Kept

from aelab.datasets import sources
from aelab.errors import LabError
from aelab.training import checkpoints
from aelab.training.config import plan
from aelab.training.divergence import DivergedError
from aelab.training.loop import TrainingImages, restored, train
from aelab.training.networks import Networks
from aelab.training.recorder import Cancelled, Checkpoint

MODELS = ["shallow_ae", "conv_ae", "dae", "vae", "gan"]
SETTINGS = {"epochs": 4, "batch_size": 16, "latent_dim": 3, "augment": "both"}


class StoppedAt(Kept):
    """A recorder that stops after some looks at whether to stop, wherever the training is then."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def should_stop(self) -> bool:
        self.looks -= 1
        return self.looks < 0


@pytest.fixture(scope="module")
def images() -> TrainingImages:
    digits = sources["digits"].load(sources["digits"].config(), lambda share: None).images
    return TrainingImages(digits[:100], digits[100:140])


@pytest.fixture(autouse=True)
def one_step_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aelab.training.loop._MOST_STEPS_PER_EXECUTION", 1)  # so that it can stop after any step
    # On a busy computer a validation takes long, and is left without a state of its own.
    monkeypatch.setattr("aelab.training.checkpoints._LONG_VALIDATION_SECONDS", math.inf)


def asked(model: str, **more: Any) -> Any:
    small = {} if model == "shallow_ae" else {"filters": 4}
    return plan(model, {**SETTINGS, **small, **more})


def weights(networks: Networks) -> list[np.ndarray]:
    opponent = networks.critic.get_weights() if networks.critic is not None else []
    return [weights for network in networks.kept.values() for weights in network.get_weights()] + opponent


def assert_same(resumed: Networks, whole: Networks) -> None:
    for found, expected in zip(weights(resumed), weights(whole), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def stopped(model: str, images: TrainingImages, looks: int) -> Kept:
    """Return what was kept of a training that was stopped."""
    kept = StoppedAt(looks)
    with pytest.raises(Cancelled):
        train(asked(model), images, kept)
    return kept


def numbers(kept: Kept) -> list[dict[str, Any]]:
    """Return the epochs without what a clock says."""
    return [{**epoch.to_json(), "seconds": 0} for epoch in kept.epochs]


def assert_history(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    assert [line["epoch"] for line in found] == [line["epoch"] for line in expected]
    for line, wanted in zip(found, expected, strict=True):
        assert line["train"] == pytest.approx(wanted["train"], rel=1e-5)
        assert line["validation"] == pytest.approx(wanted["validation"], rel=1e-5)
        assert line["learning_rate"] == pytest.approx(wanted["learning_rate"], rel=1e-5, abs=1e-12)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("looks", [3, 6, 7, 26])  # in the first epoch, before and after its validation, in the third
def test_a_resumed_training_has_the_history_and_the_weights_of_an_uninterrupted_one(
    images: TrainingImages, model: str, looks: int
) -> None:
    kept = Kept()
    whole = train(asked(model), images, kept)
    first = stopped(model, images, looks)
    start = first.checkpoints[-1]
    assert len(first.epochs) == start.epoch
    second = Kept()
    resumed = train(asked(model), images, second, start)
    assert_history(numbers(first) + numbers(second), numbers(kept))
    assert_same(resumed, whole)


def test_some_stops_were_within_an_epoch_and_some_between_two(images: TrainingImages) -> None:
    steps = {stopped("shallow_ae", images, looks).checkpoints[-1].step for looks in (3, 6, 7, 26)}
    assert {0, 7} < steps  # 7 are an epoch


def test_the_end_of_a_training_is_kept_and_gives_the_same_networks_back(images: TrainingImages) -> None:
    kept = Kept()
    networks = train(asked("conv_ae"), images, kept)
    assert (kept.checkpoints[-1].epoch, kept.checkpoints[-1].step) == (4, 0)
    assert_same(restored(asked("conv_ae"), (28, 28, 1), kept.checkpoints[-1]), networks)


def test_a_training_that_had_ended_has_nothing_more_to_do(images: TrainingImages) -> None:
    kept, nothing = Kept(), Kept()
    networks = train(asked("shallow_ae"), images, kept)
    assert_same(train(asked("shallow_ae"), images, nothing, kept.checkpoints[-1]), networks)
    assert nothing.epochs == []


def test_a_finished_training_goes_on_with_its_learning_rate_begun_anew(images: TrainingImages) -> None:
    kept, more = Kept(), Kept()
    train(asked("shallow_ae", epochs=2, learning_rate=0.01), images, kept)
    train(asked("shallow_ae", epochs=4, learning_rate=0.01), images, more, kept.checkpoints[-1], anew=2)
    assert kept.epochs[-1].learning_rate == pytest.approx(0, abs=1e-9)
    assert [epoch.number for epoch in more.epochs] == [3, 4]
    assert [epoch.learning_rate for epoch in more.epochs] == pytest.approx([0.005, 0.0], abs=1e-8)
    assert more.epochs[-1].train["loss"] < kept.epochs[-1].train["loss"]
    assert more.epochs[-1].seconds > kept.epochs[-1].seconds


def test_states_are_kept_now_and_then_and_at_the_end(images: TrainingImages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_CHECKPOINT_SECONDS", "0")
    monkeypatch.setattr(checkpoints, "_SHARE_OF_TIME", 1e9)
    kept = Kept()
    train(asked("shallow_ae"), images, kept)
    places = [(checkpoint.epoch, checkpoint.step) for checkpoint in kept.checkpoints]
    assert places == sorted(places)
    assert places[:8] == [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (0, 6), (0, 7), (1, 0)]
    assert places[-1] == (4, 0)


@pytest.mark.parametrize("spoiled", [0, -1])  # an encoder's weights can be NaN behind a ReLU that makes it 0
def test_a_state_that_is_no_number_is_never_kept_and_the_last_good_one_is_named(
    images: TrainingImages, monkeypatch: pytest.MonkeyPatch, spoiled: int
) -> None:
    monkeypatch.setenv("AELAB_CHECKPOINT_SECONDS", "0")
    monkeypatch.setattr(checkpoints, "_SHARE_OF_TIME", 1e9)
    good = Kept()
    train(asked("shallow_ae"), images, good)
    bad = {name: array.copy() for name, array in good.checkpoints[10].arrays.items()}
    bad[[name for name in bad if name.endswith("kernel")][spoiled]][:] = np.nan
    kept = Kept()
    with pytest.raises(DivergedError, match=r"in epoch 2: .* What it had learned after epoch 1 is kept\."):
        train(asked("shallow_ae"), images, kept, Checkpoint(1, 2, 0.0, bad))
    assert kept.checkpoints == []


def test_the_checkpoint_of_another_network_is_refused_by_the_name_of_what_does_not_fit(images: TrainingImages) -> None:
    kept = Kept()
    train(asked("shallow_ae", epochs=1), images, kept)
    with pytest.raises(
        LabError, match=r"does not fit the network: network/\d+/kernel should have the shape \(784, 5\)"
    ):
        train(asked("shallow_ae", latent_dim=5), images, Kept(), kept.checkpoints[-1])


def test_names_of_variables_do_not_hang_on_what_was_built_before(images: TrainingImages) -> None:
    first, second = Kept(), Kept()
    train(asked("conv_ae", epochs=1), images, first)
    keras.layers.Dense(3)
    train(asked("conv_ae", epochs=1), images, second)
    assert list(first.checkpoints[-1].arrays) == list(second.checkpoints[-1].arrays)
