"""A dataset taken elsewhere, and brought back."""

from __future__ import annotations

import csv
import io
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aelab.datasets import store
from aelab.datasets.export import export
from aelab.datasets.importing import import_path, import_paths
from aelab.datasets.prepare import Prepare
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.spec import PictureFile, PictureSet
from aelab.datasets.store import Dataset
from aelab.errors import LabError


@pytest.fixture
def fruit(class_folder: Path) -> Dataset:
    return import_path(class_folder, "fruit", size=16)


def manifest(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        text = archive.read("manifest.csv").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_zip_has_every_image_in_the_folder_of_its_part_and_class(fruit: Dataset, tmp_path: Path) -> None:
    export(fruit, tmp_path / "out.zip", "zip")
    rows = manifest(tmp_path / "out.zip")
    assert [row["original"] for row in rows] == [fruit.name_of(index) for index in range(8)]
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        for index, row in enumerate(rows):
            assert row["file"] == f"{row['split']}/{row['class']}/{index % 4}.png"
            image = Image.open(io.BytesIO(archive.read(row["file"])))
            np.testing.assert_array_equal(np.asarray(image), fruit.images[index])
        assert len(archive.namelist()) == 9


@pytest.mark.parametrize("color", ["rgb", "gray"])
def test_an_exported_zip_is_the_same_dataset_when_it_is_imported(class_folder: Path, tmp_path: Path, color) -> None:
    dataset = import_path(class_folder, "fruit", size=16, color=color)
    export(dataset, tmp_path / "out.zip", "zip")
    again = import_path(tmp_path / "out.zip", "again", size=16, color=color)
    assert again.class_names == dataset.class_names
    assert again.counts == dataset.counts
    pictures = {dataset.images[index].tobytes(): (dataset.labels[index], dataset.split[index]) for index in range(8)}
    assert {again.images[index].tobytes(): (again.labels[index], again.split[index]) for index in range(8)} == pictures


def test_a_zip_without_parts_has_the_classes_alone(fruit: Dataset, tmp_path: Path) -> None:
    export(fruit, tmp_path / "out.zip", "zip", by_part=False)
    assert manifest(tmp_path / "out.zip")[0]["file"] == "apples/0.png"


def test_arrays_have_the_names_that_keras_users_know(fruit: Dataset, tmp_path: Path) -> None:
    export(fruit, tmp_path / "out.npz", "npz")
    with np.load(tmp_path / "out.npz", allow_pickle=False) as arrays:
        for part in ("train", "validation", "test"):
            np.testing.assert_array_equal(arrays[f"x_{part}"], fruit.images[fruit.indices(part)])
            np.testing.assert_array_equal(arrays[f"y_{part}"], fruit.labels[fruit.indices(part)])
        assert arrays["class_names"].tolist() == ["apples", "bananas"]
    again = import_path(tmp_path / "out.npz", "again")
    assert again.counts["test"] == fruit.counts["test"]


def test_images_of_arrays_are_called_by_their_number(tmp_path: Path) -> None:
    dataset = store.import_dataset("drawn", "shapes", ShapesConfig(count=50, size=12))
    export(dataset, tmp_path / "out.zip", "zip", by_part=False)
    assert manifest(tmp_path / "out.zip")[7]["file"].endswith("/000007.png")


def test_images_without_classes_lie_in_no_class_folder(class_folder: Path, tmp_path: Path) -> None:
    dataset = import_path(class_folder / "apples", "loose", size=16)
    export(dataset, tmp_path / "out.zip", "zip", by_part=False)
    assert {row["file"] for row in manifest(tmp_path / "out.zip")} == {f"{index}.png" for index in range(4)}


def test_names_are_safe_on_every_system_and_none_is_there_twice(tmp_path: Path, picture) -> None:
    classes = ("Apples", "apples", "con", "=1+1", "a/../b", "ñandú 🍎", "…" * 200, " . ")
    files = ["x/1.jpg", "y/1.png", "1.JPG", "NUL.txt.png", "-2.png", 'a"b<c>.png', "tab\tnew\nline.png", "." * 300]
    pictures = tuple(
        PictureFile(name, partial(picture, 8 * label + number), label)
        for label in range(len(classes))
        for number, name in enumerate(files)
    )
    dataset = store.import_pictures("mine", PictureSet("x", pictures, classes, {}, Prepare(height=12, width=12)))
    export(dataset, tmp_path / "out.zip", "zip")
    rows = manifest(tmp_path / "out.zip")
    names = [row["file"] for row in rows]
    assert len({name.casefold() for name in names}) == len(names) == 64
    for name in names:
        assert name.endswith(".png")
        for part in name.split("/"):
            assert part.strip(" .") == part.removesuffix(".png") + ".png" * part.endswith(".png")
            assert not set(part) & set('<>:"/\\|?*\t\n')
            assert part.partition(".")[0].upper() not in {"CON", "NUL"}
            assert len(part.encode()) < 255
    assert {row["class"] for row in rows} == {*classes} - {"=1+1"} | {"'=1+1"}
    assert "'-2.png" in {row["original"] for row in rows}


def test_the_same_dataset_is_the_same_file_each_time(fruit: Dataset, tmp_path: Path) -> None:
    for form in ("zip", "npz"):
        export(fruit, tmp_path / "one", form)
        export(fruit, tmp_path / "two", form)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_that_cannot_be_written_whole_does_not_replace_the_old_one(fruit: Dataset, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="only Unix can limit how much a process writes")
    (tmp_path / "out.zip").write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
        with pytest.raises(LabError, match=r"out\.zip could not be written"):
            export(fruit, tmp_path / "out.zip", "zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (tmp_path / "out.zip").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.glob("*out*")) == ["out.zip"]


class TestGivenParts:
    """Pictures that come in folders train and test keep that split."""

    @pytest.mark.parametrize("names", [("train", "test"), ("Training", "Testing"), ("train", "val", "test")])
    @pytest.mark.parametrize("wrapped", [False, True])
    def test_folders_of_parts_are_the_split_and_not_the_classes(self, tmp_path, picture, names, wrapped: bool) -> None:
        root = tmp_path / "set" / "inner" if wrapped else tmp_path / "set"
        for seed, (part, label, number) in enumerate(
            (part, label, number) for part in names for label in ("apples", "pears") for number in range(5)
        ):
            (root / part / label).mkdir(parents=True, exist_ok=True)
            (root / part / label / f"{number}.png").write_bytes(picture(seed))
        dataset = import_path(tmp_path / "set", "mine", size=16)
        assert dataset.class_names == ("apples", "pears")
        test = [dataset.name_of(index) for index in dataset.indices("test")]
        assert len(test) == 10
        assert all(names[-1] in name.split("/") for name in test)
        if "val" in names:
            assert all("val" in dataset.name_of(index) for index in dataset.indices("validation"))
            assert dataset.counts == {"all": 30, "train": 10, "validation": 10, "test": 10}
        again = import_paths([tmp_path / "set"], "again", {"height": 16, "width": 16}, {"given": "ignore"})
        assert again.counts["test"] == pytest.approx(0.2 * again.counts["all"], abs=2)

    def test_pictures_in_folders_of_parts_without_classes_have_none(self, tmp_path: Path, picture) -> None:
        for seed, part in enumerate(["train"] * 6 + ["test"] * 3):
            (tmp_path / "set" / part).mkdir(parents=True, exist_ok=True)
            (tmp_path / "set" / part / f"{seed}.png").write_bytes(picture(seed))
        dataset = import_path(tmp_path / "set", "mine", size=16)
        assert dataset.class_names == ()
        assert dataset.counts["test"] == 3

    @pytest.mark.parametrize("names", [("train", "plane"), ("test", "val"), ("train", "training"), ("train",)])
    def test_other_folders_are_classes_whatever_they_are_called(self, tmp_path: Path, picture, names) -> None:
        for seed, part in enumerate(names * 5):
            (tmp_path / "set" / part).mkdir(parents=True, exist_ok=True)
            (tmp_path / "set" / part / f"{seed}.png").write_bytes(picture(seed))
        assert import_path(tmp_path / "set", "mine", size=16).class_names == tuple(sorted(names))
