"""Imports: what students bring becomes a dataset, or a sentence that says why not."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from bringing import after_the_work, bring, fruit_files, tarred, upload, zipped
from labs import TrainedLab, until
from photos import painted
from seen import buttons, errors, in_address, metrics, press, progress, words

from aelab.datasets import recipe as recipes
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.shapes import ShapesConfig
from aelab.jobs import folder
from aelab.jobs.folder import OPEN


def test_a_zip_becomes_a_dataset_that_is_shown_at_once(lab: TrainedLab, visit, workers) -> None:
    page = visit("datasets")
    page.number_input(key="imports.prepare.height").set_value(16)
    page.number_input(key="imports.prepare.width").set_value(24).run()
    bring(page, zipped(fruit_files()), "my-fruit")
    assert progress(page)[0].startswith("my-fruit · ")
    after_the_work(page)
    assert page.selectbox(key="dataset").value == "my-fruit"
    assert "12 images of 16 × 24 pixels, colour, in 2 classes" in words(page).replace("**", "")
    assert not page.progress
    assert "my-fruit is ready. Images: 12." in words(page)
    assert "Next: clean it" in [link.label for link in page.get("page_link")]
    page.selectbox(key="dataset").select("digits").run()
    assert "is ready" not in words(page)


def test_a_zip_that_was_not_copied_to_the_end_is_called_so(lab: TrainedLab, visit, workers) -> None:
    page = after_the_work(bring(visit("datasets"), zipped(fruit_files())[:-300], "mine"))
    assert errors(page)[0].startswith("holiday.zip begins like a zip, but its end is missing: it is damaged, or ")


def test_a_file_of_arrays_among_pictures_is_not_passed_over(lab: TrainedLab, visit, workers) -> None:
    arrays = io.BytesIO()
    np.savez(arrays, images=np.zeros((9, 12, 12), np.uint8), labels=np.zeros(9, int))
    page = upload(visit("datasets"), ("0.png", painted(0)), ("more.npz", arrays.getvalue()), ("1.png", painted(1)))
    after_the_work(press(page, "Import"))
    assert errors(page) == [
        "more.npz is no picture and cannot be mixed with other files: bring it alone, or pictures only."
    ]


def test_a_name_that_is_suggested_is_free(lab: TrainedLab, visit) -> None:
    store.import_dataset("fruit", "shapes", ShapesConfig(count=60, size=12))
    page = upload(visit("datasets"), ("fruit.zip", zipped(fruit_files())))
    assert page.text_input(key="imports.name").value == "fruit-2"


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
    page = bring(visit("datasets"), zipped(fruit_files()), name)
    assert errors(page)[0].startswith(sentence)
    page = visit("datasets")
    page.text_input(key="imports.shapes_name").input(name).run()
    press(page, "Draw")
    assert errors(page)[0].startswith(sentence)
    assert {job.kind for job in folder.all_jobs()} == {"train"}


def test_nothing_can_be_imported_without_a_file_and_a_name(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    assert page.button(key="imports.start").disabled
    assert "Choose a file first." in words(page)
    upload(page, ("my Fruit.zip", zipped(fruit_files())))
    assert "Choose a file first." not in words(page)
    assert page.text_input(key="imports.name").value == "my-fruit"
    assert not page.button(key="imports.start").disabled
    page.text_input(key="imports.name").input("").run()
    assert page.button(key="imports.start").disabled


@pytest.mark.parametrize(
    ("file_names", "name"),
    [
        (("Meine Äpfel (2).tar.gz",), "meine-pfel-2"),
        (("../../etc/passwd",), "passwd"),
        (("果物.zip",), ""),
        (("a.png", "b.png"), "pictures"),
    ],
)
def test_a_name_is_suggested_that_can_be_had(lab: TrainedLab, visit, file_names: tuple[str, ...], name: str) -> None:
    page = upload(visit("datasets"), *((file_name, painted(0)) for file_name in file_names))
    assert page.text_input(key="imports.name").value == name


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


def test_a_reload_in_the_middle_of_an_import_finds_it_again(lab: TrainedLab, visit) -> None:
    page = bring(visit("datasets"), zipped(fruit_files()), "mine")
    (job,) = (job for job in folder.all_jobs() if job.kind == "make_dataset")
    assert in_address(page, "making") == job.id
    again = visit("datasets", making=job.id)
    assert progress(again)[0].startswith("mine · ")
    assert "Cancel" in buttons(again)
    assert [each.proto.expanded for each in again.expander if each.label == "Bring your own images"] == [True]
    broken = {"template": "{file} is broken.", "values": {"file": "holiday.zip"}}
    folder.write_status(job, {"state": "failed", "error": broken})
    assert errors(visit("datasets", making=job.id)) == ["holiday.zip is broken."]


def test_an_import_that_ended_while_nobody_looked_is_shown_by_its_address(lab: TrainedLab, visit, workers) -> None:
    page = bring(visit("datasets"), zipped(fruit_files()), "mine")
    making = in_address(page, "making")
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    again = visit("datasets", making=making)
    assert again.selectbox(key="dataset").value == "mine"
    assert "making" not in again.query_params


@pytest.mark.parametrize("making", ["no-such-job", "../runs", "A B"])
def test_an_address_that_names_no_import_is_passed_over(lab: TrainedLab, visit, making: str) -> None:
    page = visit("datasets", making=making)
    assert not page.progress
    assert not page.error


def test_a_name_under_which_a_dataset_is_being_made_is_refused_at_once(lab: TrainedLab, visit) -> None:
    bring(visit("datasets"), zipped(fruit_files()), "mine")
    page = bring(visit("datasets"), zipped(fruit_files(("plums", "figs"))), "mine")
    assert errors(page) == ["A dataset called 'mine' is being made right now; choose another name."]
    page.text_input(key="imports.shapes_name").input("mine").run()
    press(page, "Draw")
    assert errors(page) == ["A dataset called 'mine' is being made right now; choose another name."]
    (job,) = (job for job in folder.all_jobs() if job.kind == "make_dataset")
    assert [path.name for path in (lab.folder / "cache" / "uploads").iterdir()] == [job.params["upload"]]


def test_several_pictures_become_a_dataset_without_classes(lab: TrainedLab, visit, workers: None) -> None:
    page = upload(visit("datasets"), *((f"{number}.png", painted(number, 30, 40)) for number in range(5)))
    page.selectbox(key="imports.prepare.fit").select("pad")
    page.selectbox(key="imports.prepare.color").select("gray")
    page.selectbox(key="imports.prepare.background").select("black")
    page.number_input(key="imports.prepare.height").set_value(40)
    page.number_input(key="imports.prepare.width").set_value(40).run()
    after_the_work(press(page, "Import"))
    assert "pictures holds 5 images of 40 × 40 pixels, grey, without classes" in words(page).replace("**", "")
    assert "Imported from several pictures." in words(page)
    assert "File:" not in words(page)
    images = np.asarray(store.open_dataset("pictures").images)
    assert not images[:, :5].any()  # above a picture that is wider than high is the background
    assert images[:, 5:35].any()


def test_a_tar_gz_becomes_a_dataset(lab: TrainedLab, visit, workers: None) -> None:
    page = upload(visit("datasets"), ("fruit.tar.gz", tarred(fruit_files())))
    after_the_work(press(page, "Import"))
    assert "fruit holds 12 images of 64 × 64 pixels, colour, in 2 classes" in words(page).replace("**", "")
    assert store.open_dataset("fruit").class_names == ("apples", "pears")


def test_a_csv_of_pixels_becomes_a_dataset_of_the_size_that_it_has(lab: TrainedLab, visit, workers: None) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 14 * 14), dtype=np.uint8)
    head = ",".join(["label", *(f"pixel{number}" for number in range(14 * 14))])
    rows = [",".join(map(str, [7 + number % 2, *row])) for number, row in enumerate(pixels)]
    page = upload(visit("datasets"), ("letters.csv", "\n".join([head, *rows]).encode()))
    after_the_work(press(page, "Import"))
    assert "letters holds 30 images of 14 × 14 pixels, grey, in 2 classes" in words(page).replace("**", "")
    made = store.open_dataset("letters")
    assert made.class_names == ("7", "8")
    np.testing.assert_array_equal(np.asarray(made.images).reshape(30, -1), pixels)


def test_a_recipe_repeats_what_was_decided_about_the_same_files(lab: TrainedLab, visit, workers, tmp_path) -> None:
    (tmp_path / "fruit.zip").write_bytes(zipped(fruit_files()))
    first = import_path(tmp_path / "fruit.zip", "first", 20)
    recipe = first.recipe.with_drop(*recipes.decide(first.originals, [1, 7]))
    page = upload(visit("datasets"), ("fruit.zip", zipped(fruit_files())))
    page.file_uploader(key="imports.recipe").upload("mine.json", json.dumps(recipe.to_json()).encode()).run()
    after_the_work(press(page, "Import"))
    assert "fruit holds 10 images of 20 × 20 pixels" in words(page).replace("**", "")  # not the 64 of the form
    assert store.open_dataset("fruit").checksum == store.derive(first, "derived", recipe).checksum


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "mine.json is no recipe: it is not JSON."),
        (b"\xff\xfe\xfa", "mine.json is no recipe: it is not JSON."),
        (b"[1]", 'This is no recipe: expected JSON with "format": 1 and no other keys than '),
        (b'{"format": 1, "drop": 5}', "The recipe is damaged: each entry of drop must have the texts "),
        (b'{"format": 1, "prepare": {"height": "x"}}', "height must be "),
    ],
)
def test_what_is_no_recipe_is_refused_at_once(lab: TrainedLab, visit, content: bytes, sentence: str) -> None:
    page = upload(visit("datasets"), ("fruit.zip", zipped(fruit_files())))
    page.file_uploader(key="imports.recipe").upload("mine.json", content).run()
    press(page, "Import")
    assert errors(page)[0].startswith(sentence)
    assert {job.kind for job in folder.all_jobs()} == {"train"}


def test_a_recipe_of_other_files_is_refused_by_the_name_of_a_picture(lab: TrainedLab, visit, workers: None) -> None:
    drop = [{"name": "apples/0.png", "digest": "0" * 16, "why": "by hand"}]
    recipe = json.dumps({"format": 1, "drop": drop, "prepare": {"height": 16, "width": 16}}).encode()
    page = upload(visit("datasets"), ("fruit.zip", zipped(fruit_files())))
    page.file_uploader(key="imports.recipe").upload("mine.json", recipe).run()
    after_the_work(press(page, "Import"))
    (sentence,) = errors(page)
    assert sentence.startswith("The recipe names the picture apples/0.png, which is not among the pictures here")
    assert "fruit" not in store.names()


def test_a_name_that_was_written_before_the_file_came_stays(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    page.text_input(key="imports.name").input("mine").run()
    upload(page, ("holiday.zip", b"PK"))
    assert page.text_input(key="imports.name").value == "mine"
