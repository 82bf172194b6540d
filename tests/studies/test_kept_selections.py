"""A selection has a name, by which it is found again as long as it is kept."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.studies import kept_selections


@pytest.fixture
def digits(lab: object) -> Dataset:
    return store.open_dataset("digits")


@pytest.mark.parametrize("chosen", [[], [0], [1796], [3, 50, 51, 200], range(1797)])
def test_a_selection_is_found_by_its_name(digits: Dataset, chosen: object) -> None:
    found = kept_selections.find(digits, kept_selections.keep(digits, chosen))
    assert found is not None
    assert found.tolist() == list(chosen)


def test_the_same_selection_has_one_name_in_whatever_order_it_was_made(digits: Dataset) -> None:
    names = {kept_selections.keep(digits, chosen) for chosen in ([3, 1, 2], [1, 2, 3], np.array([2, 3, 1, 1]))}
    assert len(names) == 1
    assert names != {kept_selections.keep(digits, [1, 2])}


def test_it_is_none_of_other_images(digits: Dataset) -> None:
    name = kept_selections.keep(digits, [1, 2])
    assert kept_selections.find(dataclasses.replace(digits, checksum="0" * 64), name) is None


@pytest.mark.parametrize("name", ["", "0123456789abcdef", "../../../../etc/passwd", "É" * 16, "a" * 4000])
def test_a_name_that_nobody_gave_finds_nothing(digits: Dataset, name: str) -> None:
    assert kept_selections.find(digits, name) is None


def test_a_damaged_one_finds_nothing_and_is_kept_anew(digits: Dataset) -> None:
    name = kept_selections.keep(digits, [1, 2])
    path = kept_selections.root() / f"{name}.bits"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    assert kept_selections.find(digits, name) is None
    assert kept_selections.keep(digits, [1, 2]) == name
    assert kept_selections.find(digits, name) is not None


def test_a_disk_that_takes_nothing_loses_the_name_only(digits: Dataset) -> None:
    kept_selections.root().parent.mkdir(parents=True, exist_ok=True)
    kept_selections.root().write_text("a file where the folder would be")
    assert kept_selections.find(digits, kept_selections.keep(digits, [1, 2])) is None
