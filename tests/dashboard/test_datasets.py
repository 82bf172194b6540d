"""Datasets: which images there are, and how one brings one's own."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab, until
from PIL import Image
from seen import buttons, errors, figures, metrics, picture_of, pictures, press, progress, title, words
from streamlit.testing.v1 import AppTest

from aelab.datasets import sources, store
from aelab.datasets.importing import import_path
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.store import Dataset
from aelab.jobs import folder
from aelab.jobs.folder import OPEN
from aelab.studies import overview


def fruit(classes: tuple[str, ...] = ("apples", "pears"), each: int = 6) -> bytes:
    """Return a zip with pictures of chance."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number, name in enumerate(name for name in classes for _ in range(each)):
            picture = io.BytesIO()
            pixels = np.random.default_rng(number).integers(0, 256, (20, 20, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(picture, "PNG")
            archive.writestr(f"{name}/{number}.png", picture.getvalue())
    return content.getvalue()


def bring(page: AppTest, content: bytes, name: str, file_name: str = "holiday.zip") -> AppTest:
    """Upload a file and press Import."""
    page.file_uploader(key="imports.file").upload(file_name, content, "application/zip")
    page.text_input(key="imports.name").input(name)
    page.run()
    return press(page, "Import")


def after_the_work(page: AppTest) -> AppTest:
    """Draw the page as it is when its jobs have ended."""
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    return page.run()


def test_a_dataset_is_counted(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    assert "digits holds 1797 images of 28 × 28 pixels, grey, in 10 classes." in words(page).replace("**", "")
    assert metrics(page) == {"Training": "1259", "Validation": "179", "Test": "359"}


def test_where_the_images_come_from_is_said_with_whom_to_cite_and_the_licence(lab: TrainedLab, visit) -> None:
    said = words(visit("datasets"))
    assert "Optical Recognition of Handwritten Digits, as distributed with scikit-learn." in said
    assert "Enlarged from 8 × 8 to 28 × 28 pixels" in said
    assert "doi:10.24432/C50P49" in said
    assert "Licence: CC BY 4.0." in said
    spanish = words(visit("datasets", lang="es"))
    assert "doi:10.24432/C50P49" in spanish
    assert "as distributed with scikit-learn" not in spanish


def test_the_file_that_was_imported_is_named(unlabelled: Dataset, visit) -> None:
    said = words(visit("datasets", dataset="loose"))
    assert "Imported from a folder or zip of pictures." in said
    assert "File: loose." in said


def test_a_dataset_of_which_nothing_is_known_is_shown_without_a_word_on_it(lab: TrainedLab, visit) -> None:
    path = store.root() / "digits" / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"provenance": {}}), encoding="utf-8")
    page = visit("datasets")
    assert "Licence" not in words(page)
    assert not page.error


def test_what_a_source_gives_and_whether_it_is_downloaded_is_said_before(untrained: Path, visit) -> None:
    page = visit("datasets")
    for spec in sources:
        said = page.selectbox(key="dataset").help if spec.ready else words(page)
        assert f"**{spec.label}**: {spec.summary}" in said
    page = visit("datasets", dataset="mnist")  # it is being fetched
    assert sources["mnist"].summary in words(page)


def test_the_first_hundred_images_are_shown_and_then_the_next(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    images = np.asarray(store.open_dataset("digits").images)
    assert "Images 1 to 100 of 1797" in page.image[0].captions
    assert pictures(page)[0] == picture_of(images[:100], 20)
    page.pagination[0].select(2).run()
    assert "Images 101 to 200 of 1797" in page.image[0].captions
    assert pictures(page)[0] == picture_of(images[100:200], 20)
    page.pagination[0].select(18).run()
    assert "Images 1701 to 1797 of 1797" in page.image[0].captions
    words(page)


def test_one_class_of_one_part_is_shown_from_its_first_page(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    page.pagination[0].select(5).run()
    page.selectbox(key="datasets.class").select(3).run()
    page.selectbox(key="datasets.part").select("test").run()
    dataset = store.open_dataset("digits")
    chosen = np.flatnonzero((dataset.split == 2) & (dataset.labels == 3))
    assert f"Images 1 to {len(chosen)} of {len(chosen)}" in page.image[0].captions
    assert pictures(page)[0] == picture_of(np.asarray(dataset.images[chosen]), 20)
    words(page)


def test_a_class_that_has_no_image_in_a_part_says_so(artifacts: Path, tmp_path: Path, visit) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 12, 12), dtype=np.uint8)
    labels = {"y_train": np.arange(30) % 2, "y_test": np.ones(10, int)}
    np.savez(tmp_path / "given.npz", x_train=images[:30], x_test=images[30:], **labels)
    import_path(tmp_path / "given.npz", "given")
    page = visit("datasets", dataset="given")
    page.selectbox(key="datasets.class").select(0).run()
    page.selectbox(key="datasets.part").select("test").run()
    assert "No image is in this class and part; choose another." in words(page)


