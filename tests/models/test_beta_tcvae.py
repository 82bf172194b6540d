"""The divergence taken apart: three terms that add up to it, each what the paper says it is."""

from __future__ import annotations

import numpy as np
import pytest
from families import trained

from aelab.models._variational import Pass
from aelab.models.beta_tcvae import decomposed
from aelab.models.vae import kl_divergence


def passed(mean: np.ndarray, log_variance: np.ndarray, seed: int = 0) -> Pass:
    """Return a batch with one draw from each posterior."""
    noise = np.random.default_rng(seed).standard_normal(mean.shape)
    code = mean + np.exp(0.5 * log_variance) * noise
    return Pass(*(each.astype(np.float32) for each in (mean, log_variance, code)), np.zeros(len(mean), np.float32))


def drawn_apart(count: int, correlation: float, sigma: float = 0.3) -> Pass:
    """Return posteriors whose means are spread so that all codes together are normal, with this correlation."""
    covariance = np.array([[1, correlation], [correlation, 1]]) - sigma**2 * np.eye(2)
    means = np.random.default_rng(1).multivariate_normal([0, 0], covariance, count)
    return passed(means, np.full((count, 2), 2 * np.log(sigma)))


def test_the_three_terms_add_up_to_the_divergence_from_the_prior() -> None:
    rng = np.random.default_rng(0)
    mean, log_variance = rng.normal(size=(400, 3)), rng.normal(-1, 0.5, (400, 3))
    terms = [
        sum(float(term) for term in decomposed(passed(mean, log_variance, seed), images=400)) for seed in range(1, 21)
    ]
    closed = float(np.mean(np.sum(kl_divergence(mean.astype(np.float32), log_variance.astype(np.float32)), axis=1)))
    assert np.mean(terms) == pytest.approx(closed, rel=0.02)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8])
def test_the_total_correlation_is_that_of_two_correlated_normals(correlation: float) -> None:
    batch = drawn_apart(2000, correlation)
    _, total, _ = decomposed(batch, images=2000)
    assert float(total) == pytest.approx(-0.5 * np.log(1 - correlation**2), abs=0.06)


def test_a_batch_stands_for_the_whole_set() -> None:
    whole = drawn_apart(2000, 0.8)
    part = Pass(*(each[:400] for each in (whole.mean, whole.log_variance, whole.code, whole.error)))
    for one, all_of_them in zip(decomposed(part, images=2000), decomposed(whole, images=2000), strict=True):
        assert float(one) == pytest.approx(float(all_of_them), abs=0.15)


def test_a_batch_of_one_image_has_a_loss() -> None:
    assert all(np.isfinite(float(term)) for term in decomposed(drawn_apart(1, 0.0), images=100))


def test_beta_presses_the_total_correlation(digits: np.ndarray) -> None:
    settings = {"body": "dense", "latent_dim": 4, "width": 32, "epochs": 40, "batch_size": 50, "learning_rate": 0.01}

    def correlation(beta: float) -> float:
        return trained("beta_tcvae", digits, **settings, beta=beta).last["beta_total_correlation"] / beta

    assert correlation(20.0) < correlation(1.0)
