"""The evidence lower bound, against closed forms."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
from scipy import integrate, stats

from aelab.models import models
from aelab.models.vae import Config, kl_divergence, losses
from aelab.training.config import plan
from aelab.training.networks import build

RNG = np.random.default_rng(0)
IMAGES = RNG.random((4, 28, 28, 1), dtype=np.float32)


def standing_for(mean: Any, log_variance: Any, decoder: Any) -> SimpleNamespace:
    """Return networks whose posterior is given, whatever the images."""
    return SimpleNamespace(
        encoder=lambda given, training: (mean, log_variance), decoder=decoder, seed=keras.random.SeedGenerator(0)
    )


def closed_form(mean: np.ndarray, log_variance: np.ndarray) -> np.ndarray:
    """Return the divergence of a diagonal normal from the standard one, in nats, in double precision."""
    mean, log_variance = mean.astype(np.float64), log_variance.astype(np.float64)
    return 0.5 * np.sum(mean**2 + np.exp(log_variance) - 1 - log_variance, axis=-1)


def test_the_divergence_is_the_closed_form() -> None:
    mean, log_variance = RNG.normal(size=(2, 50, 7)).astype(np.float32) * 2
    np.testing.assert_allclose(kl_divergence(mean, log_variance), closed_form(mean, log_variance), rtol=1e-5)


@pytest.mark.parametrize(("mean", "sigma"), [(0.0, 0.3), (1.5, 1.0), (-0.7, 2.0)])
def test_the_divergence_is_the_integral_that_defines_it(mean: float, sigma: float) -> None:
    posterior, prior = stats.norm(mean, sigma), stats.norm(0, 1)
    expected, _ = integrate.quad(
        lambda z: posterior.pdf(z) * (posterior.logpdf(z) - prior.logpdf(z)), mean - 12 * sigma, mean + 12 * sigma
    )
    found = kl_divergence(np.float32([[mean]]), np.float32([[2 * np.log(sigma)]]))
    assert float(found[0]) == pytest.approx(expected, rel=1e-5)


def test_the_divergence_is_zero_at_the_prior_and_nowhere_else() -> None:
    zero = np.zeros((1, 5), np.float32)
    assert float(kl_divergence(zero, zero)[0]) == 0
    for shift in (-0.5, 0.5):
        assert float(kl_divergence(zero + np.float32(shift), zero)[0]) > 0
        assert float(kl_divergence(zero, zero + np.float32(shift))[0]) > 0


@pytest.mark.parametrize("loss", ["mse", "bce"])
def test_beta_weighs_the_divergence_and_nothing_else(loss: str) -> None:
    networks = build(plan("vae", {"latent_dim": 3, "filters": 2}), (28, 28, 1))

    def parts(beta: float) -> dict[str, float]:
        fixed = SimpleNamespace(encoder=networks.encoder, decoder=networks.decoder, seed=keras.random.SeedGenerator(7))
        found = losses(fixed, IMAGES, IMAGES, Config.parse({"latent_dim": 3, "beta": beta, "loss": loss}), False)
        return {name: float(value) for name, value in found.items()}

    one = parts(1.0)
    mean, log_variance = (np.asarray(each) for each in networks.encoder(IMAGES, training=False))
    assert one["beta_kl"] == pytest.approx(closed_form(mean, log_variance).mean(), rel=1e-4)
    assert one["beta_kl"] > 0
    for beta in (0.0, 0.5, 4.0):
        assert parts(beta)["beta_kl"] == pytest.approx(beta * one["beta_kl"], rel=1e-6)
        assert parts(beta)["reconstruction"] == one["reconstruction"]


@pytest.mark.parametrize("loss", ["mse", "bce"])
def test_the_reconstruction_is_summed_over_an_image_and_averaged_over_images(loss: str) -> None:
    output = RNG.uniform(0.1, 0.9, IMAGES.shape).astype(np.float32)
    zero = np.zeros((4, 2), np.float32)
    networks = standing_for(zero, zero, lambda code, training: output)
    found = losses(networks, IMAGES, IMAGES, Config.parse({"latent_dim": 2, "loss": loss}), True)
    squared = (IMAGES - output) ** 2
    nats = -(IMAGES * np.log(output) + (1 - IMAGES) * np.log(1 - output))
    expected = (squared if loss == "mse" else nats).sum(axis=(1, 2, 3)).mean()
    assert float(found["reconstruction"]) == pytest.approx(float(expected), rel=1e-5)
    assert float(found["beta_kl"]) == 0


@pytest.mark.parametrize(("given", "used"), [(1000.0, 10.0), (-1000.0, -10.0), (10.0, 10.0), (3.0, 3.0)])
def test_a_wild_log_variance_is_held_where_float32_still_counts(given: float, used: float) -> None:
    drawn: list[np.ndarray] = []

    def decoder(code: Any, training: bool) -> Any:
        drawn.append(np.asarray(code))
        return IMAGES

    mean = np.zeros((4, 20_000), np.float32)
    networks = standing_for(mean, np.full_like(mean, given), decoder)
    found = losses(networks, IMAGES, IMAGES, Config.parse({"beta": 1}), True)
    assert float(found["beta_kl"]) == pytest.approx(closed_form(mean, np.full_like(mean, used)).mean(), rel=1e-5)
    assert drawn[0].std() == pytest.approx(np.exp(used / 2), rel=0.02)


def test_codes_are_drawn_around_the_mean_and_not_twice_the_same() -> None:
    drawn: list[np.ndarray] = []

    def decoder(code: Any, training: bool) -> Any:
        drawn.append(np.asarray(code))
        return IMAGES

    mean = np.tile(np.float32([-3, 5]), (4, 5000))
    networks = standing_for(mean, np.full_like(mean, -2.0), decoder)
    for _ in range(2):
        losses(networks, IMAGES, IMAGES, Config(), True)
    noise = (drawn[0] - mean) / np.exp(-1)
    assert abs(noise.mean()) < 0.03
    assert noise.std() == pytest.approx(1, abs=0.03)
    assert not np.array_equal(drawn[0], drawn[1])


def test_the_code_that_the_server_gets_is_the_mean() -> None:
    networks = build(plan("vae", {"latent_dim": 3, "filters": 2}), (28, 28, 1))
    mean, log_variance = (np.asarray(each) for each in networks.encoder(IMAGES, training=False))
    assert not np.allclose(mean, log_variance)
    np.testing.assert_allclose(networks.encode(IMAGES), mean, atol=1e-6)


def test_a_vae_says_in_which_unit_it_counts() -> None:
    spec = models["vae"]
    assert spec.units(Config(loss="bce")) == "nats per image"
    assert spec.units(Config(loss="mse")) == "summed squared error per image"
    assert spec.generative
