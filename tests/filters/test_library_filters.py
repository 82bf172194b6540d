"""The filters of scikit-image and scipy: as those libraries give them for one image, whatever the batch."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage import restoration

from aelab.filters import filters


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


def test_wavelet_shrinks_brightness_and_tint_of_a_colour_image(noisy):
    def one(image):
        return restoration.denoise_wavelet(image, 0.15, "db2", convert2ycbcr=True, channel_axis=-1)

    assert_restores("wavelet", noisy, one, sigma=0.15, wavelet="db2")


@pytest.mark.parametrize("channels", [1, 2])
def test_wavelet_takes_other_channels_one_by_one(noisy, channels):
    def one(image):
        made = [restoration.denoise_wavelet(image[..., c], 0.15, "sym4") for c in range(channels)]
        return np.stack(made, axis=-1)

    assert_restores("wavelet", noisy[..., :channels], one, sigma=0.15, wavelet="sym4")


def test_non_local_means_is_scikit_images_better_mode(noisy):
    def one(image):
        return restoration.denoise_nl_means(image, 5, 8, 0.08, fast_mode=False, sigma=0.1, channel_axis=-1)

    assert_restores("non_local_means", noisy, one, sigma=0.1, patch=5)
