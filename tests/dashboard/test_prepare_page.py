"""Prepare: size, fit, colour and split are chosen with their consequences in sight."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bringing import after_the_work
from labs import TrainedLab
from photos import put_photos
from PIL import Image
from seen import buttons, figures, in_address, press, title, words
from streamlit.testing.v1 import AppTest

from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset


@pytest.fixture
def photos(lab: TrainedLab, tmp_path: Path) -> Dataset:
    """Return a dataset of 40 pictures of 40 × 60 pixels, prepared at 32 × 32."""
    return import_path(put_photos(tmp_path / "photos", 20, (40, 60)), "photos", 32)


@pytest.fixture
def page(photos: Dataset, visit) -> AppTest:
    return visit("prepare", dataset="photos")


def test_what_the_dataset_will_be_comes_first(page: AppTest) -> None:
    said = words(page).replace("**", "")
    assert "photos becomes 40 images of 32 × 32 pixels, colour: 28 to train on, 4 to choose by, 8 to test on." in said
    assert "No picture stands on two sides of the split, neither identical nor nearly so." in said
    assert [title(figure) for figure in figures(page)] == ["Now (N = 40)", "New (N = 40)"]


def test_a_split_that_tears_near_duplicates_apart_is_not_called_free_of_leaks(
    lab: TrainedLab, visit, tmp_path: Path
) -> None:
    folder = put_photos(tmp_path / "twice", 20, (40, 60))
    for path in sorted(folder.rglob("*.png")):
        Image.open(path).resize((120, 80)).save(path.with_name(f"larger-{path.name}"))
    import_path(folder, "twice", 32)
    page = visit("prepare", dataset="twice")
    assert "No picture stands on two sides of the split" in words(page)
    page.number_input(key="split.twice.distance").set_value(-1).run()
    assert "No picture stands on two sides" not in words(page)
    (warning,) = page.warning
    assert warning.value.startswith("Pairs of nearly the same picture that this split leaves on two sides: ")
    assert "Set Near-duplicates to 6 bits" in warning.value
    assert "Pairs on two sides of the new split" in words(page)


def test_nothing_can_be_made_that_is_there_already(page: AppTest) -> None:
    (button,) = (element for element in page.button if element.label == "Make this dataset")
    assert button.disabled
    assert button.help == "This is what the dataset is already: change its size, its colour or its split first."
    assert "Make this dataset" in buttons(page)


def test_enlarging_most_pictures_is_warned_of_with_the_share(page: AppTest) -> None:
    assert not page.warning
    page.number_input(key="prepare.photos.height").set_value(128)
    page.number_input(key="prepare.photos.width").set_value(128).run()
    (warning,) = page.warning
    assert "100% of the pictures would be enlarged (their median size is 60 × 40 px)" in warning.value


@pytest.mark.parametrize(
    ("shapes", "caption"),
    [
        ([(40, 60)] * 6, "As they came, all of one size: some by chance"),
        (
            [(20, 60), (50, 50), (50, 50), (60, 40), (50, 50), (30, 30)],
            "As they came, from the left: the smallest; the largest; the tallest; the widest; others by chance",
        ),
        (
            [(60, 20), (50, 50), (50, 50), (50, 50), (50, 50), (90, 90)],
            "As they came, from the left: the smallest, the tallest; the largest; the widest; others by chance",
        ),
    ],
)
def test_examples_are_called_what_they_are(lab: TrainedLab, visit, tmp_path: Path, shapes, caption: str) -> None:
    (tmp_path / "few").mkdir()
    for number, (height, width) in enumerate(shapes):
        pixels = np.random.default_rng(number).integers(0, 256, (height, width, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "few" / f"{number}.png")
    import_path(tmp_path / "few", "few", 32)
    assert caption in words(visit("prepare", dataset="few"))


def test_counts_can_be_asked_for(page: AppTest) -> None:
    page.number_input(key="split.photos.test").set_value(10.0).run()
    assert "26 to train on, 4 to choose by, 10 to test on" in words(page).replace("**", "")


def test_a_split_that_leaves_nothing_to_train_on_is_a_sentence(page: AppTest) -> None:
    page.number_input(key="split.photos.test").set_value(0.95).run()
    assert "Validation and Test must leave something for training" in page.error[0].value
    said = words(page).replace("**", "")  # and what was possible before is still there
    assert "28 to train on, 4 to choose by, 8 to test on" in said
    assert "What follows is about the last settings that were possible." in said
    (button,) = (element for element in page.button if element.label == "Make this dataset")
    assert button.disabled


def test_settings_are_there_again_after_a_reload(page: AppTest, photos: Dataset, visit) -> None:
    assert "height" not in page.query_params
    page.number_input(key="prepare.photos.height").set_value(20)
    page.selectbox(key="prepare.photos.fit").set_value("pad")
    page.number_input(key="split.photos.test").set_value(10.0).run()
    kept = {name: in_address(page, name) for name in ("height", "fit", "test")}
    assert kept == {"height": "20", "fit": "pad", "test": "10.0"}
    again = visit("prepare", dataset="photos", **kept)
    assert "becomes 40 images of 20 × 32 pixels" in words(again).replace("**", "")
    assert "26 to train on, 4 to choose by, 10 to test on" in words(again).replace("**", "")
    again.selectbox(key="dataset").select("digits").run()
    assert "becomes 1797 images of 28 × 28 pixels" in words(again).replace("**", "")


def test_a_number_of_images_goes_up_by_one(page: AppTest) -> None:
    field = page.number_input(key="split.photos.test")
    assert field.step == 0.02
    field.set_value(10.0).run()
    assert page.number_input(key="split.photos.test").step == 1


def test_another_size_and_split_become_a_dataset(page: AppTest, photos: Dataset, workers: None) -> None:
    page.number_input(key="prepare.photos.height").set_value(20)
    page.selectbox(key="prepare.photos.fit").set_value("pad")
    page.selectbox(key="prepare.photos.color").set_value("gray")
    page.number_input(key="split.photos.test").set_value(10.0).run()
    press(page, "Make this dataset")
    after_the_work(page)
    made = store.open_dataset("photos-20")
    assert made.shape == (20, 32, 1)
    assert made.counts["test"] == 10
    assert made.recipe.prepare is not None
    assert made.recipe.prepare.fit == "pad"
    assert store.open_dataset("photos").checksum == photos.checksum
