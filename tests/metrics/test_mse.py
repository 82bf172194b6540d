from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import mean_squared_error

from aelab.metrics.mse import mse


def test_one_wrong_pixel_counts_by_its_share():
    image = np.zeros((1, 4, 4, 1))
    wrong = image.copy()
    wrong[0, 2, 1, 0] = 0.5
    assert mse(image, wrong, data_range=1.0)[0] == 0.25 / 16


def test_agrees_with_scikit_image_for_every_image():
    rng = np.random.default_rng(0)
    x, y = rng.random((2, 30, 17, 23, 3))
    expected = [mean_squared_error(a, b) for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(mse(x, y, data_range=1.0), expected, rtol=1e-12)


def test_is_symmetric():
    x, y = np.random.default_rng(0).random((2, 5, 12, 12, 1))
    np.testing.assert_array_equal(mse(x, y, data_range=1.0), mse(y, x, data_range=1.0))


def test_bytes_do_not_wrap_around():
    black, white = np.zeros((1, 3, 3, 1), np.uint8), np.full((1, 3, 3, 1), 255, np.uint8)
    assert mse(black, white, data_range=255)[0] == 255**2


def test_small_errors_of_float32_images_keep_their_digits():
    x = np.full((1, 100, 100, 1), 0.5, np.float32)
    y = x + np.float32(2**-20)
    assert mse(x, y, data_range=1.0)[0] == pytest.approx(2.0**-40, rel=1e-12)
