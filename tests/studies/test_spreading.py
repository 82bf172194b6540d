"""The first few of a spread order show the whole map."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.studies.spreading import spread_order


def test_every_point_comes_once() -> None:
    points = np.random.default_rng(0).standard_normal((300, 2))
    assert sorted(spread_order(points, 300).tolist()) == list(range(300))
    assert len(spread_order(points, 40)) == 40
    assert len(spread_order(np.zeros((5, 2)), 50)) == 5  # even where all stand on one another


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_first_of_the_order_reach_every_part_of_the_map(dimensions: int) -> None:
    points = np.random.default_rng(0).random((4000, dimensions))
    first = spread_order(points, 4**dimensions)
    cells = {tuple(cell) for cell in (points[first] * 2).astype(int)}
    assert len(cells) == 2**dimensions


def test_a_lonely_point_is_not_lost_beside_a_crowd() -> None:
    crowd = np.random.default_rng(0).normal(0, 0.01, (10_000, 2))
    points = np.vstack([crowd, [[5.0, 5.0]]])
    assert 10_000 in spread_order(points, 30)


def test_the_same_seed_gives_the_same_order() -> None:
    points = np.random.default_rng(0).random((500, 2))
    assert spread_order(points, 100).tolist() == spread_order(points, 100).tolist()
    assert spread_order(points, 100).tolist() != spread_order(points, 100, seed=1).tolist()
