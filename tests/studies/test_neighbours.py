"""The neighbours of an image are the nearest, and never the image itself."""

from __future__ import annotations

import numpy as np

from aelab.datasets.store import Dataset
from aelab.studies.neighbours import neighbours


def test_neighbours_are_the_nearest_of_all(digits: Dataset) -> None:
    images = np.asarray(digits.images).reshape(digits.counts["all"], -1) / 255
    distances = np.sqrt(np.square(images - images[7]).mean(axis=1))
    found = neighbours(digits, 7, 5)
    assert found.indices.tolist() == np.argsort(distances, kind="stable")[1:6].tolist()
    np.testing.assert_allclose(found.distances, np.sort(distances)[1:6], rtol=1e-5)


def test_an_image_has_at_most_all_others_for_neighbours(digits: Dataset) -> None:
    found = neighbours(digits, 0, 10**6)
    assert len(found.indices) == digits.counts["all"] - 1
    assert 0 not in found.indices
