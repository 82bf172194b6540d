"""The critic that measures a distance: its penalty in closed form, its steps, and what is drawn in the end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from families import covered, ring

from aelab.models.wgan_gp import Config, critic_losses, gradient_penalty, losses
from aelab.pixels import to_unit
from aelab.training.config import plan
from aelab.training.loop import compiled
from aelab.training.networks import build

SETTINGS: dict[str, Any] = {"latent_dim": 4, "filters": 4}
RNG = np.random.default_rng(0)
REAL, DRAWN = (RNG.random((6, 5, 4, 3), dtype=np.float32) for _ in range(2))


def linear(slopes: np.ndarray, drawn: np.ndarray = DRAWN) -> SimpleNamespace:
    """Return networks with a critic whose score is a weighted sum of the pixels, and a decoder that draws `drawn`."""

    def critic(images: tf.Tensor, training: bool) -> tuple[tf.Tensor, None]:
        return tf.reduce_sum(images * slopes, axis=(1, 2, 3))[:, None], None

    return SimpleNamespace(
        seed=keras.random.SeedGenerator(0), critic=critic, decoder=lambda prior, training: tf.constant(drawn)
    )


@pytest.mark.parametrize("length", [0.0, 0.5, 1.0, 3.0])
def test_the_penalty_of_a_linear_critic_is_that_of_its_slope(length: float) -> None:
    slopes = RNG.normal(size=(5, 4, 3)).astype(np.float32)
    slopes *= np.float32(length) / np.linalg.norm(slopes)
    found = gradient_penalty(linear(slopes), tf.constant(REAL), tf.constant(DRAWN), True)
    assert float(found) == pytest.approx((length - 1) ** 2, abs=1e-5)


def test_the_penalty_of_a_curved_critic_is_taken_between_a_real_and_a_drawn_image() -> None:
    def critic(images: tf.Tensor, training: bool) -> tuple[tf.Tensor, None]:
        return tf.reduce_sum(tf.square(images), axis=(1, 2, 3))[:, None] / 2, None  # its gradient is the image

    networks = SimpleNamespace(seed=keras.random.SeedGenerator(0), critic=critic)
    one = np.full((500, 1, 1, 1), 1.0, np.float32)
    found = [gradient_penalty(networks, tf.constant(one), tf.constant(3 * one), True) for _ in range(20)]
    assert np.mean(found) == pytest.approx(4 / 3, rel=0.05)  # of (t - 1)^2 with t even from 1 to 3


def test_both_losses_are_differences_of_mean_scores() -> None:
    slopes = RNG.normal(size=(5, 4, 3)).astype(np.float32)
    networks, config = linear(slopes), Config.parse({**SETTINGS, "weight": 7.0})
    scores = {name: float((images * slopes).sum(axis=(1, 2, 3)).mean()) for name, images in (("x", REAL), ("g", DRAWN))}
    own = losses(networks, REAL, REAL, config, True)
    against = critic_losses(networks, REAL, REAL, config, True)
    assert float(own["adversarial"]) == pytest.approx(-scores["g"], rel=1e-4)
    assert float(against["critic_distance"]) == pytest.approx(scores["g"] - scores["x"], rel=1e-4)
    assert float(against["critic_penalty"]) == pytest.approx(7 * (np.linalg.norm(slopes) - 1) ** 2, rel=1e-4)


@pytest.mark.parametrize("critic_steps", [1, 4])
def test_the_critic_takes_its_steps_for_each_of_the_generators(critic_steps: int, digits: np.ndarray) -> None:
    chosen = plan("wgan_gp", {**SETTINGS, "critic_steps": critic_steps})
    trainee = compiled(chosen, build(chosen, (28, 28, 1)), images=20)
    images = tf.constant(to_unit(digits[:20]))
    for _ in range(3):
        trainee.train_step((images, images))
    assert int(trainee.optimizer.iterations) == 3
    assert int(trainee.critic_optimizer.iterations) == 3 * critic_steps


def test_the_generator_draws_every_part_of_the_data() -> None:
    images = ring(2000)
    counts = covered("wgan_gp", images, epochs=30, filters=16, latent_dim=8, batch_size=64, learning_rate=0.001)
    assert (counts >= 5).all(), counts  # of 800 samples; collapsed on one place, the others had none
