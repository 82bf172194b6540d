"""SSIM in uniform windows is scikit-image's default, and another number than SSIM in Gaussian ones."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from aelab.errors import LabError
from aelab.metrics.ssim import ssim
from aelab.metrics.ssim_uniform import ssim_uniform


@pytest.mark.parametrize("shape", [(20, 28, 28, 1), (3, 64, 48, 3), (4, 7, 9, 1)], ids=str)
def test_agrees_with_the_defaults_of_scikit_image(shape: tuple[int, ...]) -> None:
    x, y = np.random.default_rng(0).random((2, *shape))
    for other in (y, 0.9 * x + 0.1 * y):
        expected = [structural_similarity(a, b, data_range=1.0, channel_axis=-1) for a, b in zip(x, other, strict=True)]
        np.testing.assert_allclose(ssim_uniform(x, other, data_range=1.0), expected, rtol=0, atol=1e-6)


def test_the_two_windows_tell_different_numbers_for_the_same_digit(shared_data) -> None:
    with np.load(shared_data("mnist.npz")) as stored:
        clean = stored["x_test"][:500, ..., None] / 255
    noisy = np.clip(clean + 0.3 * np.random.default_rng(0).standard_normal(clean.shape), 0, 1)
    apart = np.abs(ssim(clean, noisy, data_range=1.0) - ssim_uniform(clean, noisy, data_range=1.0))
    assert apart.max() > 0.05


def test_an_image_smaller_than_the_window_is_refused_with_its_size() -> None:
    images = np.zeros((3, 28, 6, 1))
    with pytest.raises(LabError, match=r"at least 7 × 7 pixels; these are 28 × 6\."):
        ssim_uniform(images, images, data_range=1.0)
