"""Decisions about pictures, written down so that they can be repeated and undone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from aelab.datasets import recipe as recipes
from aelab.datasets import store
from aelab.datasets.folder import FolderConfig
from aelab.datasets.prepare import Prepare
from aelab.datasets.recipe import Decision, Recipe, Relabel
from aelab.datasets.split import SplitPlan
from aelab.datasets.store import Dataset
from aelab.errors import LabError


@pytest.fixture
def fruit(class_folder: Path) -> Dataset:
    """Return four apples and four bananas."""
    return store.import_dataset("fruit", "folder", FolderConfig(path=str(class_folder), size=16))


@pytest.fixture
def decided(fruit: Dataset) -> Recipe:
    return Recipe(
        drop=recipes.decide(fruit.originals, [1, 6], "blank"),
        relabel=recipes.relabel(fruit.originals, [2], "bananas"),
        prepare=Prepare(height=20, width=30, fit="pad", color="gray", background="black"),
        split=SplitPlan(validation=1, test=2, seed=7),
    )


def test_a_recipe_is_read_back_as_it_was_written(decided: Recipe, tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_text(json.dumps(decided.to_json()), encoding="utf-8")
    assert Recipe.read(tmp_path / "recipe.json") == decided
    assert Recipe.from_json({"format": 1}) == Recipe()


def test_a_recipe_names_files_and_reasons_that_people_can_read(decided: Recipe, fruit: Dataset) -> None:
    first = decided.to_json()["drop"][0]
    assert first == {
        "name": "apples/1.png",
        "digest": f"{int(fruit.originals.digests[1]):016x}",
        "why": "blank",
    }
    assert decided.to_json()["relabel"][0]["why"] == "by hand"


def test_what_is_dropped_and_relabelled_is_chosen_accordingly(decided: Recipe, fruit: Dataset) -> None:
    chosen = decided.choose(fruit.originals)
    assert chosen.kept.tolist() == [0, 2, 3, 4, 5, 7]
    assert chosen.labels.tolist() == [0, 1, 0, 1, 1, 1]
    assert chosen.class_names == ("apples", "bananas")


def test_a_decision_can_be_undone_and_made_again(decided: Recipe, fruit: Dataset) -> None:
    undone = decided.without(*decided.drop, *decided.relabel)
    assert undone.choose(fruit.originals).kept.tolist() == list(range(8))
    assert undone.with_drop(*decided.drop).with_relabel(*decided.relabel) == decided
    assert decided.with_drop(*decided.drop) == decided


def test_of_a_selection_nothing_else_is_taken_and_what_is_dropped_stays_out(decided: Recipe, fruit: Dataset) -> None:
    only = decided.with_only(*recipes.decide(fruit.originals, [0, 1, 2]))
    assert only.choose(fruit.originals).kept.tolist() == [0, 2]
    assert Recipe.from_json(json.loads(json.dumps(only.to_json()))) == only
    assert "keep" not in decided.to_json()  # as such recipes have always been written


def test_a_later_label_replaces_an_earlier_one(fruit: Dataset) -> None:
    recipe = Recipe().with_relabel(*recipes.relabel(fruit.originals, [0], "bananas"))
    recipe = recipe.with_relabel(*recipes.relabel(fruit.originals, [0], "apples"))
    assert recipe.choose(fruit.originals).labels.tolist() == [0] * 4 + [1] * 4


def test_a_class_that_has_lost_its_last_image_is_gone(fruit: Dataset) -> None:
    chosen = Recipe(drop=recipes.decide(fruit.originals, range(4))).choose(fruit.originals)
    assert chosen.class_names == ("bananas",)
    assert chosen.labels.tolist() == [0] * 4


@pytest.mark.parametrize("change", [{"name": "apples/9.png"}, {"digest": "0" * 16}, {"digest": ""}])
def test_a_picture_that_is_not_there_or_another_one_by_now_is_named(fruit: Dataset, change: dict[str, str]) -> None:
    named = {"name": "apples/1.png", "digest": f"{int(fruit.originals.digests[1]):016x}", **change}
    with pytest.raises(LabError, match=f"The recipe names the picture {named['name']}, which is not among"):
        Recipe(drop=(Decision(**named),)).choose(fruit.originals)


def test_a_class_that_is_not_there_is_named_with_those_there_are(fruit: Dataset) -> None:
    recipe = Recipe(relabel=recipes.relabel(fruit.originals, [0], "cherries"))
    with pytest.raises(LabError, match="into the class cherries, which is not there; the classes are apples, bananas"):
        recipe.choose(fruit.originals)


def test_of_identical_files_the_one_that_is_named_is_dropped(class_folder: Path) -> None:
    same = (class_folder / "apples" / "0.png").read_bytes()
    (class_folder / "bananas" / "0.png").write_bytes(same)
    dataset = store.import_dataset("fruit", "folder", FolderConfig(path=str(class_folder), size=16))
    assert Recipe(drop=recipes.decide(dataset.originals, [4])).choose(dataset.originals).kept.tolist() == [
        *range(4),
        *range(5, 8),
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "This is no recipe"),
        ({}, 'expected JSON with "format": 1'),
        ({"format": 2}, "This is no recipe"),
        ({"format": 1, "droop": []}, "no other keys than drop, format, keep, prepare, relabel, split"),
        ({"format": 1, "drop": {"name": "a"}}, "each entry of drop must have the texts digest, name, why"),
        ({"format": 1, "drop": [{"name": "a", "digest": 3, "why": ""}]}, "each entry of drop"),
        ({"format": 1, "relabel": [{"name": "a", "digest": "", "why": ""}]}, "relabel must have .* label"),
        ({"format": 1, "prepare": []}, "prepare must be settings by name"),
        ({"format": 1, "prepare": {"height": 3}}, "height must be between 12 and 512; it is 3"),
        ({"format": 1, "split": {"testing": 3}}, "no setting called 'testing'"),
    ],
)
def test_what_is_no_recipe_is_said_in_one_sentence(data: object, said: str) -> None:
    with pytest.raises(LabError, match=said):
        Recipe.from_json(data)


def test_relabelling_is_a_decision_too() -> None:
    assert isinstance(Relabel("a", "b", label="c"), Decision)


def test_a_recipe_finds_its_pictures_among_many_at_once() -> None:
    class Many:
        class_names = ("a",)
        labels = np.zeros(50_000, np.int32)
        digests = np.zeros(50_000, np.uint64)  # all the same picture: names alone tell them apart

        def name(self, index: int) -> str:
            return f"#{index}"

    recipe = Recipe(drop=recipes.decide(Many(), range(0, 50_000, 2)))
    assert len(recipe.choose(Many()).kept) == 25_000
