"""The guess before the launch: it must grow with what costs, and count what is really trained."""

from __future__ import annotations

from typing import Any

import pytest

from aelab.models import models
from aelab.training.config import plan
from aelab.training.estimate import estimate

GREY, COLOUR = (28, 28, 1), (128, 128, 3)
DESCENT = [spec.name for spec in models if spec.fit is None]


def seconds(
    model: str, shape: tuple[int, int, int] = GREY, train: int = 10_000, test: int = 2000, **settings: Any
) -> float:
    return estimate(plan(model, settings), shape, train, test).seconds


@pytest.mark.parametrize("model", DESCENT)
def test_more_epochs_take_longer(model: str) -> None:
    times = [seconds(model, epochs=epochs) for epochs in (1, 2, 20, 400)]
    assert times == sorted(set(times))


@pytest.mark.parametrize("model", models.names())
def test_more_images_take_longer(model: str) -> None:
    times = [seconds(model, train=count, test=count // 5) for count in (100, 1000, 10_000, 60_000)]
    assert times == sorted(set(times))


@pytest.mark.parametrize("model", DESCENT)
def test_larger_images_smaller_batches_and_more_test_images_take_longer(model: str) -> None:
    assert seconds(model, COLOUR) > seconds(model, GREY)
    assert seconds(model, batch_size=8) > seconds(model, batch_size=128)
    assert seconds(model, test=10_000) > seconds(model, test=100)


def test_larger_networks_take_longer() -> None:
    assert seconds("deep_ae", width=2048) > seconds("deep_ae", width=512)
    assert seconds("conv_ae", filters=64) > seconds("conv_ae", filters=16)


@pytest.mark.parametrize(("limit", "images"), [(0, 500), (100, 100), (500, 500), (100_000, 500)])
def test_the_images_counted_are_those_that_will_be_used(limit: int, images: int) -> None:
    assert estimate(plan("conv_ae", {"limit": limit}), GREY, 500, 100).images == images


def test_the_closed_form_costs_the_same_whatever_the_epochs() -> None:
    assert seconds("pca", epochs=1) == seconds("pca", epochs=5000)


def test_the_summary_is_the_network_that_will_be_trained() -> None:
    found = estimate(plan("deep_ae", {}), GREY, 500, 100).summary
    layers = [(784, 512), (512, 256), (256, 32), (32, 256), (256, 512), (512, 784)]
    assert found.parameters == sum((inputs + 1) * outputs for inputs, outputs in layers)
    assert found.multiply_adds == sum(inputs * outputs for inputs, outputs in layers)


def test_every_step_of_an_opponent_is_counted() -> None:
    times = [seconds("wgan_gp", critic_steps=steps) for steps in (1, 3, 10)]
    assert times == sorted(set(times))
    assert seconds("wgan_gp", critic_steps=1) == pytest.approx(seconds("gan"))


@pytest.mark.parametrize("model", ["gan", "wgan_gp", "vae_gan"])
def test_what_is_learned_of_convolutions_serves_those_without_an_encoder(model: str) -> None:
    found = estimate(plan(model, {}), GREY, 500, 100)
    assert found.part == "convolutional"
    assert found.summary.opponent


def test_an_opponent_takes_time_and_memory_that_the_same_networks_alone_do_not() -> None:
    settings = {"latent_dim": 32, "filters": 16, "batch_size": 64}
    alone, opposed = (estimate(plan(model, settings), COLOUR, 2000, 400) for model in ("conv_ae", "vae_gan"))
    assert opposed.epoch_seconds > 2 * alone.epoch_seconds
    assert opposed.memory_bytes > alone.memory_bytes
