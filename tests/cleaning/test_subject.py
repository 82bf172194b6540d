"""From a stored dataset to what the checks look at, and back to a recipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from planted import Photo

from aelab.cleaning.inspection import inspect
from aelab.cleaning.proposal import Choices, cleaned, to_leave_out
from aelab.cleaning.subject import Subject
from aelab.datasets import store
from aelab.datasets.importing import import_path


@pytest.fixture
def stored(shared_data: Callable[[str], Path]) -> store.Dataset:
    return import_path(shared_data("fruit_200.zip"), "fruit")


def test_a_stored_dataset_is_checked_by_its_files(stored: store.Dataset, photos: list[Photo], fruit: Subject) -> None:
    subject = Subject.of(stored)
    sizes = {photo.name: photo.image.size[::-1] for photo in photos}
    assert {name: tuple(size) for name, size in zip(subject.names, subject.sizes.tolist(), strict=True)} == sizes
    assert len(np.unique(subject.digests)) == len(np.unique(fruit.digests)) == 195
    assert inspect(subject, only=["repeats"]).counts() == {"repeats": 5}


def test_what_is_cleaned_is_clean_and_can_be_undone(stored: store.Dataset) -> None:
    found = inspect(Subject.of(stored), only=["blank", "repeats", "near_duplicates", "two_labels"])
    (contradiction,) = (key for key, finding, _ in found.groups() if finding.check.name == "two_labels")
    out = to_leave_out(found, Choices.all_automatic(found).accept(contradiction))
    recipe = cleaned(stored, out)
    assert {decision.why for decision in recipe.drop} == set(out.values())
    clean = store.derive(stored, "clean", recipe)
    again = inspect(Subject.of(clean), only=["blank", "repeats", "near_duplicates", "two_labels"])
    assert set(again.counts().values()) == {0}
    assert len(Subject.of(clean)) == 200 - len(out)
    undone = store.derive(clean, "undone", clean.recipe.without(*clean.recipe.drop))
    assert undone.checksum == stored.checksum


def test_a_second_cleaning_adds_to_the_first(stored: store.Dataset) -> None:
    found = inspect(Subject.of(stored), only=["blank"])
    once = store.derive(stored, "once", cleaned(stored, to_leave_out(found, Choices.all_automatic(found))))
    twice = cleaned(once, {0: "by hand"})
    assert [decision.why for decision in twice.drop] == ["blank", "blank", "by hand"]
    assert twice.drop[-1].name == Subject.of(once).names[0]


def test_images_of_an_array_have_numbers_for_names() -> None:
    subject = Subject.of(store.open_dataset("digits"))
    assert subject.names[12] == "#12" and list(subject.names[3:5]) == ["#3", "#4"]
    assert set(map(tuple, subject.sizes)) == {(28, 28)}
    assert inspect(subject, only=["too_small", "repeats", "aspect", "unreadable"]).counts() == dict.fromkeys(
        ["unreadable", "repeats", "too_small", "aspect"], 0
    )


def test_names_are_sorted_as_people_count() -> None:
    subject = Subject.of_images(np.zeros((12, 12, 12, 1), np.uint8))
    assert subject.by_name([11, 2, 10, 9]) == [2, 9, 10, 11]
