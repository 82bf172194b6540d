"""From a place on a map back to a code, and a map of decoded images."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.projections.spec import Affine
from aelab.studies.decoded_map import box_around, codes_at, tiles

RNG = np.random.default_rng(0)
COORDINATES = RNG.standard_normal((60, 2)).astype(np.float32)
CODES = RNG.standard_normal((60, 5)).astype(np.float32)


def test_an_inverse_gives_the_code_of_every_place_exactly() -> None:
    inverse = Affine(np.arange(3, dtype=np.float32), np.array([[1, 0, 0], [0, 2, 0]], np.float32), exact=True)
    found = codes_at(np.array([[0, 0], [2, -1]], np.float32), COORDINATES, CODES, inverse)
    np.testing.assert_array_equal(found, [[0, 1, 2], [2, -1, 2]])


def test_without_an_inverse_a_point_has_its_own_code_and_a_place_between_two_has_a_mean() -> None:
    np.testing.assert_allclose(codes_at(COORDINATES[:4], COORDINATES, CODES, None), CODES[:4], atol=1e-4)
    two = np.array([[0, 0], [2, 0]], np.float32)
    codes = np.array([[1.0], [3.0]], np.float32)
    found = codes_at(np.array([[1, 0], [0.5, 0]], np.float32), two, codes, None)
    np.testing.assert_allclose(found, [[2.0], [(1 * 9 + 3 * 1) / 10]], rtol=1e-5)  # one over 0.25 and over 2.25


def test_the_box_is_a_square_around_all_points() -> None:
    low_x, high_x, low_y, high_y = box_around(COORDINATES)
    assert high_x - low_x == pytest.approx(high_y - low_y)
    assert ([low_x, low_y] < COORDINATES).all()
    assert ([high_x, high_y] > COORDINATES).all()
    assert box_around(np.zeros((3, 2), np.float32))[0] < 0  # even where they are all the same


def test_tiles_are_the_decoded_middles_from_the_upper_left() -> None:
    same = Affine(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), exact=True)
    images, box = tiles(lambda codes: codes.reshape(-1, 1, 2, 1), COORDINATES, COORDINATES, same, 4)
    places = images.reshape(4, 4, 2)
    step = (box[1] - box[0]) / 4
    np.testing.assert_allclose(places[0, 0], [box[0] + step / 2, box[3] - step / 2], rtol=1e-4)
    np.testing.assert_allclose(places[3, 3], [box[1] - step / 2, box[2] + step / 2], rtol=1e-4)
    np.testing.assert_allclose(places[0, 1] - places[0, 0], [step, 0], atol=1e-4)
