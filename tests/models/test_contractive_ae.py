"""What makes a contractive autoencoder contract: the norm of the Jacobian, in closed form."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from families import trained

from aelab.models.contractive_ae import Config, jacobian_norm, losses
from aelab.training.config import plan
from aelab.training.networks import build

IMAGES = np.random.default_rng(0).random((5, 12, 9, 3), dtype=np.float32)


def by_differentiation(network: object, images: np.ndarray) -> np.ndarray:
    """Return the squared norm of the Jacobian of each image's code, as TensorFlow differentiates."""
    given = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(given)
        code = network(given)  # type: ignore[operator]
    jacobian = tape.batch_jacobian(code, given)  # (B, K, H, W, C)
    return np.sum(np.square(jacobian), axis=(1, 2, 3, 4))


@pytest.mark.parametrize("latent_dim", [1, 7])
def test_the_closed_form_is_what_differentiation_gives(latent_dim: int) -> None:
    networks = build(plan("contractive_ae", {"latent_dim": latent_dim}), (12, 9, 3))
    found = jacobian_norm(networks.encoder(IMAGES), networks.encoder.layers[-1].kernel)
    np.testing.assert_allclose(found, by_differentiation(networks.encoder, IMAGES), rtol=1e-5)


def test_the_loss_weighs_the_mean_norm() -> None:
    networks = build(plan("contractive_ae", {"latent_dim": 3}), (12, 9, 3))
    given = SimpleNamespace(encoder=networks.encoder, decoder=networks.decoder)
    parts = losses(given, IMAGES, IMAGES, Config(latent_dim=3, weight=0.5), False)
    expected = by_differentiation(networks.encoder, IMAGES).mean()
    assert float(parts["weighted_contraction"]) == pytest.approx(0.5 * expected, rel=1e-5)
    output = networks.decode(networks.encode(IMAGES))
    assert float(parts["reconstruction"]) == pytest.approx(float(np.mean((output - IMAGES) ** 2)), rel=1e-5)


def test_the_weight_makes_the_code_move_less(digits: np.ndarray) -> None:
    settings = {"latent_dim": 16, "epochs": 30, "batch_size": 50, "learning_rate": 0.01}
    norms = {}
    for weight in (0.0, 0.01):
        networks = trained("contractive_ae", digits, **settings, weight=weight).networks
        norms[weight] = by_differentiation(networks.encoder, digits[:20].astype(np.float32) / 255).mean()
    assert norms[0.01] < 0.5 * norms[0.0]
