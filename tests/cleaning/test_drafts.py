"""Choices survive a visit, can be taken back one by one, and are nobody else's."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aelab.cleaning import drafts
from aelab.cleaning.proposal import Choices
from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.errors import LabError

CHOICES = Choices(frozenset({"repeats:3"}), frozenset({5}), {7: "blank"})


@pytest.fixture
def digits(artifacts: Path) -> Dataset:
    return store.open_dataset("digits")


def test_choices_are_found_again_by_the_one_who_made_them_only(digits: Dataset) -> None:
    drafts.begin("ana", digits).decide(CHOICES)
    assert drafts.begin("ana", digits).choices == CHOICES
    assert drafts.begin("ben", digits).choices == Choices()


def test_choices_are_taken_back_one_by_one(digits: Dataset) -> None:
    draft = drafts.begin("ana", digits).decide(CHOICES)
    draft = draft.decide(CHOICES.keep(9))
    assert draft.can_undo
    assert draft.undo().choices == CHOICES
    assert drafts.begin("ana", digits).choices == CHOICES
    assert not drafts.begin("ana", digits).undo().can_undo


def test_a_choice_that_changes_nothing_is_no_step(digits: Dataset) -> None:
    draft = drafts.begin("ana", digits).decide(CHOICES)
    assert draft.decide(CHOICES) is draft


def test_very_many_steps_do_not_fill_the_disk(digits: Dataset) -> None:
    draft = drafts.begin("ana", digits)
    for index in range(300):
        draft = draft.decide(draft.choices.drop(index))
    assert len(draft.steps) <= 100
    assert len(draft.choices.dropped) == 300


def test_choices_about_other_images_of_that_name_are_not_used(digits: Dataset) -> None:
    draft = drafts.begin("ana", digits).decide(CHOICES)
    kept = json.loads(draft.path.read_text(encoding="utf-8"))
    draft.path.write_text(json.dumps(kept | {"checksum": "of others"}), encoding="utf-8")
    assert drafts.begin("ana", digits).choices == Choices()


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"checksum": 1', '{"steps": [{"accepted": 5}]}'])
def test_a_damaged_draft_is_an_empty_one(digits: Dataset, damage: str) -> None:
    draft = drafts.begin("ana", digits).decide(CHOICES)
    draft.path.write_text(damage, encoding="utf-8")
    assert drafts.begin("ana", digits).choices == Choices()


def test_a_name_that_could_be_a_path_is_refused(digits: Dataset) -> None:
    with pytest.raises(LabError, match="is not a name the lab can use"):
        drafts.begin("../../runs", digits)


def test_old_drafts_are_swept_and_young_ones_stay(digits: Dataset) -> None:
    old = drafts.begin("ana", digits).decide(CHOICES)
    young = drafts.begin("ben", digits).decide(CHOICES)
    os.utime(old.path, (0, 0))
    drafts.sweep()
    assert not old.path.parent.exists()
    assert young.path.exists()
