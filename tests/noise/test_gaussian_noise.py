from __future__ import annotations

import numpy as np
import pytest
from skimage.util import random_noise

from aelab.noise.gaussian import SPEC, add_gaussian


def grey(value, n=20):
    return np.full((n, 64, 64, 1), value, np.float32)


def test_mean_and_deviation_are_those_that_the_label_promises():
    noise = add_gaussian(grey(0.5), 0.1, np.random.default_rng(0)) - 0.5
    assert noise.mean() == pytest.approx(0, abs=0.002)
    assert noise.std() == pytest.approx(0.1, rel=0.01)


@pytest.mark.parametrize(("value", "level"), [(0.5, 0.1), (0.0, 0.2), (0.9, 0.3), (0.5, 1.0)])
def test_moments_agree_with_scikit_image_also_where_clipping_bites(value, level):
    ours = add_gaussian(grey(value), level, np.random.default_rng(0))
    theirs = random_noise(grey(value), mode="gaussian", var=level**2, rng=1)
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.005)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.02)


def test_channels_are_independent():
    noise = add_gaussian(np.full((20, 32, 32, 3), 0.5, np.float32), 0.1, np.random.default_rng(0)).reshape(-1, 3)
    assert np.abs(np.corrcoef(noise.T) - np.eye(3)).max() < 0.03


def test_grain_is_the_same_at_every_level_so_that_levels_compare():
    weak, strong = (add_gaussian(grey(0.5), level, np.random.default_rng(3)) - 0.5 for level in (0.02, 0.04))
    np.testing.assert_allclose(strong, 2 * weak, atol=1e-6)


def test_scripts_find_it_by_this_name():
    assert (SPEC.name, SPEC.default, SPEC.highest) == ("gaussian", 0.2, 1.0)
