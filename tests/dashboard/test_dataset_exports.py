"""Take a dataset away as a file, or delete it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from bringing import after_the_work, fruit_files, zipped
from labs import TrainedLab
from PIL import Image
from seen import buttons, errors, metrics, press, progress, words
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest

from aelab import runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset
from aelab.jobs import folder
from aelab.tasks import export_dataset

Offered = dict[str, Callable[[], bytes]]


@pytest.fixture
def fruit(lab: TrainedLab, tmp_path: Path) -> Dataset:
    """Return a dataset of 12 pictures in two classes."""
    (tmp_path / "fruit.zip").write_bytes(zipped(fruit_files()))
    return import_path(tmp_path / "fruit.zip", "fruit", 16)


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """Return what pages offer for download and read only when somebody asks, by the name of the file."""
    found: Offered = {}
    add = MediaFileManager.add_deferred

    def noted(
        self: MediaFileManager,
        data: Callable[[], bytes],
        kind: str | None,
        place: str,
        file_name: str | None = None,
        *,
        element_id: str = "",
    ) -> str:
        found[str(file_name)] = data
        return add(self, data, kind, place, file_name, element_id=element_id)

    monkeypatch.setattr(MediaFileManager, "add_deferred", noted)
    return found


def written(page: AppTest, form: str, offered: Offered) -> bytes:
    """Have a file written by a worker and download it."""
    press(page, f"Write a {form} file")
    assert progress(page)[0].startswith(f"fruit.{form} · ")
    after_the_work(page)
    words(page)
    assert not page.progress
    assert f"Write a {form} file" not in buttons(page)
    assert f"Download fruit.{form}" in [element.label for element in page.download_button]
    return offered[f"fruit.{form}"]()


def test_a_zip_is_written_that_has_every_picture(fruit: Dataset, visit, workers: None, offered: Offered) -> None:
    content = written(visit("datasets", dataset="fruit"), "zip", offered)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows = list(csv.DictReader(io.TextIOWrapper(archive.open("manifest.csv"), "utf-8", newline="")))
        assert [row["original"] for row in rows] == [fruit.name_of(index) for index in range(12)]
        for index, row in enumerate(rows):
            image = np.asarray(Image.open(io.BytesIO(archive.read(row["file"]))))
            np.testing.assert_array_equal(image, fruit.images[index])
            assert row["class"] == fruit.class_names[fruit.labels[index]]


def test_an_npz_is_written_that_keras_users_know(fruit: Dataset, visit, workers: None, offered: Offered) -> None:
    content = written(visit("datasets", dataset="fruit"), "npz", offered)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        for part in ("train", "validation", "test"):
            indices = fruit.indices(part)
            np.testing.assert_array_equal(arrays[f"x_{part}"], np.asarray(fruit.images)[indices])
            np.testing.assert_array_equal(arrays[f"y_{part}"], fruit.labels[indices])
        assert arrays["class_names"].tolist() == ["apples", "pears"]


def test_a_file_that_was_written_once_is_offered_to_the_next_visitor(
    fruit: Dataset, visit, workers: None, offered: Offered
) -> None:
    written(visit("datasets", dataset="fruit"), "zip", offered)
    again = visit("datasets", dataset="fruit")
    assert "Download fruit.zip" in [element.label for element in again.download_button]
    assert "Write a npz file" in buttons(again)
    assert "Write a zip file" in buttons(visit("datasets", dataset="digits"))  # another dataset's is not offered


def test_a_file_that_is_gone_can_be_written_again(fruit: Dataset, visit, workers: None, offered: Offered) -> None:
    before = written(visit("datasets", dataset="fruit"), "zip", offered)
    job = export_dataset.find(fruit, "zip")
    assert job is not None
    export_dataset.result(job).unlink()
    assert written(visit("datasets", dataset="fruit"), "zip", offered) == before


def test_a_file_that_cannot_be_written_says_why_and_can_be_asked_for_again(fruit: Dataset, visit) -> None:
    page = press(visit("datasets", dataset="fruit"), "Write a npz file")
    job = export_dataset.find(fruit, "npz")
    assert job is not None
    full = {"template": "There is no room left for {file}.", "values": {"file": "fruit.npz"}}
    folder.write_status(job, {"state": "failed", "error": full})
    page.run()
    assert errors(page) == ["There is no room left for fruit.npz."]
    press(page, "Write a npz file")
    assert folder.status(job).state == "queued"
    assert not page.error


def test_what_is_being_written_is_named_on_the_home_page(fruit: Dataset, visit) -> None:
    press(visit("datasets", dataset="fruit"), "Write a zip file")
    assert progress(visit("home"))[0].startswith("Writing a dataset to a file · fruit · ")


def test_a_dataset_is_deleted_and_its_runs_stay(lab: TrainedLab, fruit: Dataset, visit) -> None:
    lab.say_trained_on("pca", fruit)
    page = visit("datasets", dataset="fruit")
    assert "Runs that were trained on **fruit** stay" in words(page)
    press(page, "Delete fruit for good")
    assert store.stored_names() == ["digits"]
    assert page.selectbox(key="dataset").value == "digits"
    assert [toast.value.replace("\\", "") for toast in page.toast] == ["fruit was deleted."]
    assert "any more" not in words(page)
    assert metrics(page)["Test"] == "359"
    assert "fruit" not in page.selectbox(key="dataset").options
    assert not page.error
    assert {run.id for run in runs.done()} == set(lab.runs.values())
    words(visit("reports"))


def test_deleting_what_somebody_else_has_deleted_deletes_no_other_dataset(fruit: Dataset, visit) -> None:
    page = visit("datasets", dataset="fruit")
    store.delete("fruit")
    press(page, "Delete fruit for good")
    words(page)
    assert store.stored_names() == ["digits"]


def test_a_built_in_dataset_that_is_deleted_is_made_anew_when_it_is_looked_at(
    fruit: Dataset, visit, workers: None
) -> None:
    page = press(visit("datasets", dataset="digits"), "Delete digits for good")
    assert progress(page)[0].startswith("digits · ")
    after_the_work(page)
    assert metrics(page)["Test"] == "359"