def test_mean_images_balance_and_histogram_are_those_of_the_study(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    found = overview.run(store.open_dataset("digits"), overview.Config())
    assert pictures(page)[1] == picture_of(found.mean_images, 10)
    balance, histogram = figures(page)
    assert [bar["name"] for bar in balance["data"]] == ["Training", "Validation", "Test"]
    assert balance["data"][0]["x"] == list(found.balance["class"])
    assert len(histogram["data"]) == 1
    assert title(balance) == "Images of each class (N = 1797)"
    assert title(histogram) == "Pixel values of the training images (N = 1259)"


def test_images_without_classes_are_called_unlabelled(unlabelled: Dataset, visit) -> None:
    page = visit("datasets", dataset="loose")
    said = words(page)
    assert "loose holds 20 images of 28 × 28 pixels, grey, in 0 classes." in said.replace("**", "")
    assert "in this order: unlabelled" in said
    assert page.selectbox(key="datasets.class").options == ["all classes"]
    assert pictures(page)[0] == picture_of(np.asarray(unlabelled.images), 20)
    assert figures(page)[0]["data"][0]["x"] == ["unlabelled"]


def test_another_dataset_is_chosen_by_hand_or_by_its_address(lab: TrainedLab, visit) -> None:
    store.import_dataset("drawn", "shapes", ShapesConfig(count=60, size=16, classes=4))
    page = visit("datasets")
    page.selectbox(key="datasets.class").select(9).run()  # a class that the next dataset has not
    page.selectbox(key="dataset").select("drawn").run()
    assert "60 images of 16 × 16 pixels, colour, in 4 classes" in words(page).replace("**", "")
    assert "in 4 classes" in words(visit("datasets", dataset="drawn"))
    assert "1797 images" in words(visit("datasets", dataset="nothing-of-that-name"))


def test_a_dataset_that_is_not_stored_is_made_by_a_worker_and_then_shown(artifacts: Path, visit, workers) -> None:
    store.import_dataset("something", "shapes", ShapesConfig(count=60, size=12))  # a lab that is not new
    page = visit("datasets", dataset="shapes")
    assert progress(page)[0].startswith("shapes · ")
    assert not page.metric
    after_the_work(page)
    assert "shapes holds 2000 images" in words(page).replace("**", "")
    assert not page.progress


def test_a_built_in_dataset_that_cannot_be_had_says_where_to_put_the_file(
    untrained: Path, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit("datasets", dataset="mnist")
    (job,) = folder.all_jobs()
    sentence = {"template": "Put {file} into the folder.", "values": {"file": "mnist.npz"}}
    folder.write_status(job, {"state": "failed", "error": sentence})
    page.run()
    assert errors(page) == ["Put mnist.npz into the folder."]
    press(page, "Try again")
    assert folder.status(job).state == "queued"
    assert not page.error


def test_a_damaged_dataset_is_named_and_another_can_be_chosen(lab: TrainedLab, visit) -> None:
    store.import_dataset("broken", "shapes", ShapesConfig(count=60, size=12))
    (store.root() / "broken" / "dataset.json").write_text("{")
    page = visit("datasets", dataset="broken")
    (sentence,) = errors(page)
    assert "Dataset broken is damaged" in sentence
    page.selectbox(key="dataset").select("digits").run()
    page.query_params["dataset"] = "digits"  # as the browser does
    page.run()
    assert not page.error
    assert metrics(page)["Test"] == "359"


def test_a_zip_becomes_a_dataset_that_is_shown_at_once(lab: TrainedLab, visit, workers) -> None:
    page = visit("datasets")
    page.number_input(key="imports.size").set_value(16)
    bring(page, fruit(), "my-fruit")
    assert progress(page)[0].startswith("my-fruit · ")
    after_the_work(page)
    assert page.selectbox(key="dataset").value == "my-fruit"
    assert "12 images of 16 × 16 pixels, colour, in 2 classes" in words(page).replace("**", "")
    assert not page.progress


def test_files_that_were_left_out_are_named(lab: TrainedLab, visit, tmp_path: Path) -> None:
    (tmp_path / "fruit.zip").write_bytes(fruit())
    with zipfile.ZipFile(tmp_path / "fruit.zip", "a") as archive:
        archive.writestr("apples/bro*ken.png", b"no picture")
    import_path(tmp_path / "fruit.zip", "mine", 16)
    page = visit("datasets", dataset="mine")
    assert page.expander[-1].label == "Files left out: 1"
    assert "apples/bro*ken.png is left out" in words(page)


def test_what_is_no_zip_is_named_as_its_owner_called_it(lab: TrainedLab, visit, workers) -> None:
    page = bring(visit("datasets"), b"this is no zip", "mine", "my photos.zip")
    after_the_work(page)
    (sentence,) = errors(page)
    assert sentence.startswith("my_photos.zip is neither a folder or zip of class folders nor an npz")
    assert metrics(page)["Test"] == "359"  # the dataset that was shown still is
    assert "mine" not in store.names()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("taken", "There is already a dataset called 'taken'; choose another name or delete it."),
        ("My Photos", "'My Photos' is not a name the lab can use: "),
        ("../runs", "'../runs' is not a name the lab can use: "),
    ],
)
def test_a_name_that_cannot_be_had_is_refused_at_once(lab: TrainedLab, visit, name: str, sentence: str) -> None:
    store.import_dataset("taken", "shapes", ShapesConfig(count=60, size=12))
    page = bring(visit("datasets"), fruit(), name)
    assert errors(page)[0].startswith(sentence)
    page = visit("datasets")
    page.text_input(key="imports.shapes_name").input(name).run()
    press(page, "Draw")
    assert errors(page)[0].startswith(sentence)
    assert {job.kind for job in folder.all_jobs()} == {"train"}


