"""Cleaning, splitting, exporting and repeating from a shell: all of it with `--json`."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from shell import Answers, Refusal, aelab, pictures

from aelab.collecting.manifest import Found, Line, Manifest
from aelab.datasets import store
from aelab.datasets.originals import Credit


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return apples and pears, ten each, with one apple there twice and one pear broken."""
    root = pictures(tmp_path / "photos", ("apples", "pears"))
    shutil.copy(root / "apples" / "0.png", root / "apples" / "again.png")
    (root / "pears" / "broken.png").write_bytes(b"no picture")
    return root


def test_settings_of_size_fit_and_split_are_heard(answer: Answers, photos: Path) -> None:
    found = answer(
        *("datasets", "import", photos, "--name", "fruit", "--height", "20", "--width", "32", "--fit", "pad"),
        *("--color", "gray", "--background", "black", "--validation", "3", "--test", "4", "--seed", "5"),
    )
    assert found["shape"] == [20, 32, 1]
    assert found["counts"] == {"all": 21, "train": 14, "validation": 3, "test": 4}
    recipe = store.open_dataset("fruit").recipe
    assert (recipe.prepare.fit, recipe.prepare.background, recipe.split.seed) == ("pad", "black", 5)


def test_the_report_says_what_became_of_each_file(answer: Answers, photos: Path) -> None:
    found = answer("datasets", "import", photos, "--name", "fruit", "--size", "16")
    report = found["report"]
    assert (report["found"], report["kept"], report["converted"]) == (22, 21, [])
    assert [each["file"] for each in report["quarantined"]] == ["pears/broken.png"]
    assert found["skipped"] == [report["quarantined"][0]["reason"]]
    said = aelab("datasets", "show", "fruit").stdout
    assert "import: 22 found, 21 kept, 1 quarantined" in said
    assert "left out: pears/broken.png is left out: it is not a JPEG" in said


def test_several_pictures_are_imported_without_a_class(answer: Answers, photos: Path) -> None:
    files = sorted((photos / "apples").iterdir())[:5]
    found = answer("datasets", "import", *files, "--name", "loose", "--size", "16")
    assert (found["counts"]["all"], found["classes"]) == (5, {})


def test_where_collected_pictures_are_from_is_kept_with_them(answer: Answers, photos: Path) -> None:
    manifest = Manifest(photos)
    found = Found("https://example.org/0.png", licence="CC BY 4.0", author="Ana")
    manifest.add(Line("apples", found, "kept", "apples/0.png"))
    imported = answer("datasets", "import", photos, "--name", "fruit", "--size", "16")
    originals = store.open_dataset("fruit").originals
    known = {originals.name(index): originals.credit(index) for index in range(3)}
    assert known["apples/0.png"] == Credit("https://example.org/0.png", "CC BY 4.0", "Ana")
    assert known["apples/1.png"] == Credit()
    assert "manifest" not in " ".join(imported["skipped"])


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_is_imported_like_a_folder(answer: Answers, photos: Path, tmp_path: Path, mode: str) -> None:
    with tarfile.open(tmp_path / "photos.tar", mode) as archive:
        archive.add(photos, "photos")
    found = answer("datasets", "import", tmp_path / "photos.tar", "--name", "packed", "--size", "16")
    same = answer("datasets", "import", photos, "--name", "folder", "--size", "16")
    assert found["classes"] == same["classes"] == {"apples": 11, "pears": 10}


def test_what_is_wrong_is_counted_and_named(answer: Answers, photos: Path) -> None:
    answer("datasets", "import", photos, "--name", "fruit", "--size", "16")
    found = answer("datasets", "clean", "fruit")
    assert found["dataset"] == "fruit"
    assert found["images"] == 21
    groups = {each["check"]: each["groups"] for each in found["checks"]}
    repeats = next(groups[name] for name in groups if "repeat" in name)
    assert [sorted(group["files"]) for group in repeats] == [["apples/0.png", "apples/again.png"]]
    said = aelab("datasets", "clean", "fruit").stdout
    assert "apples/0.png, apples/again.png" in said or "apples/again.png, apples/0.png" in said


