"""The neighbours of an image are the nearest, and never the image itself."""

from __future__ import annotations

import numpy as np

from aelab.datasets.store import Dataset
from aelab.studies.neighbours import code_neighbours, neighbours


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


def test_among_some_images_only_those_are_neighbours(digits: Dataset) -> None:
    among = digits.indices("test")
    found = neighbours(digits, int(among[0]), 4, among)
    everywhere = neighbours(digits, int(among[0]), 10**6)
    assert found.indices.tolist() == [each for each in everywhere.indices if each in set(among)][:4]
    assert len(neighbours(digits, int(among[0]), 4, among[:1]).indices) == 0


def test_neighbours_by_code_are_the_nearest_codes_and_carry_the_numbers_of_their_images() -> None:
    codes = np.array([[0, 0], [5, 0], [1, 0], [0, 3]], np.float32)
    found = code_neighbours(codes, np.array([10, 20, 30, 40]), 10, 2)
    assert found.indices.tolist() == [30, 40]
    np.testing.assert_allclose(found.distances, [1, 3])
