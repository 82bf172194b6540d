"""Browsing: any image of a dataset can be found, in an order of one's own, and opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bringing import after_the_work
from labs import TrainedLab
from PIL import Image
from seen import picture_of, pictures, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset
from aelab.pixels import to_unit

CLASSES = ("apples", "pears")
EACH = 12


@pytest.fixture
def photos(lab: TrainedLab, tmp_path: Path) -> Dataset:
    """Return 24 grey pictures, no two as bright or as large as each other; one is there twice, one has a palette."""
    rng = np.random.default_rng(0)
    for number, level in enumerate(rng.permutation(2 * EACH)):
        path = tmp_path / "photos" / CLASSES[number % 2] / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = (rng.integers(0, 60, (7, 7)) + 8 * level).astype(np.uint8)
        image = Image.fromarray(coarse).resize((40 + number, 50 + (5 * number) % 7))
        (image.convert("P") if number == 4 else image).save(path)
    (tmp_path / "photos" / "apples" / "copy.png").write_bytes((tmp_path / "photos" / "apples" / "06.png").read_bytes())
    return import_path(tmp_path / "photos", "photos", 28, "gray")


def listed(page: AppTest) -> list[str]:
    """Show the images as a list and return their names."""
    page.button_group(key="browse.view").set_value("list").run()
    return list(page.dataframe[0].value["name"])


def open_row(page: AppTest, row: int) -> AppTest:
    """Tick a row of the list, as a click on it does."""
    key = page.dataframe[0].key
    assert key is not None
    page.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return page.run()


def shows(page: AppTest, data: Dataset, indices: np.ndarray) -> bool:
    """Return whether the mosaic has these images, in this order."""
    return pictures(page)[0] == picture_of(np.asarray(data.images)[indices], 20)


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
    page.selectbox(key="browse.class.digits").select(3).run()
    page.selectbox(key="browse.part").select("test").run()
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
    page.selectbox(key="browse.class.given").select(0).run()
    page.selectbox(key="browse.part").select("test").run()
    assert "No image is in this class and part; choose another." in words(page)


def test_what_the_clean_page_has_found_can_be_looked_at_alone(photos: Dataset, workers: None, visit) -> None:
    page = visit("datasets", dataset="photos")
    assert page.selectbox(key="browse.flag.photos").options == ["flagged or not"]
    after_the_work(visit("clean", dataset="photos"))
    page = visit("datasets", dataset="photos")
    page.selectbox(key="browse.flag.photos").select("repeats").run()
    names = [photos.name_of(index) for index in range(photos.counts["all"])]
    both = np.array([names.index("apples/06.png"), names.index("apples/copy.png")])
    assert shows(page, photos, both)
    assert "Images 1 to 2 of 2" in words(page)
    page.selectbox(key="browse.class.photos").select(CLASSES.index("pears")).run()
    assert "No image is in this class and part; choose another." in words(page)


@pytest.mark.parametrize("descending", [False, True], ids=["darkest first", "brightest first"])
def test_images_are_sorted_by_their_brightness(photos: Dataset, visit, descending: bool) -> None:
    brightness = np.asarray(photos.images, float).mean(axis=(1, 2, 3))
    order = np.argsort(-brightness if descending else brightness, kind="stable")
    page = visit("datasets", dataset="photos")
    assert shows(page, photos, np.arange(len(order)))
    page.selectbox(key="browse.sort").select("brightness")
    page.toggle(key="browse.descending").set_value(descending).run()
    assert shows(page, photos, order)
    page.selectbox(key="browse.class.photos").select(1).run()  # what is sorted can still be filtered
    assert shows(page, photos, order[photos.labels[order] == 1])


def test_images_are_sorted_by_the_size_they_came_in_and_from_the_last(photos: Dataset, visit) -> None:
    area = np.prod(photos.originals.sizes, axis=1)
    page = visit("datasets", dataset="photos")
    page.selectbox(key="browse.sort").select("size").run()
    assert shows(page, photos, np.argsort(area, kind="stable"))
    page.selectbox(key="browse.sort").select("position")
    page.toggle(key="browse.descending").set_value(True).run()
    assert shows(page, photos, np.arange(photos.counts["all"])[::-1])


def test_a_list_says_name_class_part_and_original_size_of_each_image(photos: Dataset, visit) -> None:
    page = visit("datasets", dataset="photos")
    names = listed(page)
    assert names == [photos.name_of(index) for index in range(photos.counts["all"])]
    table = page.dataframe[0].value
    row = table.iloc[names.index("pears/03.png")]
    assert (row["class"], row["size"]) == ("pears", "43 × 51")
    parts = ["Training", "Validation", "Test"]
    assert list(table["part"]) == [parts[code] for code in photos.split]
    assert all(address.startswith("data:image/png;base64,") for address in table["image"])
    assert "Images 1 to 25 of 25. Tick a row to open the image." in words(page)


def test_a_long_list_is_leafed_through(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    assert listed(page) == [f"#{number}" for number in range(25)]
    page.pagination[0].select(72).run()
    assert list(page.dataframe[0].value["name"]) == [f"#{number}" for number in range(1775, 1797)]


def test_an_opened_image_tells_where_it_is_from_and_what_was_done_to_it(photos: Dataset, visit) -> None:
    page = visit("datasets", dataset="photos")
    row = listed(page).index("apples/04.png")
    before = words(page)
    assert "It came with" not in before
    open_row(page, row)
    said = words(page).replace("**", "")
    part = ["Training", "Validation", "Test"][photos.split[row]]
    assert "apples/04.png" in {element.value.replace("\\", "") for element in page.subheader}
    assert f"Class apples, part {part}. It came with 44 × 56 pixels." in said
    assert "- Converted from a palette." in said
    assert picture_of(np.asarray(photos.images)[[row]], 1) in pictures(page)
    assert "Licence:" not in said  # nobody knows it
    assert "When a run has been trained on this dataset" in said


def test_an_opened_image_is_shown_with_those_most_like_it(photos: Dataset, visit) -> None:
    page = visit("datasets", dataset="photos")
    names = listed(page)
    row = names.index("apples/06.png")
    open_row(page, row)
    images = np.asarray(photos.images, float) / 255
    distances = np.sqrt(np.square(images - images[row]).mean(axis=(1, 2, 3)))
    distances[row] = np.inf
    nearest = np.argsort(distances, kind="stable")[:10]
    assert names[nearest[0]] == "apples/copy.png"
    assert picture_of(np.asarray(photos.images)[nearest], 10) in pictures(page)
    said = words(page)
    assert "The 10 most similar of 25 images" in said
    assert f"differences 0.000 to {distances[nearest[-1]]:.3f}" in said


def test_an_opened_image_is_reconstructed_by_a_run_on_this_dataset(lab: TrainedLab, photos: Dataset, visit) -> None:
    lab.say_trained_on("vae", photos)
    lab.say_trained_on("pca", photos)
    page = visit("datasets", dataset="photos")
    row = listed(page).index("pears/11.png")
    open_row(page, row)
    choice = page.selectbox(key="picture.run.photos")
    assert set(choice.options) == {lab.runs["vae"], lab.runs["pca"]}  # the others know another dataset
    given = to_unit(np.asarray(photos.images)[[row]])
    for model in ("vae", "pca"):
        page.selectbox(key="picture.run.photos").select(lab.runs[model]).run()
        (run,) = (run for run in runs.done() if run.id == lab.runs[model])
        made = inference.load(run).reconstruct(given)
        error = float(np.square(given.astype(float) - made).mean())
        assert f"what {run.id} makes of it: squared error {error:.5f} (lower is better; this one image)" in words(page)
        assert picture_of(np.concatenate([given, made]), 2) in pictures(page)
