from __future__ import annotations

import numpy as np
import pytest
from skimage.util import random_noise

from aelab.noise.salt_pepper import SPEC, add_salt_pepper


def grey(channels=1):
    return np.full((20, 64, 64, channels), 0.5, np.float32)


@pytest.mark.parametrize("level", [0.02, 0.1, 0.5])
def test_share_of_white_and_black_agrees_with_scikit_image(level):
    ours = add_salt_pepper(grey(), level, np.random.default_rng(0))
    theirs = random_noise(grey(), mode="s&p", amount=level, rng=1)
    for value in (0, 1):
        assert np.mean(ours == value) == pytest.approx(level / 2, abs=0.005)
        assert np.mean(ours == value) == pytest.approx(np.mean(theirs == value), abs=0.005)


def test_full_level_leaves_no_pixel_and_stays_half_and_half():
    noisy = add_salt_pepper(grey(), 1.0, np.random.default_rng(0))
    assert np.isin(noisy, (0, 1)).all()
    assert noisy.mean() == pytest.approx(0.5, abs=0.01)


def test_pixels_that_were_not_hit_keep_their_exact_value():
    image = np.random.default_rng(1).uniform(0.1, 0.9, (2, 32, 32, 1)).astype(np.float32)
    noisy = add_salt_pepper(image, 0.2, np.random.default_rng(0))
    missed = (noisy != 0) & (noisy != 1)
    assert 0.7 < missed.mean() < 0.9
    np.testing.assert_array_equal(noisy[missed], image[missed])


def test_colour_pixel_is_hit_in_all_channels_at_once():
    noisy = add_salt_pepper(grey(channels=3), 0.3, np.random.default_rng(0))
    assert (noisy == noisy[..., :1]).all()
    assert (noisy != 0.5).any()


def test_colour_and_grey_images_lose_the_same_pixels_to_the_same_draw():
    one, three = (add_salt_pepper(grey(channels), 0.3, np.random.default_rng(0)) for channels in (1, 3))
    np.testing.assert_array_equal(one[..., 0], three[..., 0])


def test_higher_level_keeps_every_hit_of_the_lower_in_its_colour():
    weak, strong = (add_salt_pepper(grey(), level, np.random.default_rng(0)) for level in (0.1, 0.4))
    hit = weak != 0.5
    np.testing.assert_array_equal(strong[hit], weak[hit])


def test_scripts_find_it_by_this_name():
    assert (SPEC.name, SPEC.default, SPEC.highest) == ("salt_pepper", 0.1, 1.0)
