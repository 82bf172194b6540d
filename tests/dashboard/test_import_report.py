"""The report of an import: nothing that was brought is changed or left out in silence."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from bringing import fruit_files, zipped
from labs import TrainedLab
from PIL import Image
from seen import csv_of, downloads, words

from aelab.datasets.export import export
from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset


def turned(orientation: int) -> bytes:
    """Return a JPEG that a camera held sideways has written."""
    picture, tags = io.BytesIO(), Image.Exif()
    tags[0x0112] = orientation
    Image.new("RGB", (30, 20), (200, 40 + orientation, 0)).save(picture, "JPEG", exif=tags)
    return picture.getvalue()


@pytest.fixture
def mine(lab: TrainedLab, tmp_path: Path) -> Dataset:
    """Return a dataset of which two pictures were turned, each otherwise, and three files were left out."""
    files = fruit_files() | {"apples/a.jpg": turned(6), "pears/b.jpg": turned(3), "apples/bro*ken.png": b"no picture"}
    files |= {"pears/half.png": files["pears/6.png"][:100], "pears/notes.txt": b"yellow"}
    (tmp_path / "fruit.zip").write_bytes(zipped(files))
    return import_path(tmp_path / "fruit.zip", "mine", 16)


def test_files_that_were_converted_or_left_out_are_named(mine: Dataset, visit) -> None:
    page = visit("datasets", dataset="mine")
    assert "Import: 14 of 16 files kept, 2 converted, 3 left out" in [each.label for each in page.expander]
    said = words(page)
    assert "apples/bro*ken.png is left out" in said
    assert "pears/half.png is left out" in said
    assert "pears/notes.txt" in said
    assert "Files: 2. For example apples/a.jpg: Turned upright, as its EXIF orientation 6 asks." in said


def test_the_report_can_be_taken_away_with_what_was_done_to_each_file(mine: Dataset, visit) -> None:
    report = mine.report()
    rows = [
        ("apples/a.jpg", "converted", "Turned upright, as its EXIF orientation 6 asks."),
        ("pears/b.jpg", "converted", "Turned upright, as its EXIF orientation 3 asks."),
        *((each.file, "quarantined", str(each.reason)) for each in report.quarantined),
        *(("", "quarantined", str(sentence)) for sentence in report.left_out),
    ]
    assert len(rows) == 5
    table = pd.DataFrame(rows, columns=["file", "what", "why"])
    assert csv_of(table, "import-mine.csv") in downloads(visit("datasets", dataset="mine"))


def test_a_zip_that_the_lab_has_written_comes_back_with_nothing_left_out(lab: TrainedLab, tmp_path: Path) -> None:
    for name in ("apples", "pears"):
        (tmp_path / "mine" / name).mkdir(parents=True)
    for path, content in fruit_files().items():
        (tmp_path / "mine" / path).write_bytes(content)
    mine = import_path(tmp_path / "mine", "mine", 16)
    for number, by_part in enumerate((True, False)):
        export(mine, tmp_path / "mine.zip", "zip", by_part=by_part)
        report = import_path(tmp_path / "mine.zip", f"again-{number}", 16).report()
        assert (report.found, report.kept, report.sentences()) == (12, 12, ())


def test_a_list_of_somebody_else_s_is_said_to_be_left_out(lab: TrainedLab, tmp_path: Path) -> None:
    (tmp_path / "mine.zip").write_bytes(zipped(fruit_files() | {"manifest.csv": b"name,colour\n"}))
    (sentence,) = import_path(tmp_path / "mine.zip", "mine", 16).report().sentences()
    assert "such as manifest.csv" in str(sentence)


def test_an_import_of_which_there_is_nothing_to_say_has_no_report(lab: TrainedLab, visit) -> None:
    assert not any(each.label.startswith("Import:") for each in visit("datasets").expander)
