from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cosine
from sklearn.datasets import load_digits

from aelab.metrics.cosine_distance import cosine_distance


def vectors(*rows):
    """Return images of one row of pixels."""
    return np.array(rows, np.float64)[:, None, :, None]


def test_known_angles():
    x = vectors([1, 0], [1, 0], [1, 0], [1, 0])
    y = vectors([3, 0], [1, 1], [0, 2], [-4, 0])
    expected = [0, 1 - np.sqrt(0.5), 1, 2]
    np.testing.assert_allclose(cosine_distance(x, y, data_range=1.0), expected, rtol=1e-14)


def test_agrees_with_scipy_for_digits():
    digits = load_digits().images[:200, ..., None] / 16
    expected = [cosine(a.ravel(), b.ravel()) for a, b in zip(digits, digits[::-1], strict=True)]
    np.testing.assert_allclose(cosine_distance(digits, digits[::-1], data_range=1.0), expected, rtol=0, atol=1e-12)


def test_brightness_does_not_count():
    images = np.random.default_rng(0).random((5, 9, 9, 3))
    np.testing.assert_allclose(cosine_distance(images, images / 3, data_range=1.0), 0, atol=1e-15)


def test_identical_images_have_distance_exactly_zero():
    images = np.random.default_rng(0).random((50, 9, 9, 3))
    assert (cosine_distance(images, images, data_range=1.0) == 0).all()


def test_almost_identical_images_keep_their_digits():
    x, y = vectors([1, 0]), vectors([1, 1e-6])
    assert cosine_distance(x, y, data_range=1.0)[0] == pytest.approx(5e-13, rel=1e-6)


def test_black_image_is_like_black_and_at_a_right_angle_to_all_else():
    x, y = vectors([0, 0], [0, 0], [1, 2]), vectors([0, 0], [1, 2], [0, 0])
    assert cosine_distance(x, y, data_range=1.0).tolist() == [0, 1, 1]


def test_never_leaves_its_bounds():
    images = np.random.default_rng(0).standard_normal((500, 7, 7, 1))
    values = cosine_distance(images, -images, data_range=1.0)
    assert values.max() <= 2
    np.testing.assert_allclose(values, 2)


def test_is_symmetric():
    x, y = np.random.default_rng(0).random((2, 5, 12, 12, 1))
    np.testing.assert_array_equal(cosine_distance(x, y, data_range=1.0), cosine_distance(y, x, data_range=1.0))
