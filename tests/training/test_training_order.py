"""Which images a training takes: a fair part of each class, and the same ones again."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from aelab.training.order import limited, taking_turns

LABELS = np.repeat([0, 1, 2], [600, 300, 100])
INDICES = np.sort(np.random.default_rng(5).permutation(1000)[:800])


def test_without_a_limit_all_images_are_used() -> None:
    for limit in (0, 800, 10_000):
        np.testing.assert_array_equal(limited(INDICES, LABELS, limit), INDICES)


@pytest.mark.parametrize("limit", [1, 2, 10, 100, 799])
def test_a_limit_takes_so_many_of_the_indices_and_always_the_same(limit: int) -> None:
    found = limited(INDICES, LABELS, limit)
    assert len(np.unique(found)) == limit
    assert set(found) <= set(INDICES)
    assert np.all(np.diff(found) > 0)
    np.testing.assert_array_equal(limited(INDICES, LABELS, limit), found)


@pytest.mark.parametrize("limit", [20, 100, 400])
def test_a_limit_takes_of_each_class_its_share(limit: int) -> None:
    shares = np.bincount(LABELS[INDICES]) / len(INDICES)
    found = np.bincount(LABELS[limited(INDICES, LABELS, limit)], minlength=3)
    assert np.abs(found - limit * shares).max() <= 1


def test_a_smaller_limit_takes_some_of_what_a_larger_one_takes() -> None:
    nested = [set(limited(INDICES, LABELS, limit)) for limit in (3, 10, 50, 200, 700, 0)]
    assert all(small < large for small, large in itertools.pairwise(nested))


def test_images_without_labels_can_be_limited_too() -> None:
    assert len(limited(INDICES, np.full(1000, -1), 10)) == 10


def test_the_first_images_are_of_every_class_in_turn() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2, -1, 0], np.int32)
    indices = np.array([0, 1, 2, 3, 4, 5, 6])
    found = taking_turns(indices, labels)
    assert labels[found].tolist() == [-1, 0, 1, 2, 0, 1, 0]
    assert sorted(found) == sorted(indices)
    assert taking_turns(indices[:0], labels).tolist() == []
