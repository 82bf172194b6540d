"""What `aelab datasets` answers, and what it refuses to import."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from labs import TrainedLab
from shell import Answers, Refusal, pictures

from aelab.datasets import store


def test_datasets_are_listed_whether_they_are_stored_yet(answer: Answers, lab: TrainedLab) -> None:
    listed = answer("datasets", "list")["datasets"]
    assert {"dataset": "digits", "stored": True} in listed
    assert {"dataset": "mnist", "stored": False} in listed


def test_a_dataset_is_described(answer: Answers, lab: TrainedLab) -> None:
    found = answer("datasets", "show", "digits")
    assert set(found) == {"dataset", "shape", "counts", "classes", "provenance", "skipped", "checksum", "report"}
    assert (found["dataset"], found["shape"]) == ("digits", [28, 28, 1])
    assert found["counts"] == {"all": 1797, "train": 1259, "validation": 179, "test": 359}
    assert list(found["classes"]) == [str(digit) for digit in range(10)]
    assert sum(found["classes"].values()) == 1797


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_class_folders_are_imported_at_any_size(answer: Answers, tmp_path: Path, packed: bool) -> None:
    path = pictures(tmp_path / "fruit", ("apples", "pears"))
    (path / "apples" / "broken.png").write_bytes(b"no picture")
    if packed:
        with zipfile.ZipFile(tmp_path / "fruit.zip", "w") as archive:
            for file in path.rglob("*.png"):
                archive.write(file, file.relative_to(tmp_path))
        path = tmp_path / "fruit.zip"
    found = answer("datasets", "import", path, "--name", "fruit", "--size", "30", "--color", "gray")
    assert (found["dataset"], found["shape"], found["classes"]) == ("fruit", [30, 30, 1], {"apples": 10, "pears": 10})
    assert len(found["skipped"]) == 1
    assert "broken.png" in found["skipped"][0]
    assert answer("datasets", "show", "fruit") == found


def test_pictures_get_128_pixels_and_their_colours_unless_asked_otherwise(answer: Answers, tmp_path: Path) -> None:
    found = answer("datasets", "import", pictures(tmp_path / "fruit", ("a", "b"), count=4), "--name", "fruit")
    assert found["shape"] == [128, 128, 3]


@pytest.mark.parametrize(
    ("make", "more", "sentence"),
    [
        (lambda path: path.write_text("no zip"), (), "is neither a folder or zip of class folders nor"),
        (lambda path: None, (), "There is no file or folder"),
        (lambda path: path.mkdir(), (), "brought has no picture in it"),
        (
            lambda path: pictures(path, ("a",), count=1),
            (),
            "Readable pictures in brought: 1. A dataset needs at least 3",
        ),
        (lambda path: (pictures(path, ("a",), count=4) / "empty").mkdir(), (), "The class folder empty in brought has"),
        (
            lambda path: [(pictures(path, ("a", "b"), count=1) / "b" / "0.png").write_bytes(b"no picture")],
            (),
            "No picture of the class b in brought can be read. b/0.png is left out: it is not a JPEG,",
        ),
        (lambda path: pictures(path, ("a", "b")), ("--size", "0"), "size must be between 12 and 512; it is 0"),
        (lambda path: pictures(path, ("a", "b")), ("--size", "1e9"), "size must be between 12 and 512"),
        (lambda path: pictures(path, ("a", "b")), ("--size", "big"), "size must be a whole number between"),
    ],
)
def test_what_cannot_be_imported_leaves_nothing(
    refusal: Refusal, tmp_path: Path, make: Callable[[Path], object], more: tuple[str, ...], sentence: str
) -> None:
    make(tmp_path / "brought")
    assert sentence in refusal("datasets", "import", tmp_path / "brought", "--name", "mine", *more)
    assert store.stored_names() == []
    assert not [path for path in store.root().glob("*") if path.is_dir()]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("digits", "is the name of a built-in dataset"), ("../x", "is not a name the lab can use"), ("mine", "already")],
)
def test_a_name_that_cannot_be_had_is_refused(
    answer: Answers, refusal: Refusal, tmp_path: Path, name: str, sentence: str
) -> None:
    path = pictures(tmp_path / "fruit", ("a", "b"), count=4)
    kept = answer("datasets", "import", path, "--name", "mine")
    assert sentence in refusal("datasets", "import", path, "--name", name)
    assert answer("datasets", "show", "mine") == kept


def test_an_unknown_dataset_is_named_with_those_there_are(refusal: Refusal, artifacts: Path) -> None:
    assert refusal("datasets", "show", "cats").startswith("There is no dataset called 'cats'; choose one of digits,")
