"""The evidence lower bound, against closed forms."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
from families import trained
from labs import Kept
from scipy import integrate, special, stats

from aelab.models import models
from aelab.models._variational import error_of_images
from aelab.models.vae import Config, kl_divergence, losses
from aelab.training.config import plan
from aelab.training.loop import TrainingImages, train
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
    found = np.sum(kl_divergence(mean, log_variance), axis=1)
    np.testing.assert_allclose(found, closed_form(mean, log_variance), rtol=1e-5)


@pytest.mark.parametrize(("mean", "sigma"), [(0.0, 0.3), (1.5, 1.0), (-0.7, 2.0)])
def test_the_divergence_is_the_integral_that_defines_it(mean: float, sigma: float) -> None:
    posterior, prior = stats.norm(mean, sigma), stats.norm(0, 1)
    expected, _ = integrate.quad(
        lambda z: posterior.pdf(z) * (posterior.logpdf(z) - prior.logpdf(z)), mean - 12 * sigma, mean + 12 * sigma
    )
    found = kl_divergence(np.float32([[mean]]), np.float32([[2 * np.log(sigma)]]))
    assert float(found[0, 0]) == pytest.approx(expected, rel=1e-5)


def test_the_divergence_is_zero_at_the_prior_and_nowhere_else() -> None:
    zero = np.zeros((1, 5), np.float32)
    assert np.all(kl_divergence(zero, zero) == 0)
    for shift in (-0.5, 0.5):
        assert np.all(kl_divergence(zero + np.float32(shift), zero) > 0)
        assert np.all(kl_divergence(zero, zero + np.float32(shift)) > 0)


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
    assert spec.units(Config(loss="gaussian")) == "nats per image"
    assert spec.units(Config(loss="mse")) == "summed squared error per image"
    assert spec.generative


def test_free_bits_spare_what_each_number_says_up_to_so_many_nats() -> None:
    mean = np.tile(np.float32([0.0, 0.5, 3.0]), (4, 1))  # 0, 0.125 and 4.5 nats
    networks = standing_for(mean, np.zeros_like(mean), lambda code, training: IMAGES)
    found = losses(networks, IMAGES, IMAGES, Config(latent_dim=3, free_bits=0.5, beta=2.0), True)
    assert float(found["beta_kl"]) == pytest.approx(2.0 * (0.5 + 0.5 + 4.5), rel=1e-5)


@pytest.mark.parametrize(("done", "share"), [(0.0, 0.0), (1.0, 0.25), (4.0, 1.0), (9.0, 1.0)])
def test_the_weight_of_the_divergence_warms_up(done: float, share: float) -> None:
    mean = np.ones((4, 2), np.float32)
    networks = standing_for(mean, np.zeros_like(mean), lambda code, training: IMAGES)
    networks.epochs_done = done
    found = losses(networks, IMAGES, IMAGES, Config(latent_dim=2, warm_up=4.0), True)
    assert float(found["beta_kl"]) == pytest.approx(share * 1.0, rel=1e-5)


def test_the_warm_up_follows_the_epochs_of_the_training(digits: np.ndarray) -> None:
    settings = {"body": "dense", "width": 8, "latent_dim": 2, "epochs": 4, "batch_size": 100, "learning_rate": 1e-7}
    kept = Kept()
    train(plan("vae", settings | {"warm_up": 4.0}), TrainingImages(digits, digits[:100]), kept)
    weights = [epoch.validation["beta_kl"] for epoch in kept.epochs]  # the network hardly moves
    np.testing.assert_allclose(np.array(weights) / weights[-1], [0.25, 0.5, 0.75, 1.0], rtol=0.05)


def test_a_bernoulli_likelihood_sees_black_and_white_drawn_from_the_grey() -> None:
    seen: list[np.ndarray] = []

    def encoder(given: Any, training: bool) -> Any:
        seen.append(np.asarray(given))
        return np.zeros((400, 2), np.float32), np.zeros((400, 2), np.float32)

    grey = np.full((400, 5, 5, 1), 0.3, np.float32)
    output = np.full_like(grey, 0.3)
    networks = SimpleNamespace(
        encoder=encoder, decoder=lambda code, training: output, seed=keras.random.SeedGenerator(0)
    )
    found = losses(networks, grey, grey, Config(latent_dim=2, loss="bernoulli"), True)
    assert set(np.unique(seen[0])) == {0.0, 1.0}
    assert seen[0].mean() == pytest.approx(0.3, abs=0.02)
    entropy = -(0.3 * np.log(0.3) + 0.7 * np.log(0.7)) * 25
    assert float(found["reconstruction"]) == pytest.approx(entropy, rel=0.05)


def test_a_gaussian_likelihood_is_scipys_with_the_variance_that_fits_best() -> None:
    output = np.clip(IMAGES + RNG.normal(0, 0.1, IMAGES.shape), 0, 1).astype(np.float32)
    variance = np.mean((IMAGES - output).astype(np.float64) ** 2)
    expected = -stats.norm(output, np.sqrt(variance)).logpdf(IMAGES).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(error_of_images(IMAGES, output, "gaussian"), expected, rtol=1e-4)
    for other in (0.8 * variance, 1.2 * variance):
        assert expected.mean() < -stats.norm(output, np.sqrt(other)).logpdf(IMAGES).sum(axis=(1, 2, 3)).mean()


def test_the_evidence_bound_is_a_bound(digits: np.ndarray) -> None:
    settings = {"body": "dense", "width": 64, "latent_dim": 4, "epochs": 30, "batch_size": 50, "learning_rate": 0.005}
    networks = trained("vae", digits, **settings).networks
    images = digits[:20].astype(np.float32) / 255
    mean, log_variance = (np.asarray(each, np.float64) for each in networks.encoder(images, training=False))
    sigma = np.exp(0.5 * log_variance)
    weights = []
    for _ in range(500):  # log p(x, z) - log q(z | x) of one draw each
        noise = RNG.standard_normal(mean.shape)
        code = mean + sigma * noise
        output = networks.decode(code.astype(np.float32))
        likelihood = -np.asarray(error_of_images(images, output, "bce"), np.float64)
        prior, posterior = stats.norm.logpdf(code).sum(axis=1), stats.norm.logpdf(code, mean, sigma).sum(axis=1)
        weights.append(likelihood + prior - posterior)
    bound = np.mean(weights, axis=0)  # (20,)
    tighter = special.logsumexp(weights, axis=0) - np.log(len(weights))
    assert np.all(tighter >= bound)
    assert np.mean(tighter - bound) < 15  # nats: a bound that is far off would say nothing