def test_a_proposal_is_written_applied_and_repeated_on_the_raw_files(
    answer: Answers, photos: Path, tmp_path: Path
) -> None:
    answer("datasets", "import", photos, "--name", "fruit", "--size", "16")
    found = answer("datasets", "clean", "fruit", "--distance", "4", "--recipe", tmp_path / "recipe.json")
    assert found["proposed"]
    written = json.loads((tmp_path / "recipe.json").read_text(encoding="utf-8"))
    assert {each["name"] for each in written["drop"]} == {each["file"] for each in found["proposed"]}
    cleaned = answer("datasets", "clean", "fruit", "--apply", tmp_path / "recipe.json", "--as", "cleaned")
    assert cleaned["counts"]["all"] == 21 - len(found["proposed"])
    repeated = answer("datasets", "import", photos, "--name", "repeated", "--recipe", tmp_path / "recipe.json")
    assert repeated["checksum"] == cleaned["checksum"]


def test_a_new_split_says_balance_and_leaks_before_and_after(answer: Answers, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60, 14, 14), dtype=np.uint8)
    images[50:55] = images[0]  # five of the published test set are in training too
    labels = np.arange(60) % 2
    np.savez(tmp_path / "leaky.npz", x_train=images[:50], y_train=labels[:50], x_test=images[50:], y_test=labels[50:])
    answer("datasets", "import", tmp_path / "leaky.npz", "--name", "leaky")
    found = answer(
        *("datasets", "split", "leaky", "--as", "sound", "--given", "ignore"),
        *("--validation", "6", "--test", "12", "--seed", "1"),
    )
    assert found["dataset"] == "sound"
    assert found["counts"] == {"all": 60, "train": 42, "validation": 6, "test": 12}
    assert {"file": "#0", "part": "train", "other": "#50", "other_part": "test"} in found["leaks"]["before"]
    assert found["leaks"]["after"] == []
    assert found["balance"]["before"]["0"]["test"] == 5
    assert sum(sum(parts.values()) for parts in found["balance"]["after"].values()) == 60
    said = aelab("datasets", "split", "leaky", "--as", "again").stdout
    assert "pictures on both sides of the split before: 5" in said
    assert "train: #0 = test: #50" in said


@pytest.mark.parametrize("form", ["zip", "npz"])
def test_what_is_exported_can_be_imported(answer: Answers, photos: Path, tmp_path: Path, form: str) -> None:
    before = answer("datasets", "import", photos, "--name", "fruit", "--size", "16")
    out = tmp_path / f"out.{form}"
    found = answer("datasets", "export", "fruit", "--format", form, "--out", out)
    assert found == {
        "dataset": "fruit",
        "format": form,
        "out": str(out),
        "images": 21,
        "bytes": out.stat().st_size,
    }
    again = answer("datasets", "import", out, "--name", "again", "--size", "16")
    if form == "zip":
        assert (again["counts"], again["classes"]) == (before["counts"], before["classes"])
    else:  # the Keras names know no validation set: it is made anew
        assert again["counts"]["test"] == before["counts"]["test"]


def test_a_dataset_is_deleted(answer: Answers, refusal: Refusal, photos: Path) -> None:
    answer("datasets", "import", photos, "--name", "fruit", "--size", "16")
    assert answer("datasets", "delete", "fruit") == {"deleted": "fruit"}
    assert "There is no stored dataset called 'fruit'" in refusal("datasets", "delete", "fruit")
    assert "no dataset called 'fruit'" in refusal("datasets", "show", "fruit")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "{photos}", "--name", "x", "--size", "16", "--height", "20"), "Give either size, for squares, or"),
        (("import", "{photos}", "--name", "x", "--test", "0.95"), "must leave something for training"),
        (("import", "{photos}", "--name", "x", "--recipe", "{photos}/none.json"), "none.json is missing from"),
        (("import", "{photos}", "--name", "x", "--recipe", "{recipe}", "--size", "16"), "A recipe says how to prepare"),
        (("clean", "fruit", "--apply", "{recipe}"), "name it and the dataset that it makes: --apply RECIPE --as NAME"),
        (("clean", "fruit", "--distance", "99"), "distance must be between"),
        (("clean", "fruit", "--recipe", "{photos}"), "name a file in a folder that exists"),
        (("clean", "none"), "no dataset called 'none'"),
        (("split", "fruit", "--as", "fruit"), "already a dataset called 'fruit'"),
        (("split", "fruit", "--as", "x", "--test", "100"), "training"),
        (("export", "fruit", "--format", "zip", "--out", "{photos}/no/such.zip"), "name a file in a folder that"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    answer: Answers, refusal: Refusal, photos: Path, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    answer("datasets", "import", photos, "--name", "fruit", "--size", "16")
    (tmp_path / "recipe.json").write_text('{"format": 1}', encoding="utf-8")
    filled = [word.format(photos=photos, recipe=tmp_path / "recipe.json") for word in words]
    assert sentence in refusal("datasets", *filled)
    assert store.stored_names() == ["fruit"]
