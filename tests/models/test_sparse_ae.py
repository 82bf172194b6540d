"""What makes a sparse autoencoder sparse: the divergence between two coins, and a code that keeps to it."""

from __future__ import annotations

import numpy as np
import pytest
from families import trained
from scipy import stats

from aelab.models.sparse_ae import divergence


@pytest.mark.parametrize("sparsity", [0.01, 0.05, 0.3])
def test_the_divergence_is_that_of_two_coins_summed_over_the_code(sparsity: float) -> None:
    code = np.random.default_rng(0).random((50, 6), dtype=np.float32)
    expected = sum(stats.entropy([sparsity, 1 - sparsity], [mean, 1 - mean]) for mean in code.mean(axis=0))
    assert float(divergence(code, sparsity)) == pytest.approx(expected, rel=1e-5)


def test_a_code_that_is_as_sparse_as_asked_costs_nothing() -> None:
    assert float(divergence(np.full((8, 5), 0.05, np.float32), 0.05)) == pytest.approx(0, abs=1e-6)


def test_a_number_that_is_always_off_or_on_costs_much_but_is_a_number() -> None:
    for wrong in (0.0, 1.0):
        assert 0.1 < float(divergence(np.full((8, 1), wrong, np.float32), 0.05)) < 20


def test_the_weight_makes_the_code_sparse(digits: np.ndarray) -> None:
    settings = {"latent_dim": 20, "width": 32, "epochs": 30, "batch_size": 50, "learning_rate": 0.01}
    means = {weight: trained("sparse_ae", digits, **settings, weight=weight).codes.mean() for weight in (0.0, 0.01)}
    assert means[0.01] == pytest.approx(0.05, abs=0.03)
    assert means[0.0] > 2 * means[0.01]
