"""Everything that was found, counted and written down."""

from __future__ import annotations

import json

import pytest
from planted import every_check

from aelab.cleaning.inspection import inspect
from aelab.cleaning.subject import Subject
from aelab.errors import LabError


def test_every_check_is_asked_and_the_worst_kind_comes_first(fruit: Subject) -> None:
    found = inspect(fruit)
    assert [finding.check.name for finding in found.findings] == every_check()
    assert found.counts() == {
        "unreadable": 0,
        "two_labels": 1,
        "blank": 2,
        "repeats": 5,
        "near_duplicates": 0,
        "too_small": 81,
        "outliers": len(found["outliers"].groups),
        "aspect": 3,
        "blurred": len(found["blurred"].groups),
    }


def test_the_json_names_the_files_of_every_group(fruit: Subject) -> None:
    data = json.loads(json.dumps(inspect(fruit).to_json(), allow_nan=False))
    assert data["images"] == 200 and data["counts"]["repeats"] == 5
    repeats = next(each for each in data["checks"] if each["check"] == "repeats")
    assert {
        "key": repeats["groups"][2]["key"],
        "files": ["bananas/image_1.jpg", "bananas/image_2.jpg"],
        "keep": ["bananas/image_1.jpg"],
        "value": 2.0,
        "evidence": "The same file 2 times.",
    } in repeats["groups"]
    near = next(each for each in data["checks"] if each["check"] == "near_duplicates")
    assert near["settings"] == {"distance": 6}


def test_only_the_checks_that_are_asked_for_are_run(fruit: Subject) -> None:
    found = inspect(fruit, {"too_small": {"least": 20}}, only=["too_small"])
    assert list(found.counts()) == ["too_small"]
    with pytest.raises(LabError, match="no check called"):
        inspect(fruit, only=["ugly"])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ugly": {}}, "There is no check called 'ugly'"),
        ({"blank": {"colour": 3}}, "blank: There is no setting called 'colour'"),
        ({"near_duplicates": {"distance": 40}}, "near_duplicates: distance must be between 0 and 16; it is 40"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_before_anything_is_looked_at(
    fruit: Subject, settings: dict[str, dict[str, int]], said: str
) -> None:
    with pytest.raises(LabError, match=said):
        inspect(fruit, settings)


def test_a_picture_knows_what_was_found_about_it(fruit: Subject) -> None:
    flags = inspect(fruit).flags()
    names = {fruit.names[index]: found for index, found in flags.items()}
    assert set(names["bananas/image_1.jpg"]) >= {"blank", "repeats", "aspect"}
    assert "bananas/image_100.jpg" not in names or names["bananas/image_100.jpg"]


def test_progress_ends_at_one(fruit: Subject) -> None:
    told: list[float] = []
    inspect(fruit, only=["blank", "repeats"], progress=told.append)
    assert told == [0.5, 1.0]
