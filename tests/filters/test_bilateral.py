from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import ndimage

from aelab.filters.bilateral import TRUNCATE, restore


def bilateral(image, sigma_color, sigma_spatial):
    """Restore an image (H, W, C) by the equation, pixel by pixel."""
    reach = math.ceil(TRUNCATE * sigma_spatial)
    padded = np.pad(image.astype(np.float64), ((reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    nearness = np.exp(-(rows**2 + columns**2) / (2 * sigma_spatial**2))
    restored = np.empty(image.shape)
    for row, column in np.ndindex(image.shape[:2]):
        around = padded[row : row + 2 * reach + 1, column : column + 2 * reach + 1]
        apart = ((around - image[row, column]) ** 2).mean(axis=-1)
        weights = nearness * np.exp(-apart / (2 * sigma_color**2))
        restored[row, column] = (weights[..., None] * around).sum(axis=(0, 1)) / weights.sum()
    return restored


@pytest.mark.parametrize("shape", [(9, 12, 1), (8, 7, 3), (3, 2, 2)], ids=str)
@pytest.mark.parametrize("sigmas", [(0.05, 0.75), (0.3, 1.5)])
def test_weights_are_those_of_the_equation(shape, sigmas):
    noisy = np.random.default_rng(0).random((3, *shape), dtype=np.float32)
    restored = restore(noisy, {}, sigma_color=sigmas[0], sigma_spatial=sigmas[1])
    for image, result in zip(noisy, restored, strict=True):
        np.testing.assert_allclose(result, bilateral(image, *sigmas), atol=1e-5)


def test_where_all_colours_count_as_alike_it_is_gaussian_smoothing():
    noisy = np.random.default_rng(0).random((2, 20, 17, 3), dtype=np.float32)
    smoothed = ndimage.gaussian_filter(noisy, (0, 1, 1, 0), mode="reflect", truncate=TRUNCATE)
    np.testing.assert_allclose(restore(noisy, {}, sigma_color=1e4, sigma_spatial=1.0), smoothed, atol=1e-5)


def test_edges_stay_where_grain_goes():
    rng = np.random.default_rng(0)
    step = np.repeat(np.float32([0.2, 0.8]), 16)[None, None, :, None]
    noisy = (step + rng.normal(0, 0.03, (1, 32, 32, 1))).astype(np.float32)
    restored = restore(noisy, {}, sigma_color=0.15, sigma_spatial=1.5)
    assert np.abs(restored - step).std() < 0.5 * np.abs(noisy - step).std()
    assert (restored[:, :, 16] - restored[:, :, 15]).min() > 0.5


def test_more_images_than_fit_at_once_are_all_restored():
    noisy = np.random.default_rng(0).random((5, 150, 160, 1), dtype=np.float32)
    together = restore(noisy, {}, sigma_color=0.2, sigma_spatial=0.5)
    alone = [restore(image[None], {}, sigma_color=0.2, sigma_spatial=0.5)[0] for image in noisy]
    np.testing.assert_array_equal(together, alone)
