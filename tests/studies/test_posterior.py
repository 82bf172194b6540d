"""What a variational run has learned: divergences that are true, dimensions that are used, all posteriors together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import integrate, stats

from aelab.errors import LabError
from aelab.studies import aggregate, posterior
from aelab.studies.posterior import Config


@dataclass(frozen=True)
class Encoder:
    """Stands in for a run's networks: posteriors that are known beforehand, image by image in their order."""

    mean: np.ndarray
    log_variance: np.ndarray
    run_id: str = "made"
    encodes: bool = True
    decodes: bool = True

    def posterior(self, images: np.ndarray, labels: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        return self.mean[: len(images)], self.log_variance[: len(images)]


def made(count: int, latent_dim: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return posteriors whose mixture is the prior but for chance: mean of variance 0.75, variance of 0.25."""
    rng = np.random.default_rng(seed)
    return np.sqrt(0.75) * rng.standard_normal((count, latent_dim)), np.full((count, latent_dim), np.log(0.25))


@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (1.5, 0.3), (-4.0, 0.01), (0.2, 3.0)])
def test_the_divergence_in_closed_form_is_that_of_the_integral(mean: float, deviation: float) -> None:
    own, prior = stats.norm(mean, deviation), stats.norm()
    expected, _ = integrate.quad(
        lambda z: own.pdf(z) * (own.logpdf(z) - prior.logpdf(z)), mean - 12 * deviation, mean + 12 * deviation
    )
    found = posterior.divergence(np.array([[mean]]), np.array([[2 * np.log(deviation)]]))
    assert found[0, 0] == pytest.approx(expected, abs=1e-7)


def test_dimensions_are_active_where_their_mean_varies_and_told_with_their_number(digits) -> None:
    count = digits.counts["test"]
    rng = np.random.default_rng(0)
    mean = rng.standard_normal((256, 4)) * [1.0, 0.05, 0.2, 0.0]  # variances 1, 0.0025, 0.04, 0
    mean[:, 3] = 2.0  # far from the prior, yet the same for every image
    learned = posterior.run(Encoder(mean, np.zeros((256, 4))), digits, Config())
    assert learned.n == count
    assert learned.active.tolist() == [True, False, True, False]
    assert learned.to_json()["active_units"] == 2
    assert learned.order.tolist() == [3, 0, 2, 1]
    assert posterior.table(learned)["dimension"].tolist() == [4, 1, 3, 2]
    assert learned.divergences[3].mean == pytest.approx(2.0)
    assert learned.total.mean == pytest.approx(sum(each.mean for each in learned.divergences))


def test_a_collapsed_posterior_has_no_divergence_and_no_active_dimension(digits) -> None:
    learned = posterior.run(Encoder(np.zeros((256, 3)), np.zeros((256, 3))), digits, Config(limit=200))
    assert not learned.active.any()
    assert learned.total.mean == 0
    assert learned.information.code.mean == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(learned.aggregate.divergence, 0, atol=1e-9)


def test_the_numbers_of_a_trained_run_are_those_of_its_encoder(opened) -> None:
    networks, dataset = opened("vae")
    learned = posterior.run(networks, dataset, Config())
    images = dataset.images[dataset.indices("test")].astype(np.float32) / 255
    mean, log_variance = (each.astype(float) for each in networks.posterior(images))
    np.testing.assert_allclose(learned.mean, mean, atol=1e-5)
    expected = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)
    np.testing.assert_allclose([each.mean for each in learned.divergences], expected.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(learned.varies, mean.var(axis=0), rtol=1e-4)
    assert learned.information.code.mean + learned.information.marginal.mean == pytest.approx(
        learned.total.mean, rel=0.1
    )
    assert learned.information.code.mean <= learned.information.ceiling


def test_posteriors_that_together_are_the_prior_are_told_to_be_the_prior() -> None:
    together = aggregate.aggregate(*made(2000, 2))
    np.testing.assert_allclose(together.mean, 0, atol=0.08)
    np.testing.assert_allclose(together.variance, 1, atol=0.1)
    np.testing.assert_allclose(together.kurtosis, 0, atol=0.3)
    assert (together.divergence < 0.01).all()
    width = np.diff(together.edges)
    np.testing.assert_allclose((together.density * width).sum(axis=1), 1, atol=1e-3)
    middles = (together.edges[1:] + together.edges[:-1]) / 2
    np.testing.assert_allclose(together.prior, stats.norm.pdf(middles), atol=2e-3)


@pytest.mark.parametrize(("mean", "deviation"), [(1.0, 0.5), (-6.0, 1.0), (25.0, 2.0)])
def test_the_divergence_of_the_aggregate_is_that_of_the_one_distribution_it_is(mean: float, deviation: float) -> None:
    given = np.full((50, 1), mean), np.full((50, 1), 2 * np.log(deviation))
    together = aggregate.aggregate(*given)
    assert together.divergence[0] == pytest.approx(posterior.divergence(*given)[0, 0], rel=0.02)
    assert together.variance[0] == pytest.approx(deviation**2)
    assert together.kurtosis[0] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("mean", "beyond"), [(0.0, 0), (25.0, 0), (32.0, 1), (-1e6, 1)])
def test_codes_where_the_prior_has_nothing_are_told_of(mean: float, beyond: float) -> None:
    together = aggregate.aggregate(np.array([[mean, 0.0]] * 20), np.full((20, 2), -4.0))
    np.testing.assert_allclose(together.beyond, [beyond, 0], atol=1e-3)
    assert together.runs_off == bool(beyond)


def test_codes_in_two_heaps_have_the_kurtosis_of_a_coin() -> None:
    mean = np.repeat([[-3.0], [3.0]], 100, axis=0)
    together = aggregate.aggregate(mean, np.full((200, 1), -10.0))
    assert together.kurtosis[0] == pytest.approx(-2, abs=0.01)


def test_codes_far_apart_tell_all_of_which_image_they_are() -> None:
    mean = 50.0 * np.arange(64)[:, None]
    found = aggregate.information(mean, np.zeros((64, 1)), seed=0)
    assert found.code.mean == pytest.approx(np.log(64), abs=1e-6)
    assert found.ceiling == np.log(64)


def test_the_mutual_information_of_normal_means_is_that_of_the_textbook() -> None:
    found = aggregate.information(*made(5000, 1), seed=0)
    assert found.code.mean == pytest.approx(0.5 * np.log(1 / 0.25), abs=0.08)
    assert found.marginal.mean == pytest.approx(0, abs=0.08)


def test_a_run_without_a_posterior_is_told_from_a_variational_one(opened) -> None:
    networks, dataset = opened("conv_ae")
    with pytest.raises(LabError, match=rf"Run {networks.run_id} has no posterior: .* such as one of the model vae"):
        posterior.run(networks, dataset, Config())


def test_a_run_without_an_encoder_is_named(digits) -> None:
    blind = replace(Encoder(np.zeros((1, 1)), np.zeros((1, 1))), encodes=False)
    with pytest.raises(LabError, match="Run made has no encoder"):
        posterior.run(blind, digits, Config())


def test_posteriors_that_are_no_numbers_are_named(digits) -> None:
    broken = Encoder(np.full((256, 2), np.nan), np.zeros((256, 2)))
    with pytest.raises(LabError, match="The encoder of run made gives codes that are no numbers"):
        posterior.run(broken, digits, Config())


def test_a_variance_that_overflows_counts_as_it_does_in_training(digits) -> None:
    learned = posterior.run(Encoder(np.zeros((256, 1)), np.full((256, 1), 500.0)), digits, Config())
    assert learned.total.mean == pytest.approx(0.5 * (np.exp(10) - 1 - 10))


def test_one_test_image_is_too_few(digits) -> None:
    encoder = Encoder(np.zeros((256, 2)), np.zeros((256, 2)))
    with pytest.raises(LabError, match="at least 2 test images; digits has 1"):
        posterior.run(encoder, digits, Config(limit=1))
