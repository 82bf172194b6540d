"""Whether two codes find the same images alike, and what chance alone would make of it."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.errors import LabError
from aelab.studies import agreement


def codes(count: int = 500, numbers: int = 4, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, numbers))


def test_a_code_agrees_with_itself_however_it_is_turned_and_scaled() -> None:
    given = codes()
    turned = 7 * given @ np.linalg.qr(codes(4, 4, 1))[0] + 3
    found = agreement.agreement(given, turned)
    assert found.overlap.mean == 1
    assert found.neighbours == 10


def test_codes_that_have_nothing_in_common_agree_as_often_as_chance() -> None:
    found = agreement.agreement(codes(), codes(numbers=9, seed=1))
    assert found.chance == pytest.approx(10 / 499)
    assert found.overlap.low <= found.chance + 0.005
    assert found.overlap.mean == pytest.approx(found.chance, abs=0.005)
    assert found.overlap.n == len(found.shared) == 500


def test_purity_by_chance_is_how_often_two_images_have_the_same_class() -> None:
    labels = np.array([0, 0, 0, 1, -1])
    assert agreement.purity_by_chance(labels) == pytest.approx(3 / 6)  # of the pairs of the four with a class
    assert np.isnan(agreement.purity_by_chance(np.array([-1, -1])))


def test_the_share_of_neighbours_in_common_is_counted_image_by_image() -> None:
    one = np.array([[1, 2], [0, 2], [3, 1]])
    other = np.array([[2, 1], [2, 3], [0, 4]])
    assert agreement.shared_neighbours(one, other).tolist() == [1.0, 0.5, 0.0]


def test_with_few_images_fewer_neighbours_are_looked_at() -> None:
    found = agreement.agreement(codes(6), codes(6, seed=1))
    assert found.neighbours == 4
    assert found.chance == pytest.approx(0.8)
    with pytest.raises(LabError, match="at least 3 images; there are 2"):
        agreement.agreement(codes(2), codes(2))


def test_codes_that_are_all_the_same_are_compared_too() -> None:
    found = agreement.agreement(np.zeros((50, 2)), codes(50))
    assert 0 <= found.overlap.mean <= 1
