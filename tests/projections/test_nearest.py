"""Neighbours are those that a search by hand finds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from aelab.projections import nearest
from aelab.projections.nearest import blocks, nearest_others, nearest_to


@pytest.mark.parametrize("at_once", [1, 700, 10**7])
def test_neighbours_are_the_same_however_many_are_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(nearest, "_MOST_AT_ONCE", at_once)
    points = (1e4 + np.random.default_rng(0).standard_normal((100, 5))).astype(np.float32)
    distances = cdist(points.astype(float), points.astype(float))
    np.fill_diagonal(distances, np.inf)
    which, far = nearest_others(points, 7)
    np.testing.assert_array_equal(which, np.argsort(distances, axis=1)[:, :7])
    np.testing.assert_allclose(far, np.sort(distances, axis=1)[:, :7], rtol=1e-6)
    new = points[:4] + np.float32(0.01)
    which, far = nearest_to(points, new, 100)
    np.testing.assert_allclose(far, np.sort(cdist(new.astype(float), points.astype(float)), axis=1), atol=1e-5)
    assert sorted(which[0]) == list(range(100))


def test_a_point_is_no_neighbour_of_itself_even_where_another_is_equal() -> None:
    points = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    which, far = nearest_others(points, 2)
    assert which[:2, 0].tolist() == [1, 0]
    assert far[0].tolist() == [0, 1]


def test_only_those_that_are_asked_about_are_looked_at() -> None:
    points = np.arange(10.0)[:, None]
    ((rows, squares),) = blocks(points, np.array([2, 9]))
    assert rows.tolist() == [2, 9]
    assert squares[1, :3].tolist() == pytest.approx([81, 64, 49])
    assert np.isinf(squares[0, 2])
