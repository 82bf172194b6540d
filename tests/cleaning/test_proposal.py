"""From choices to the pictures that are left out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from planted import Photo, subject_of

from aelab.cleaning.inspection import Inspection, inspect
from aelab.cleaning.proposal import Choices, to_leave_out
from aelab.cleaning.subject import Subject
from aelab.errors import LabError


@pytest.fixture(scope="module")
def copied(clean_photos: list[Photo]) -> Subject:
    """Return photos of which one is there as a.jpg, as the same file b.jpg, and larger as large.jpg."""
    large = clean_photos[0].image.resize((600, 500))
    small = Photo.of("apples/a.jpg", large.resize((300, 250)))
    return subject_of(
        [small, Photo("apples/b.jpg", small.data), Photo.of("apples/large.jpg", large), *clean_photos[1:]]
    )


@pytest.fixture(scope="module")
def inspected(copied: Subject) -> Inspection:
    return inspect(copied, only=["repeats", "near_duplicates", "two_labels", "blank"])


def keys(inspection: Inspection, check: str) -> list[str]:
    return [key for key, finding, _ in inspection.groups() if finding.check.name == check]


def left_out(inspection: Inspection, choices: Choices) -> dict[str, str]:
    return {inspection.names[index]: why for index, why in to_leave_out(inspection, choices).items()}


def test_without_a_choice_nothing_is_left_out(inspected: Inspection) -> None:
    assert to_leave_out(inspected, Choices()) == {}


def test_of_repeats_the_first_by_name_survives(inspected: Inspection) -> None:
    assert left_out(inspected, Choices().accept(*keys(inspected, "repeats"))) == {"apples/b.jpg": "repeats"}


def test_of_near_duplicates_the_largest_survives(inspected: Inspection) -> None:
    accepted = Choices().accept(*keys(inspected, "near_duplicates"))
    assert left_out(inspected, accepted) == dict.fromkeys(["apples/a.jpg", "apples/b.jpg"], "near_duplicates")


def test_of_overlapping_groups_one_picture_survives_in_all(inspected: Inspection) -> None:
    both = left_out(inspected, Choices.all_automatic(inspected))
    assert both == {"apples/a.jpg": "near_duplicates", "apples/b.jpg": "repeats"}


def test_if_the_one_to_keep_is_left_out_by_hand_another_takes_its_place(inspected: Inspection) -> None:
    choices = Choices.all_automatic(inspected).drop(2)
    assert left_out(inspected, choices) == {"apples/large.jpg": "by hand", "apples/b.jpg": "repeats"}
    choices = Choices().accept(*keys(inspected, "repeats")).drop(0)
    assert left_out(inspected, choices) == {"apples/a.jpg": "by hand"}


def test_what_a_person_keeps_stays(inspected: Inspection) -> None:
    assert left_out(inspected, Choices.all_automatic(inspected).keep(1)) == {"apples/a.jpg": "near_duplicates"}
    assert left_out(inspected, Choices.all_automatic(inspected).keep(0, 1)) == {}
    assert to_leave_out(inspected, Choices().drop(5).keep(5)) == {}
    assert to_leave_out(inspected, Choices().keep(5).drop(5, why="outliers")) == {5: "outliers"}


def test_refusing_undoes_accepting(inspected: Inspection) -> None:
    every = Choices.all_automatic(inspected)
    assert to_leave_out(inspected, every.refuse(*every.accepted)) == {}


def test_the_order_of_choices_does_not_matter(inspected: Inspection) -> None:
    steps = [lambda c, key=key: c.accept(key) for key in Choices.all_automatic(inspected).accepted]
    steps += [lambda c: c.drop(2), lambda c: c.keep(7)]
    results = []
    for order in itertools.permutations(steps):
        choices = Choices()
        for step in order:
            choices = step(choices)
        results.append(to_leave_out(inspected, choices))
    assert all(result == results[0] for result in results)


def test_accepting_everything_leaves_one_of_every_repeated_file(fruit: Subject) -> None:
    found = inspect(fruit, only=["repeats", "near_duplicates"])
    out = to_leave_out(found, Choices.all_automatic(found))
    assert np.unique(fruit.digests).size == np.unique(np.delete(fruit.digests, list(out))).size
    labels = [set(fruit.labels[list(group.members)]) for group in found["repeats"].groups]
    kept = [set(fruit.labels[[i for i in group.members if i not in out]]) for group in found["repeats"].groups]
    assert kept == labels  # of the pair under two labels both stay, until a person decides


def test_a_contradiction_waits_for_a_person_and_then_goes_as_a_whole(fruit: Subject) -> None:
    found = inspect(fruit)
    automatic = Choices.all_automatic(found)
    pair = ["apples/image_387.jpg", "bananas/image_643.jpg"]
    assert not set(pair) & set(left_out(found, automatic))
    (key,) = keys(found, "two_labels")
    assert {name: why for name, why in left_out(found, automatic.accept(key)).items() if name in pair} == dict.fromkeys(
        pair, "two_labels"
    )
    apple = list(fruit.names).index(pair[0])
    assert pair[0] not in left_out(found, automatic.accept(key).keep(apple))


def test_the_worst_fault_is_the_reason(fruit: Subject) -> None:
    found = inspect(fruit)
    everything = Choices(frozenset(key for key, _, _ in found.groups()))
    out = left_out(found, everything)
    assert out["bananas/image_1.jpg"] == "blank" and out["bananas/image_2.jpg"] == "blank"
    assert "outliers" not in out.values()


@pytest.mark.parametrize("choices", [Choices().accept("repeats:999"), Choices().drop(200), Choices().keep(-1)])
def test_a_choice_about_another_dataset_is_refused(inspected: Inspection, choices: Choices) -> None:
    with pytest.raises(LabError, match="There is no"):
        to_leave_out(inspected, choices)
