"""Images can be sorted by what makes one odd, and the figure is the one that is named."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.datasets.store import Dataset
from aelab.studies.ordering import KEYS, figures, ordered


def test_every_key_has_a_figure_for_every_image(digits: Dataset) -> None:
    for key in KEYS:
        found = figures(digits, key)
        assert found.dtype == np.float32
        assert found.shape == (digits.counts["all"],)
        assert np.isfinite(found).all()


def test_brightness_is_the_mean_value(digits: Dataset) -> None:
    expected = np.asarray(digits.images).reshape(digits.counts["all"], -1).mean(axis=1) / 255
    np.testing.assert_allclose(figures(digits, "brightness"), expected, rtol=1e-6)


def test_distance_is_to_the_mean_training_image_of_the_class(digits: Dataset) -> None:
    found = figures(digits, "distance")
    images = np.asarray(digits.images) / 255
    for label in range(len(digits.class_names)):
        members = np.flatnonzero(digits.labels == label)
        mean = images[members[digits.split[members] == 0]].mean(axis=0)
        expected = np.sqrt(np.square(images[members] - mean).mean(axis=(1, 2, 3)))
        np.testing.assert_allclose(found[members], expected, rtol=1e-4)


@pytest.mark.parametrize("descending", [False, True])
def test_equal_images_stay_in_their_order_and_unknown_ones_come_last(descending: bool) -> None:
    values = np.array([2, 1, np.nan, 2, 3], np.float32)
    found = ordered(np.array([0, 1, 2, 3, 4]), values, descending=descending)
    assert found.tolist() == ([4, 0, 3, 1, 2] if descending else [1, 0, 3, 4, 2])
