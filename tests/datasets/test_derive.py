"""Another recipe on the same originals: repeated, undone, and cheap."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from aelab.datasets import recipe as recipes
from aelab.datasets import store
from aelab.datasets.importing import import_path, import_paths
from aelab.datasets.prepare import Prepare, prepared
from aelab.datasets.recipe import Recipe
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.split import SplitPlan
from aelab.datasets.store import Dataset
from aelab.errors import LabError


@pytest.fixture
def fruit(class_folder: Path) -> Dataset:
    return import_path(class_folder, "fruit", size=16)


@pytest.fixture
def shapes() -> Dataset:
    return store.import_dataset("drawn", "shapes", ShapesConfig(count=60, size=12))


def test_the_same_originals_and_the_same_recipe_are_the_same_dataset(fruit: Dataset) -> None:
    again = store.derive(fruit, "again", fruit.recipe)
    assert again.checksum == fruit.checksum
    assert again.recipe == fruit.recipe
    np.testing.assert_array_equal(again.images, fruit.images)


def test_a_recipe_repeated_on_the_raw_files_has_the_same_checksum(fruit: Dataset, class_folder: Path) -> None:
    recipe = Recipe(
        drop=recipes.decide(fruit.originals, [1]),
        relabel=recipes.relabel(fruit.originals, [2], "bananas"),
        prepare=Prepare(height=14, width=20, fit="pad"),
        split=SplitPlan(validation=1, test=2, seed=3),
    )
    derived = store.derive(fruit, "derived", recipe)
    written = json.loads((derived.folder / "recipe.json").read_text(encoding="utf-8"))
    repeated = import_paths([class_folder], "repeated", recipe=Recipe.from_json(written))
    assert repeated.checksum == derived.checksum
    assert derived.counts == {"all": 7, "train": 4, "validation": 1, "test": 2}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_large_pictures_too_are_prepared_from_what_is_kept_of_them(tmp_path: Path, picture, form: str) -> None:
    for index in range(4):
        (tmp_path / f"{index}.png").write_bytes(picture(index, size=(700, 600), form=form))
    first = import_path(tmp_path, "first", size=32)
    assert store.derive(first, "second", first.recipe).checksum == first.checksum
    image = prepared(first.originals.pixels(int(first.kept[2])), Prepare(height=32, width=32))
    np.testing.assert_array_equal(first.images[2], image)


def test_every_decision_can_be_undone_from_a_cleaned_dataset(fruit: Dataset) -> None:
    cleaned = store.derive(fruit, "cleaned", fruit.recipe.with_drop(*recipes.decide(fruit.originals, [0, 5])))
    assert cleaned.counts["all"] == 6
    assert cleaned.kept.tolist() == [1, 2, 3, 4, 6, 7]
    assert [cleaned.name_of(index) for index in (0, 5)] == ["apples/1.png", "bananas/3.png"]
    store.delete("fruit")
    undone = store.derive(cleaned, "undone", cleaned.recipe.without(*cleaned.recipe.drop))
    assert undone.checksum == fruit.checksum


def test_a_derived_dataset_shares_what_came_in(fruit: Dataset) -> None:
    derived = store.derive(fruit, "derived", fruit.recipe.with_prepare(Prepare(height=12, width=12)))
    for name in ("pictures.bin", "pictures.npz", "pictures.json", "report.json"):
        assert (fruit.folder / name).samefile(derived.folder / name)
    assert derived.provenance["derived_from"] == "fruit"
    assert derived.report() == fruit.report() or derived.report().to_json() == fruit.report().to_json()


def test_where_no_file_can_have_two_names_it_is_copied(fruit: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(old: Path, new: Path) -> None:
        raise OSError("Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    derived = store.derive(fruit, "derived", fruit.recipe)
    shutil.rmtree(fruit.folder)
    assert derived.checksum == fruit.checksum
    assert len({derived.originals.pixels(index).tobytes() for index in range(8)}) == 8


def test_a_name_that_is_taken_or_none_is_refused(fruit: Dataset) -> None:
    with pytest.raises(LabError, match="already a dataset called 'fruit'"):
        store.derive(fruit, "fruit", fruit.recipe)
    with pytest.raises(LabError, match="not a name the lab can use"):
        store.derive(fruit, "../fruit", fruit.recipe)


def test_a_recipe_that_leaves_too_little_leaves_nothing_behind(fruit: Dataset) -> None:
    with pytest.raises(LabError, match=r"too few: the .* part of the split would be empty"):
        store.derive(fruit, "empty", Recipe(drop=recipes.decide(fruit.originals, range(7)), prepare=Prepare()))
    with pytest.raises(LabError, match="does not say how to prepare the pictures"):
        store.derive(fruit, "empty", Recipe())
    assert store.stored_names() == ["fruit"]
    assert [path.name for path in store.root().iterdir()] == ["fruit"]


class TestArrays:
    def test_images_that_nothing_was_done_to_are_stored_once(self, shapes: Dataset) -> None:
        assert not (shapes.folder / "originals.npy").exists()
        resplit = store.derive(shapes, "resplit", shapes.recipe.with_split(SplitPlan(seed=5, distance=-1)))
        assert (shapes.folder / "images.npy").samefile(resplit.folder / "images.npy")
        assert not (resplit.folder / "originals.npy").exists()
        assert resplit.checksum != shapes.checksum

    def test_what_was_left_out_comes_back(self, shapes: Dataset) -> None:
        less = store.derive(shapes, "less", shapes.recipe.with_drop(*recipes.decide(shapes.originals, range(0, 60, 2))))
        np.testing.assert_array_equal(less.images, shapes.images[1::2])
        np.testing.assert_array_equal(less.factors["x"], shapes.factors["x"][1::2])
        assert less.name_of(0) == "#1"
        store.delete("drawn")
        whole = store.derive(less, "whole", less.recipe.without(*less.recipe.drop))
        assert whole.checksum == shapes.checksum
        assert whole.factors["x"].tolist() == shapes.factors["x"].tolist()

    def test_they_can_be_prepared_too(self, shapes: Dataset) -> None:
        grey = store.derive(shapes, "grey", shapes.recipe.with_prepare(Prepare(height=16, width=20, color="gray")))
        assert grey.shape == (16, 20, 1)
        assert grey.originals.pixels(0).shape == (12, 12, 3)

    def test_a_published_test_set_stays_one_when_images_are_left_out(self, tmp_path: Path, digits_like) -> None:
        np.savez(tmp_path / "small.npz", **digits_like)
        dataset = import_path(tmp_path / "small.npz", "small")
        less = store.derive(dataset, "less", dataset.recipe.with_drop(*recipes.decide(dataset.originals, [0, 45])))
        assert less.kept[less.indices("test")].tolist() == [*range(40, 45), *range(46, 50)]

    def test_hashes_are_found_once_and_shared(self, shapes: Dataset) -> None:
        hashes = shapes.originals.hashes()
        assert (shapes.folder / "hashes.npy").exists()
        derived = store.derive(shapes, "derived", shapes.recipe)
        assert (shapes.folder / "hashes.npy").samefile(derived.folder / "hashes.npy")
        np.testing.assert_array_equal(store.open_dataset("derived").originals.hashes(), hashes)


class TestFromBefore:
    """Datasets that were stored before there were originals."""

    @pytest.fixture
    def old(self, tmp_path: Path, digits_like) -> Dataset:
        np.savez(tmp_path / "small.npz", **digits_like)
        folder = import_path(tmp_path / "small.npz", "old").folder
        for name in ("originals.npz", "originals.json", "recipe.json"):
            (folder / name).unlink()
        described = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
        described |= {
            "format": 1,
            "split": {"seed": 0, "given_test": True},
            "skipped": [LabError("{file} is left out: it is empty.", file="a.png").to_json()],
        }
        (folder / "dataset.json").write_text(json.dumps(described), encoding="utf-8")
        return store.open_dataset("old")

    def test_they_open_with_all_that_was_known(self, old: Dataset, digits_like) -> None:
        assert [str(sentence) for sentence in old.skipped] == ["a.png is left out: it is empty."]
        assert old.report().kept == 50
        assert old.originals.class_names == tuple("0123456789")
        np.testing.assert_array_equal(old.originals.pixels(3)[..., 0], digits_like["x_train"][3])
        assert old.originals.given.tolist() == [255] * 40 + [2] * 10

    def test_they_can_be_cleaned_and_that_undone(self, old: Dataset) -> None:
        less = store.derive(old, "less", old.recipe.with_drop(*recipes.decide(old.originals, [1])))
        assert less.counts["all"] == 49
        assert store.derive(less, "whole", old.recipe).checksum == old.checksum
