from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm
from sklearn.datasets import load_digits

from aelab.errors import LabError
from aelab.metrics.frechet import frechet_distance


def by_matrix_square_root(x, y):
    """Return the textbook formula, taken literally."""
    s1, s2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = sqrtm(s1 @ s2)
    return np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(s1 + s2 - 2 * np.real(root))


def correlated(rng, n, d, shift=0.0):
    return rng.standard_normal((n, d)) @ rng.standard_normal((d, d)) + shift


@pytest.mark.parametrize(("n", "m", "d"), [(200, 300, 2), (500, 400, 20), (1000, 1000, 64)])
def test_agrees_with_the_matrix_square_root(n, m, d):
    rng = np.random.default_rng(d)
    x, y = correlated(rng, n, d), correlated(rng, m, d, shift=0.5)
    assert frechet_distance(x, y) == pytest.approx(by_matrix_square_root(x, y), rel=1e-6)


def test_agrees_with_the_matrix_square_root_for_digits():
    digits = load_digits()
    features = digits.data[:, digits.data.std(axis=0) > 0.5]  # without the pixels that are always black
    x, y = features[digits.target < 5], features[digits.target >= 5]
    assert frechet_distance(x, y) == pytest.approx(by_matrix_square_root(x, y), rel=1e-6)


@pytest.mark.parametrize("n", [4, 30, 400])
def test_features_on_a_plane_of_a_larger_space_keep_their_distance(n):
    # Turning a space into a larger one changes no distance, but makes both covariances singular.
    rng = np.random.default_rng(0)
    x, y = correlated(rng, n, 3), correlated(rng, n, 3, shift=1.0)
    turn = np.linalg.qr(rng.standard_normal((50, 3)))[0].T
    expected = by_matrix_square_root(x, y)
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(x @ turn, y @ turn) == pytest.approx(expected, rel=1e-6)


def test_fewer_samples_than_features_give_the_value_of_the_singular_covariances():
    # Diagonal covariances commute: the distance is the sum of (standard deviation - standard deviation)².
    x = np.vstack([np.diag([1.0, 2, 3, 0]), -np.diag([1.0, 2, 3, 0])])[[0, 1, 2, 4, 5, 6]]
    y = np.vstack([np.diag([0.0, 2, 5, 1]), -np.diag([0.0, 2, 5, 1])])[[1, 2, 3, 5, 6, 7]]
    x, y = np.pad(x, ((0, 0), (0, 20))), np.pad(y, ((0, 0), (0, 20)))
    deviations = np.sqrt(2 / 5) * (np.array([1, 2, 3, 0]) - np.array([0, 2, 5, 1]))
    assert frechet_distance(x, y) == pytest.approx(np.sum(deviations**2), rel=1e-12)


def test_same_features_are_at_no_distance_even_where_the_covariance_is_singular():
    rng = np.random.default_rng(0)
    for n, d in ((500, 10), (10, 500)):
        x = 100 * rng.standard_normal((n, d))
        assert 0 <= frechet_distance(x, x[::-1]) < 1e-10 * d * 100**2


def test_shift_alone_is_the_squared_distance_of_the_means():
    x = np.random.default_rng(0).standard_normal((100, 3))
    assert frechet_distance(x, x + np.array([3, 0, 4])) == pytest.approx(25, rel=1e-9)


def test_constant_features_are_compared_by_their_means():
    assert frechet_distance(np.zeros((5, 2)), np.ones((7, 2))) == pytest.approx(2)


def test_is_symmetric():
    rng = np.random.default_rng(0)
    x, y = correlated(rng, 50, 8), correlated(rng, 20, 8)
    assert frechet_distance(x, y) == pytest.approx(frechet_distance(y, x), rel=1e-12)


def test_pinned_value():
    # Gaussians of one dimension: (mean - mean)² + (deviation - deviation)²; here 1.5² + (1 - 2)².
    x, y = np.array([[-1.0], [0], [1]]), np.array([[-0.5], [1.5], [3.5]])
    assert frechet_distance(x, y) == pytest.approx(3.25, rel=1e-12)


def test_single_image_is_refused_with_the_count():
    with pytest.raises(LabError, match="at least 2 images in each set; one has 1"):
        frechet_distance(np.zeros((1, 4)), np.zeros((9, 4)))


@pytest.mark.parametrize("other", [np.zeros((9, 5)), np.zeros(9), np.zeros((9, 4, 1))], ids=lambda a: str(a.shape))
def test_different_features_are_refused_with_their_shapes(other):
    with pytest.raises(LabError, match=r"of one is \(9, 4\), of the other \(9"):
        frechet_distance(np.zeros((9, 4)), other)


def test_nan_from_a_diverged_network_is_refused_and_not_called_zero():
    broken = np.zeros((9, 4))
    broken[3, 1] = np.nan
    with pytest.raises(LabError, match="finite features"):
        frechet_distance(np.ones((9, 4)), broken)
