"""Each noise against a definition that somebody else wrote, or against what its label promises."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from skimage.util import random_noise
from sklearn.datasets import load_sample_image

from aelab.noise import noises


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def grey(value: float, count: int = 20) -> np.ndarray:
    return np.full((count, 64, 64, 1), value, np.float32)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A photo, float32 (1, 96, 128, 3) in [0, 1]."""
    return (load_sample_image("china.jpg")[None, 100:196, 100:228] / np.float32(255)).astype(np.float32)


@pytest.mark.parametrize(("value", "level"), [(0.5, 0.2), (0.9, 0.4), (0.0, 1.0)])
def test_speckle_has_the_moments_of_scikit_image(value: float, level: float) -> None:
    ours = noises["speckle"].corrupt(grey(value), level, rng())
    theirs = random_noise(grey(value), mode="speckle", var=level**2, rng=1)
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.005)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.03)


@pytest.mark.parametrize("value", [0.0, 0.2, 0.5])
def test_poisson_noise_has_as_much_variance_as_light(value: float) -> None:
    noisy = noises["poisson"].corrupt(grey(value), 0.1, rng())
    assert noisy.mean() == pytest.approx(value, abs=0.002)
    assert noisy.var() == pytest.approx(0.01 * value, rel=0.03)


def test_poisson_noise_of_one_photon_is_a_photon_or_none() -> None:
    noisy = noises["poisson"].corrupt(grey(0.25), 1.0, rng())
    assert set(np.unique(noisy)) == {0.0, 1.0}
    assert noisy.mean() == pytest.approx(1 - math.exp(-0.25), abs=0.01)


def test_uniform_noise_fills_its_limits_evenly() -> None:
    noise = noises["uniform"].corrupt(grey(0.5), 0.3, rng()) - 0.5
    counts, _ = np.histogram(noise, 6, (-0.3, 0.3))
    assert abs(noise).max() <= 0.3 + 1e-6
    np.testing.assert_allclose(counts / noise.size, 1 / 6, atol=0.01)


def test_gaussian_blur_spreads_a_point_as_a_bell() -> None:
    point = np.zeros((1, 33, 33, 1), np.float32)
    point[0, 16, 16, 0] = 1
    spread = noises["gaussian_blur"].corrupt(point, 2.0, rng())[0, :, :, 0]
    squared = np.sum(spread.sum(axis=1) * (np.arange(33) - 16) ** 2)
    assert spread.sum() == pytest.approx(1, abs=1e-3)
    assert math.sqrt(squared) == pytest.approx(2.0, abs=0.02)


def test_motion_blur_is_the_mean_of_shifted_images(photo: np.ndarray) -> None:
    angle = rng(3).uniform(0, math.pi)
    steps = np.linspace(-3.0, 3.0, 61)
    shifted = [
        ndimage.shift(photo[0], (step * math.sin(angle), step * math.cos(angle), 0), order=3, mode="reflect")
        for step in steps
    ]
    blurred = noises["motion_blur"].corrupt(photo, 6.0, rng(3))[0]
    inside = (slice(8, -8), slice(8, -8))
    expected = np.mean(shifted, axis=0)
    assert np.abs(blurred - expected)[inside].mean() < 0.01
    assert np.abs(photo[0] - expected)[inside].mean() > 0.03


def test_motion_blur_takes_no_light_away() -> None:
    image = np.zeros((4, 40, 40, 1), np.float32)
    image[:, 18:22, 18:22] = 0.6
    blurred = noises["motion_blur"].corrupt(image, 7.5, rng())
    np.testing.assert_allclose(blurred.sum(axis=(1, 2, 3)), image.sum(axis=(1, 2, 3)), rtol=0.03)


@pytest.mark.parametrize("level", [0.1, 0.5])
def test_masking_hides_the_share_that_it_says_in_all_channels(level: float) -> None:
    noisy = noises["masking"].corrupt(np.full((20, 64, 64, 3), 0.5, np.float32), level, rng())
    hidden = noisy == 0
    assert hidden.mean() == pytest.approx(level, abs=0.01)
    assert (hidden.all(axis=3) == hidden.any(axis=3)).all()
    assert set(np.unique(noisy)) == {0.0, 0.5}


@pytest.mark.parametrize("level", [0.04, 0.25, 1.0])
def test_occlusion_hides_one_block_of_the_share_that_it_says(level: float) -> None:
    noisy = noises["occlusion"].corrupt(np.zeros((50, 40, 60, 1), np.float32), level, rng())[..., 0]
    for image in noisy:
        rows, columns = np.nonzero(image)
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert len(rows) == height * width
        assert (height, width) == (round(40 * math.sqrt(level)), round(60 * math.sqrt(level)))


def test_jpeg_is_what_pillow_saves(photo: np.ndarray) -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.uint8(np.round(photo[0] * 255))).save(buffer, "JPEG", quality=20)
    saved = np.asarray(Image.open(buffer)) / np.float32(255)
    np.testing.assert_array_equal(noises["jpeg"].corrupt(photo, 80.0, rng())[0], saved)


def test_jpeg_of_grey_images_stays_grey(photo: np.ndarray) -> None:
    grey_photo = photo.mean(axis=3, keepdims=True)
    assert noises["jpeg"].corrupt(grey_photo, 50.0, rng()).shape == grey_photo.shape


@pytest.mark.parametrize(("level", "shades"), [(1.0, 2), (0.5, 3), (0.25, 5), (0.3, 4)])
def test_quantisation_leaves_shades_from_black_to_white(level: float, shades: int) -> None:
    ramp = np.linspace(0, 1, 1000, dtype=np.float32).reshape(1, 20, 50, 1)
    left = np.unique(noises["quantisation"].corrupt(ramp, level, rng()))
    np.testing.assert_allclose(left, np.linspace(0, 1, shades), atol=1e-6)
