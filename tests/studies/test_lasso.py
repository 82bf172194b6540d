"""Points in a line drawn by hand: the same answer as a slow and simple count, whatever the line."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.studies.lasso import inside

SQUARE = [(0, 0), (2, 0), (2, 2), (0, 2)]


def test_points_in_a_square_are_inside_and_others_are_not() -> None:
    points = [(1, 1), (0.1, 1.9), (-0.1, 1), (3, 1), (1, 2.1), (1, -5)]
    assert inside(points, SQUARE).tolist() == [True, True, False, False, False, False]


def test_the_direction_and_the_start_of_the_line_do_not_matter() -> None:
    rng = np.random.default_rng(0)
    points, polygon = rng.random((500, 2)), rng.random((9, 2))
    found = inside(points, polygon)
    assert 0 < np.count_nonzero(found) < 500
    np.testing.assert_array_equal(inside(points, polygon[::-1]), found)
    np.testing.assert_array_equal(inside(points, np.roll(polygon, 4, axis=0)), found)


def test_a_dent_is_outside() -> None:
    arrow = [(0, 0), (4, 2), (0, 4), (2, 2)]
    assert inside([(3, 2), (1, 2), (0.5, 0.5)], arrow).tolist() == [True, False, True]


def test_what_the_line_goes_around_twice_is_outside() -> None:
    outer_and_inner = [*SQUARE, (0, 0), (0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5), (0.5, 0.5)]
    assert inside([(1, 1), (0.2, 1)], outer_and_inner).tolist() == [False, True]


def test_agrees_with_the_angle_that_the_line_turns_around_a_point() -> None:
    rng = np.random.default_rng(1)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 30))
    polygon = rng.uniform(0.3, 1, 30)[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = rng.uniform(-1, 1, (2000, 2))
    away = polygon[None] - points[:, None]
    turned = np.angle(np.roll(away @ [1, 1j], -1, axis=1) / (away @ [1, 1j])).sum(axis=1)
    np.testing.assert_array_equal(inside(points, polygon), np.abs(turned) > np.pi)


@pytest.mark.parametrize(
    "polygon", [[], [(0, 0)], [(0, 0), (1, 1)], [(0, 0), (0, 0), (0, 0)], [(0, 1), (1, 1), (2, 1)]]
)
def test_a_line_that_encloses_nothing_selects_nothing(polygon: list[tuple[float, float]]) -> None:
    assert not inside([(0, 0), (0.5, 0.5), (1, 1)], polygon).any()


def test_no_points_are_no_trouble() -> None:
    assert inside(np.zeros((0, 2)), SQUARE).shape == (0,)
