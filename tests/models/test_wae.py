"""What makes a Wasserstein autoencoder: codes that, together, cannot be told from draws of the prior."""

from __future__ import annotations

import numpy as np
import pytest
from families import trained
from scipy.spatial.distance import cdist

from aelab.models.wae import _SCALES, discrepancy

RNG = np.random.default_rng(0)


def by_definition(codes: np.ndarray, draws: np.ndarray) -> float:
    """Return the unbiased estimate of the squared discrepancy, pair by pair, in double precision."""
    count, latent_dim = codes.shape

    def kernel(one: np.ndarray, two: np.ndarray) -> np.ndarray:
        reach = 2.0 * latent_dim
        return sum(scale * reach / (scale * reach + cdist(one, two, "sqeuclidean")) for scale in _SCALES)

    pairs = count * (count - 1)
    inside = sum((kernel(each, each).sum() - np.trace(kernel(each, each))) / pairs for each in (codes, draws))
    return float(inside - 2 * kernel(codes, draws).mean())


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (1.0, 1.0), (0.0, 0.1)])
def test_the_discrepancy_is_the_papers_estimate(shift: float, scale: float) -> None:
    codes, draws = RNG.normal(shift, scale, (40, 3)), RNG.normal(size=(40, 3))
    found = float(discrepancy(codes.astype(np.float32), draws.astype(np.float32)))
    assert found == pytest.approx(by_definition(codes, draws), abs=2e-5)


def test_two_samples_of_one_distribution_have_none_on_average() -> None:
    def drawn(shift: float) -> np.ndarray:
        return RNG.normal(shift, 1, (64, 4)).astype(np.float32)

    same = [float(discrepancy(drawn(0), drawn(0))) for _ in range(100)]
    other = [float(discrepancy(drawn(0.5), drawn(0))) for _ in range(100)]
    assert abs(np.mean(same)) < 4 * np.std(same) / 10
    assert np.mean(other) > 10 * abs(np.mean(same))


def test_a_batch_of_one_image_has_a_loss() -> None:
    assert np.isfinite(float(discrepancy(np.zeros((1, 3), np.float32), np.ones((1, 3), np.float32))))


def test_the_weight_brings_the_codes_to_the_prior(digits: np.ndarray) -> None:
    settings = {"body": "dense", "latent_dim": 2, "width": 32, "epochs": 40, "batch_size": 50, "learning_rate": 0.01}
    codes = trained("wae", digits, **settings, weight=1000.0).codes
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=0.35)
    np.testing.assert_allclose(codes.std(axis=0), 1, atol=0.35)
    assert trained("wae", digits, **settings, weight=0.0).codes.std() > 2
