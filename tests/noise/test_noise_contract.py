"""What every noise promises; a new file in noise/ is covered without another line here."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from aelab.errors import LabError
from aelab.noise import noises

#: Draw the same at every level, only stronger: no image is better off at a higher one.
SAME_GRAIN = {"gaussian", "salt_pepper", "speckle", "uniform", "masking"}

every = pytest.mark.parametrize("spec", list(noises), ids=lambda spec: spec.name)


@pytest.fixture(scope="module")
def images():
    """Real digits in three channels, float32 (100, 16, 16, 3) in [0, 1]."""
    digits = (load_digits().images[:100] / 16).astype(np.float32)
    return np.repeat(np.kron(digits, np.ones((2, 2), np.float32))[..., None], 3, axis=-1)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_noises_of_the_denoise_page_are_there():
    assert noises.names() == (
        *("gaussian", "salt_pepper", "speckle", "poisson", "uniform", "gaussian_blur", "motion_blur"),
        *("masking", "occlusion", "jpeg", "quantisation"),
    )


@every
def test_user_can_read_what_the_noise_and_its_level_are(spec):
    assert spec.label and spec.level_label and spec.equation
    assert spec.summary.endswith(".")
    assert 0 < spec.default <= spec.highest


@every
def test_five_severities_go_from_light_to_heavy(spec, images):
    assert sorted(set(spec.severities)) == list(spec.severities)
    assert spec.severities[0] > 0
    assert spec.severities[-1] <= spec.highest
    damage = [np.square(spec.corrupt(images, level, rng()) - images).mean() for level in spec.severities]
    assert (np.diff(damage) > 0).all()


@every
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_networks_get_float32_in_the_range_they_were_trained_on(spec, images, share):
    noisy = spec.corrupt(images, share * spec.highest, rng())
    assert noisy.dtype == np.float32
    assert noisy.shape == images.shape
    assert noisy.min() >= 0
    assert noisy.max() <= 1


@every
def test_images_are_not_changed(spec, images):
    before = images.copy()
    before.flags.writeable = False
    spec.corrupt(before, spec.default, rng())
    np.testing.assert_array_equal(before, images)


@every
def test_result_can_be_changed_without_changing_the_images(spec, images):
    assert not np.shares_memory(spec.corrupt(images, 0, rng()), images)


@every
def test_same_seed_gives_every_method_the_same_noise(spec, images):
    first, again, other = (spec.corrupt(images, spec.default, rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any() == spec.random


@every
def test_level_zero_leaves_the_images_as_they_are(spec, images):
    np.testing.assert_array_equal(spec.corrupt(images, 0, rng()), images)


@every
def test_each_image_gets_a_draw_of_its_own(spec, images):
    first, second = spec.corrupt(images[[3, 3]], spec.default, rng())
    assert (first != second).any() == spec.random


@every
def test_higher_level_does_more_damage(spec, images):
    levels = np.array([0, 0.1, 0.25, 0.5, 1]) * spec.highest
    damage = [np.square(spec.corrupt(images, level, rng()) - images).mean(axis=(1, 2, 3)) for level in levels]
    assert (np.diff(np.mean(damage, axis=1)) > 0).all()
    if spec.name in SAME_GRAIN:
        assert (np.diff(damage, axis=0) > 0).all()


@every
@pytest.mark.parametrize("shape", [(3, 1, 1, 1), (2, 5, 9, 1), (2, 128, 96, 3)])
def test_images_of_any_size_keep_it(spec, shape):
    noisy = spec.corrupt(np.full(shape, 0.25, np.float32), spec.highest, rng())
    assert noisy.shape == shape
    assert noisy.dtype == np.float32


@every
def test_no_images_give_no_images(spec, images):
    assert spec.corrupt(images[:0], spec.default, rng()).shape == (0, 16, 16, 3)


@every
@pytest.mark.parametrize("level", [-0.1, 100.0, np.nan, np.inf])
def test_level_out_of_bounds_is_one_sentence_with_the_bounds(spec, images, level):
    with pytest.raises(LabError) as caught:
        spec.corrupt(images, level, rng())
    assert str(caught.value) == (f"The level of {spec.label} must be between 0 and {spec.highest:g}; it is {level:g}.")