def test_nothing_can_be_imported_without_a_file_and_a_name(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    (button,) = (each for each in page.button if each.label == "Import")
    assert button.proto.disabled
    page.file_uploader(key="imports.file").upload("fruit.zip", fruit(), "application/zip").run()
    (button,) = (each for each in page.button if each.label == "Import")
    assert button.proto.disabled
    page.text_input(key="imports.name").input("mine").run()
    (button,) = (each for each in page.button if each.label == "Import")
    assert not button.proto.disabled


def test_shapes_are_drawn_as_the_form_says(lab: TrainedLab, visit, workers) -> None:
    page = visit("datasets")
    page.text_input(key="imports.shapes_name").input("two-kinds")
    page.number_input(key="imports.shapes.count").set_value(80)
    page.number_input(key="imports.shapes.size").set_value(20)
    page.number_input(key="imports.shapes.classes").set_value(2)
    page.selectbox(key="imports.shapes.color").select("gray")
    page.run()
    press(page, "Draw")
    after_the_work(page)
    assert "two-kinds holds 80 images of 20 × 20 pixels, grey, in 2 classes" in words(page).replace("**", "")
    assert "square, ellipse" in words(page)


def test_an_import_that_waits_can_be_cancelled(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    page.text_input(key="imports.shapes_name").input("never").run()
    press(page, "Draw")
    (job,) = (job for job in folder.all_jobs() if job.kind == "make_dataset")
    assert "Cancel" in buttons(page)
    folder.write_status(job, {"state": "cancelled"})
    page.run()
    assert "This was cancelled. Start it again when you like." in words(page)
    assert "never" not in store.names()
