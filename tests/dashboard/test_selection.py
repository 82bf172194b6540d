"""What is selected on a map: undone, compared, taken away, and made a dataset of."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab, until
from seen import errors, picture_of, pictures, press, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.jobs import folder
from aelab.pixels import to_unit
from aelab.studies.neighbours import neighbours

CHOSEN = [3, 50, 51, 200]


@pytest.fixture
def digits(lab: TrainedLab) -> Dataset:
    return store.open_dataset("digits")


@pytest.fixture
def chosen(digits: Dataset) -> np.ndarray:
    return digits.indices("test")[CHOSEN]


def select(page: AppTest, ids: np.ndarray) -> AppTest:
    """Select points as a lasso does."""
    points = [{"customdata": int(each)} for each in ids]
    page.session_state["latent.plane"] = {"selection": {"points": points, "point_indices": [], "box": [], "lasso": []}}
    return page.run()


@pytest.fixture
def page(lab: TrainedLab, visit_plain, chosen: np.ndarray) -> AppTest:
    return select(visit_plain("latent", run=lab.runs["conv_ae"]), chosen)


def test_a_selection_stays_when_the_projection_changes(page: AppTest) -> None:
    page.button_group(key="latent.dimensions").set_value(3).run()
    page.button_group(key="latent.dimensions").set_value(2).run()
    assert "Images selected: 4" in words(page)


def test_a_selection_of_one_run_is_that_of_another_on_the_same_images(page: AppTest, lab: TrainedLab) -> None:
    page.selectbox(key="run").set_value(lab.runs["vae"]).run()
    assert "Images selected: 4" in words(page)


def test_the_address_names_what_is_selected_and_forgets_it_where_nothing_is(
    page: AppTest, visit_plain, lab: TrainedLab
) -> None:
    again = visit_plain("latent", run=lab.runs["conv_ae"], selected=page.query_params["selected"])
    assert "Images selected: 4" in words(again)
    press(page, "Select nothing")
    assert "selected" not in page.query_params


def test_a_selection_that_is_not_kept_is_said_to_be_so(visit, lab: TrainedLab) -> None:
    page = visit("latent", run=lab.runs["conv_ae"], selected="0123456789abcdef")
    assert "no longer kept" in words(page)
    assert "Images selected: 0" in words(page)
    assert "selected" not in page.query_params


def test_nothing_selected_can_be_undone_and_everything_be_selected(page: AppTest, digits: Dataset) -> None:
    press(page, "Select nothing")
    assert "Images selected: 0" in words(page)
    press(page, "Undo")
    assert "Images selected: 4" in words(page)
    select(page, digits.indices("test"))
    assert "Images selected: 359" in words(page)
    assert not errors(page)


def test_the_neighbours_pixel_by_pixel_are_shown_beside_those_by_code(page: AppTest, digits: Dataset) -> None:
    test = digits.indices("test")
    found = neighbours(digits, int(test[3]), 10, test)
    assert pictures(page)[2] == picture_of(to_unit(digits.take(found.indices)), 10)
    assert "among the N = 359 images on the map" in words(page)


def test_pictures_and_table_of_a_selection_are_offered(page: AppTest) -> None:
    offered = {each.key: each.proto.disabled for each in page.download_button if each.key}
    assert offered["latent.selected.csv"] is False
    assert offered["latent.selected.zip"] is False


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize(
    ("way", "name", "count"), [("these", "digits-selected", 60), ("others", "digits-without", 1737)]
)
def test_a_dataset_can_be_made_of_a_selection_or_of_all_others(
    lab: TrainedLab, visit_plain, digits: Dataset, way: str, name: str, count: int
) -> None:
    page = select(visit_plain("latent", run=lab.runs["conv_ae"]), digits.indices("test")[:60])
    page.button_group(key="latent.selected.way").set_value(way).run()
    assert page.text_input(key=f"making.name.digits.{name.removeprefix('digits-')}").value == name
    press(page, f"Make it: images {count}")
    (job,) = (job for job in folder.all_jobs() if job.kind == "derive_dataset")
    until(lambda: folder.status(job).state == "done")
    assert f"{name} is ready. Images: {count}." in words(page.run())
    made = store.open_dataset(name)
    chosen = digits.kept[digits.indices("test")[:60]]
    assert np.isin(made.kept, chosen).all() if way == "these" else not np.isin(made.kept, chosen).any()
    assert made.counts["all"] == count
    assert min(made.counts[part] for part in ("train", "validation", "test")) > 0
    assert inference.load(runs.find(lab.runs["conv_ae"])).shape == made.shape
