"""The filters of scikit-image and scipy: as those libraries give them for one image, whatever the batch."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage import restoration
from skimage.restoration import estimate_sigma

from aelab.filters import filters
from aelab.filters._noise_level import estimated_sigma


@pytest.fixture
def noisy(corrupted):
    """Grainy images of three channels, (3, 24, 31, 3)."""
    rows, columns = np.mgrid[:24, :31] / 31
    clean = np.stack([np.stack([rows, columns, (rows + i / 3) % 1], axis=-1) for i in range(3)])
    return corrupted(clean.astype(np.float32), "gaussian", 0.1)


def assert_restores(name, noisy, one, **chosen):
    expected = np.clip(np.stack([one(image) for image in noisy]), 0, 1)
    np.testing.assert_allclose(filters[name].restore(noisy, {}, **chosen), expected, atol=1e-6)


def test_gaussian_is_scipys_for_each_channel(noisy):
    def one(image):
        return np.stack([ndimage.gaussian_filter(image[..., c], 1.5) for c in range(3)], axis=-1)

    assert_restores("gaussian", noisy, one, sigma=1.5)


def test_total_variation_is_scikit_images(noisy):
    assert_restores(
        "total_variation",
        noisy,
        lambda image: restoration.denoise_tv_chambolle(image, weight=0.12, channel_axis=-1),
        weight=0.12,
    )


@pytest.mark.parametrize("strength", [1.0, 2.0])
def test_wavelet_shrinks_by_the_noise_of_the_image(noisy, strength):
    def one(image):
        sigma = strength * estimate_sigma(image, average_sigmas=True, channel_axis=-1)
        return restoration.denoise_wavelet(image, sigma, "db2", convert2ycbcr=True, channel_axis=-1)

    assert_restores("wavelet", noisy, one, strength=strength, wavelet="db2")


def test_non_local_means_goes_by_the_noise_of_the_image(noisy):
    def one(image):
        sigma = estimate_sigma(image, average_sigmas=True, channel_axis=-1)
        return restoration.denoise_nl_means(image, 5, 8, 0.8 * sigma, fast_mode=False, sigma=sigma, channel_axis=-1)

    assert_restores("non_local_means", noisy, one, strength=0.8, patch=5)


@pytest.mark.parametrize("channels", [1, 3])
def test_noise_level_is_the_one_scikit_image_estimates(noisy, channels):
    images = noisy[..., :channels]
    expected = [estimate_sigma(image, average_sigmas=True, channel_axis=-1) for image in images]
    np.testing.assert_allclose(estimated_sigma(images), expected, rtol=1e-6)
    assert estimated_sigma(images) == pytest.approx(0.1, abs=0.03)


def test_an_even_image_seems_to_have_no_noise():
    assert estimated_sigma(np.full((2, 8, 8, 1), 0.0, np.float32)).tolist() == [0, 0]
