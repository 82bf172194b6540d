"""Two sides of one game: what each minimises, and that each moves its own weights only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from families import trained

from aelab.models._critic import taken_for
from aelab.models.vae_gan import Config, critic_losses, losses
from aelab.pixels import to_unit
from aelab.training.config import plan
from aelab.training.networks import Networks, build

SETTINGS: dict[str, Any] = {"latent_dim": 4, "filters": 4}


@pytest.fixture(scope="module")
def networks() -> Networks:
    return build(plan("vae_gan", SETTINGS), (28, 28, 1))


def gradients(networks: Networks, part: str, images: np.ndarray) -> dict[str, float]:
    """Return how much a part of the loss would move each network: the largest gradient."""
    config, largest = Config.parse(SETTINGS), {}
    with tf.GradientTape(persistent=True) as tape:
        value = losses(networks, images, images, config, True)[part]
    for name in ("encoder", "decoder", "critic"):
        weights = [each.value for each in getattr(networks, name).trainable_weights]
        found = [each for each in tape.gradient(value, weights) if each is not None]
        largest[name] = max((float(np.abs(each).max()) for each in found), default=0.0)
    return largest


def test_the_encoder_hears_nothing_of_the_critics_verdict(networks: Networks, digits: np.ndarray) -> None:
    moved = gradients(networks, "weighted_adversarial", to_unit(digits[:20]))
    assert moved["encoder"] == 0
    assert moved["decoder"] > 0


def test_the_features_move_encoder_and_decoder(networks: Networks, digits: np.ndarray) -> None:
    moved = gradients(networks, "weighted_features", to_unit(digits[:20]))
    assert moved["encoder"] > 0
    assert moved["decoder"] > 0


def test_a_critic_that_cannot_tell_pays_one_bit_for_each_side() -> None:
    undecided = np.zeros((8, 1), np.float32)
    for real in (True, False):
        assert float(taken_for(real, undecided)) == pytest.approx(np.log(2), rel=1e-6)
    assert float(taken_for(True, undecided + 10)) < 1e-4
    assert float(taken_for(False, undecided + 10)) > 9


def test_the_critics_loss_says_how_well_it_tells_them_apart(networks: Networks, digits: np.ndarray) -> None:
    images = to_unit(digits[:20])
    parts = critic_losses(networks, images, images, Config.parse(SETTINGS), False)
    scores, _ = networks.critic(images, training=False)  # type: ignore[misc]
    assert float(parts["critic_real"]) == pytest.approx(float(np.mean(np.log1p(np.exp(-np.asarray(scores))))), rel=1e-4)


def test_a_step_moves_both_sides_each_by_its_own_loss(digits: np.ndarray) -> None:
    settings = SETTINGS | {"epochs": 15, "batch_size": 50, "learning_rate": 0.002}
    found = trained("vae_gan", digits, **settings)
    fresh = build(plan("vae_gan", settings), (28, 28, 1))
    for name in ("encoder", "decoder", "critic"):
        before, after = getattr(fresh, name).trainable_weights, getattr(found.networks, name).trainable_weights
        assert all(not np.array_equal(one, two) for one, two in zip(before, after, strict=True))
    told_apart = found.last["critic_real"] + found.last["critic_drawn"]
    assert 0 < told_apart < 2 * np.log(2)  # better than a coin
