"""A generator and a critic: what each minimises, whom each moves, and that all of the data is drawn in the end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from families import covered, ring

from aelab.models.gan import Config, critic_losses, losses
from aelab.pixels import to_unit
from aelab.training.config import plan
from aelab.training.loop import compiled
from aelab.training.networks import Networks, build

SETTINGS: dict[str, Any] = {"latent_dim": 4, "filters": 4}
CONFIG = Config.parse(SETTINGS)


@pytest.fixture(scope="module")
def networks() -> Networks:
    return build(plan("gan", SETTINGS), (28, 28, 1))


def softplus(scores: np.ndarray) -> float:
    return float(np.mean(np.logaddexp(0, scores)))


def known(real: float, drawn: float) -> SimpleNamespace:
    """Return networks whose critic gives real images, which are black, one score, and drawn ones, white, another."""

    def critic(images: tf.Tensor, training: bool) -> tuple[tf.Tensor, None]:
        share = tf.reduce_mean(images, axis=(1, 2, 3))[:, None]
        return real + (drawn - real) * share, None

    return SimpleNamespace(
        seed=keras.random.SeedGenerator(0),
        critic=critic,
        decoder=lambda prior, training: tf.ones((tf.shape(prior)[0], 5, 5, 1)),
    )


@pytest.mark.parametrize(("real", "drawn"), [(0.0, 0.0), (2.0, -3.0), (-1.0, 4.0)])
def test_both_losses_are_those_of_the_paper(real: float, drawn: float) -> None:
    black = tf.zeros((6, 5, 5, 1))
    own = losses(known(real, drawn), black, black, CONFIG, True)
    against = critic_losses(known(real, drawn), black, black, CONFIG, True)
    sure = {name: 1 / (1 + np.exp(-score)) for name, score in (("real", real), ("drawn", drawn))}  # D
    assert float(own["adversarial"]) == pytest.approx(-np.log(sure["drawn"]), rel=1e-5)
    assert float(against["critic_real"]) == pytest.approx(-np.log(sure["real"]), rel=1e-5)
    assert float(against["critic_drawn"]) == pytest.approx(-np.log(1 - sure["drawn"]), rel=1e-5)


def test_the_critic_is_asked_about_the_images_and_about_what_the_prior_decodes_to(
    networks: Networks, digits: np.ndarray
) -> None:
    images = to_unit(digits[:20])
    parts = critic_losses(networks, images, images, CONFIG, False)
    scores = np.asarray(networks.critic(images, training=False)[0])  # type: ignore[misc]
    assert float(parts["critic_real"]) == pytest.approx(softplus(-scores), rel=1e-4)


def moved(before: list[np.ndarray], after: list[np.ndarray]) -> bool:
    return any(not np.array_equal(one, two) for one, two in zip(before, after, strict=True))


@pytest.mark.parametrize("model", ["gan", "wgan_gp"])
@pytest.mark.parametrize("side", ["optimizer", "critic_optimizer"])
def test_each_side_moves_its_own_weights_and_no_others(
    model: str, side: str, digits: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = plan(model, SETTINGS)
    networks = build(chosen, (28, 28, 1))
    trainee = compiled(chosen, networks, images=20)
    monkeypatch.setattr(getattr(trainee, side), "apply_gradients", lambda pairs: None)  # only the other side steps
    images = tf.constant(to_unit(digits[:20]))
    before = weights(networks)
    trainee.train_step((images, images))
    after = weights(networks)
    still = "decoder" if side == "optimizer" else "critic"
    for name in before:
        assert moved(before[name], after[name]) == (name != still)


def weights(networks: Networks) -> dict[str, list[np.ndarray]]:
    """Return a copy of what descent moves of both sides."""
    assert networks.critic is not None
    found = {"decoder": networks.decoder, "critic": networks.critic}
    return {name: [np.array(each.numpy()) for each in network.trainable_variables] for name, network in found.items()}


def test_the_generator_draws_every_part_of_the_data() -> None:
    images = ring(2000)
    counts = covered("gan", images, epochs=40, filters=16, latent_dim=8, batch_size=32)
    assert (counts >= 5).all(), counts  # of 800 samples; collapsed on one place, the others had none
