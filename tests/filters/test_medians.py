from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from aelab.filters import filters
from aelab.filters.tuning import tune
from aelab.metrics.psnr import psnr


def adaptive_median(image, largest):
    """Restore one channel (H, W) by the textbook's words, pixel by pixel."""
    margin = largest // 2
    padded = np.pad(image, margin, mode="symmetric")
    restored = np.empty_like(image)
    for row, column in np.ndindex(image.shape):
        z = image[row, column]
        for window in range(3, largest + 1, 2):
            half = window // 2
            top, left = row + margin - half, column + margin - half
            around = padded[top : top + window, left : left + window]
            least, middle, greatest = around.min(), np.median(around), around.max()
            restored[row, column] = middle
            if least < middle < greatest:
                restored[row, column] = z if least < z < greatest else middle
                break
    return restored


@pytest.mark.parametrize("largest", [3, 5, 7])
@pytest.mark.parametrize("shape", [(12, 15, 1), (9, 8, 3), (4, 5, 1), (1, 6, 1)], ids=str)
def test_adaptive_median_is_the_textbooks(corrupted, shape, largest):
    clean = np.random.default_rng(1).random((3, *shape), dtype=np.float32)
    for level in (0.1, 0.5):
        noisy = corrupted(clean, "salt_pepper", level)
        restored = filters["adaptive_median"].restore(noisy, {}, largest=largest)
        for image, result in zip(noisy, restored, strict=True):
            for channel in range(shape[-1]):
                np.testing.assert_array_equal(result[..., channel], adaptive_median(image[..., channel], largest))


def test_adaptive_median_is_the_textbooks_for_handwriting_with_its_even_ground(handwriting, corrupted):
    noisy = corrupted(handwriting.test[:2], "salt_pepper", 0.3)
    restored = filters["adaptive_median"].restore(noisy, {}, largest=7)
    for image, result in zip(noisy, restored, strict=True):
        np.testing.assert_array_equal(result[..., 0], adaptive_median(image[..., 0], 7))


def test_adaptive_median_leaves_alone_what_was_not_hit(corrupted):
    """On a slope, where nothing is an extreme of its surroundings, hardly more than the lost pixels changes."""
    rows, columns = np.mgrid[:40, :40] / 100
    clean = (0.1 + rows + columns)[None, ..., None].astype(np.float32)
    noisy = corrupted(clean, "salt_pepper", 0.3)
    restored = filters["adaptive_median"].restore(noisy, {}, largest=7)[:, 4:-4, 4:-4]
    missed = (noisy == clean)[:, 4:-4, 4:-4]
    changed = restored[missed] != clean[:, 4:-4, 4:-4][missed]
    assert changed.mean() < 0.01
    plain = filters["median_5"].restore(noisy, {})[:, 4:-4, 4:-4]
    assert (plain[missed] != clean[:, 4:-4, 4:-4][missed]).mean() > 0.2


@pytest.mark.parametrize(("name", "window"), [("median_3", 3), ("median_5", 5)])
def test_median_is_that_of_each_channel_alone(name, window):
    noisy = np.random.default_rng(0).random((2, 11, 13, 3), dtype=np.float32)
    restored = filters[name].restore(noisy, {})
    for index, channel in np.ndindex(2, 3):
        expected = ndimage.median_filter(noisy[index, ..., channel], window)
        np.testing.assert_array_equal(restored[index, ..., channel], expected)


@pytest.mark.parametrize("name", ["median_3", "adaptive_median"])
def test_medians_beat_smoothing_where_few_pixels_are_lost(handwriting, corrupted, name):
    validation, test = handwriting.validation, handwriting.test
    noisy, noisy_test = corrupted(validation, "salt_pepper", 0.05), corrupted(test, "salt_pepper", 0.05, 1)
    median, smoothing = (tune(filters[each], validation, noisy) for each in (name, "gaussian"))
    ours, theirs = (psnr(test, each.restore(noisy_test), data_range=1.0) for each in (median, smoothing))
    assert np.median(ours - theirs) > 2
    assert (ours > theirs).mean() > 0.9


def test_adaptive_median_beats_the_plain_one_on_mnist(shared_data, corrupted):
    with np.load(shared_data("mnist.npz")) as stored:
        clean = (stored["x_test"][:100, ..., None] / 255).astype(np.float32)
    noisy = corrupted(clean, "salt_pepper", 0.1)
    plain = psnr(clean, filters["median_3"].restore(noisy, {}), data_range=1.0)
    adaptive = psnr(clean, filters["adaptive_median"].restore(noisy, {}, largest=3), data_range=1.0)
    assert plain.mean() == pytest.approx(20.9, abs=0.4)
    assert adaptive.mean() > plain.mean() + 2
