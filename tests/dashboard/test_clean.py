"""Clean: what is wrong with a dataset is shown, and what is decided there becomes a dataset."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from bringing import after_the_work
from labs import TrainedLab
from photos import put_photos
from PIL import Image
from seen import buttons, errors, press, words
from streamlit.testing.v1 import AppTest

from aelab.cleaning import drafts
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset
from aelab.jobs import folder as jobs
from aelab.tasks import inspect_dataset


@pytest.fixture
def photos(lab: TrainedLab, tmp_path: Path) -> Dataset:
    """Return a dataset of 25 pictures, one of which is a copy and one of which is blank."""
    put_photos(tmp_path / "photos", 12, (64, 64))
    shutil.copy(tmp_path / "photos" / "apples" / "3.png", tmp_path / "photos" / "apples" / "copy.png")
    Image.new("RGB", (64, 64), "white").save(tmp_path / "photos" / "pears" / "5.png")
    return import_path(tmp_path / "photos", "photos", 32)


@pytest.fixture
def page(photos: Dataset, workers: None, visit) -> AppTest:
    return after_the_work(visit("clean", dataset="photos"))


def look_at(page: AppTest, check: str) -> AppTest:
    return page.radio(key="clean.check").set_value(check).run()


def test_what_is_wrong_is_counted_first_and_the_worst_is_opened(page: AppTest) -> None:
    said = words(page).replace("**", "")
    assert "3 of the 25 images of photos look wrong in some way; to look at besides: " in said
    assert page.radio(key="clean.check").value == "blank"
    assert "Nothing found: Unreadable, Two labels" in said


def test_what_is_looked_at_stays_in_another_language(page: AppTest) -> None:
    look_at(page, "repeats")
    page.selectbox(key="lang").select("es").run()
    assert page.session_state["clean.check"] == "repeats"


def test_something_is_looked_at_in_another_dataset_too(page: AppTest) -> None:
    look_at(page, "repeats")
    page.selectbox(key="dataset").select("digits").run()
    after_the_work(page)
    assert page.radio(key="clean.check").value == "outliers"  # digits have no identical ones


def test_a_picture_for_which_nothing_is_proposed_is_no_wrong_one(photos: Dataset, page: AppTest) -> None:
    page.number_input(key="clean.outliers.ratio").set_value(1.0).run()
    after_the_work(page)
    said = words(page).replace("**", "")
    assert "3 of the 25 images of photos look wrong in some way" in said
    assert "to look at besides: 0." not in said


def test_nothing_can_be_made_before_something_is_left_out_and_the_button_says_so(page: AppTest) -> None:
    (button,) = (element for element in page.button if element.label == "Make the clean dataset")
    assert button.disabled
    assert button.help == "Nothing is left out yet: accept a proposal, or tick pictures below."


def test_a_group_is_shown_with_names_and_sizes_and_its_proposal_can_be_accepted(page: AppTest) -> None:
    look_at(page, "repeats")
    labels = [box.label.replace("\\", "") for box in page.checkbox]
    assert labels == ["apples/3.png · apples · 64 × 64 px", "apples/copy.png · apples · 64 × 64 px"]
    press(page, "Accept the proposal: leave out 1")
    assert [box.value for box in page.checkbox] == [False, True]
    assert "You leave out 1; 24 stay." in words(page).replace("**", "")
    press(page, "Take it back")
    assert [box.value for box in page.checkbox] == [False, False]
    assert "You leave out 0; 25 stay." in words(page).replace("**", "")


def test_a_choice_is_taken_back(page: AppTest) -> None:
    look_at(page, "repeats")
    assert "Undo the last choice" not in buttons(page)
    press(page, "Accept every proposal: leave out 1")
    press(page, "Undo the last choice")
    assert "You leave out 0; 25 stay." in words(page).replace("**", "")
    assert "Undo the last choice" not in buttons(page)


def test_a_person_can_keep_what_the_lab_proposes_to_leave_out(page: AppTest) -> None:
    press(page, "Accept every proposal: leave out 1")
    assert page.checkbox[0].value
    page.checkbox[0].uncheck().run()
    assert "You leave out 0; 25 stay." in words(page).replace("**", "")


def test_choices_are_there_again_in_another_visit_by_the_same_address(page: AppTest, visit) -> None:
    press(page, "Accept every proposal: leave out 1")
    (path,) = drafts.root().glob("*/photos.json")
    assert len(json.loads(path.read_text(encoding="utf-8"))["steps"]) == 2
    again = visit("clean", dataset="photos", draft=path.parent.name)
    assert "You leave out 1; 24 stay." in words(again).replace("**", "")
    assert "You leave out 0; 25 stay." in words(visit("clean", dataset="photos")).replace("**", "")
    assert "You leave out 0" in words(visit("clean", dataset="photos", draft="../../runs")).replace("**", "")


def test_choices_become_a_dataset_and_the_old_one_stays(page: AppTest, photos: Dataset) -> None:
    press(page, "Accept every proposal: leave out 1")
    look_at(page, "repeats")
    press(page, "Accept every proposal: leave out 1")
    press(page, "Make the clean dataset")
    after_the_work(page)
    made = store.open_dataset("photos-clean")
    assert made.counts["all"] == 23
    assert {decision.why for decision in made.recipe.drop} == {"blank", "repeats"}
    assert store.open_dataset("photos").checksum == photos.checksum
    page.run()
    assert page.selectbox(key="dataset").value == "photos-clean"
    inspected = after_the_work(page)
    assert "photos-clean is ready. Images: 23." in words(inspected)
    assert "Next: prepare it" in [link.label for link in page.get("page_link")]


def test_a_name_that_is_taken_is_said(page: AppTest) -> None:
    press(page, "Accept every proposal: leave out 1")
    page.text_input(key="making.name.photos.clean").set_value("digits").run()
    press(page, "Make the clean dataset")
    assert errors(page) == ["There is already a dataset called 'digits'; choose another name or delete it."]


def test_stricter_settings_find_more(page: AppTest) -> None:
    before = words(page)
    page.number_input(key="clean.outliers.ratio").set_value(1.0).run()
    after_the_work(page)
    assert words(page) != before


def test_a_search_that_was_cancelled_stays_so_until_somebody_asks_again(photos: Dataset, visit) -> None:
    page = visit("clean", dataset="photos")
    press(page, "Cancel")
    job = jobs.find(inspect_dataset.job_id(photos, {}))
    assert job is not None
    jobs.write_status(job, {"state": "cancelled"})  # as the worker does that was asked to stop
    for again in (page.run(), visit("clean", dataset="photos")):
        assert jobs.status(job).state == "cancelled"
        assert "This was cancelled." in words(again)
    press(page, "Try again")
    assert jobs.status(job).state == "queued"


def test_a_search_that_failed_says_why(photos: Dataset, visit) -> None:
    page = visit("clean", dataset="photos")
    job = jobs.find(inspect_dataset.job_id(photos, {}))
    assert job is not None
    why = {"template": "There is no room left for {file}.", "values": {"file": "inspection.json"}}
    jobs.write_status(job, {"state": "failed", "error": why})
    page.run()
    assert errors(page) == ["There is no room left for inspection.json."]
    assert "Try again" in buttons(page)


def test_a_clean_dataset_says_so(lab: TrainedLab, workers: None, visit, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    (tmp_path / "few").mkdir()
    for number in range(6):
        coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((64, 64)).save(tmp_path / "few" / f"{number}.png")
    import_path(tmp_path / "few", "few", 32)
    page = after_the_work(visit("clean", dataset="few"))
    assert "Nothing is wrong with these images that the lab could see." in words(page)


def test_a_class_that_would_lose_most_of_its_images_is_named(photos: Dataset, workers: None, visit) -> None:
    page = after_the_work(visit("clean", dataset="photos", draft="0123456789ab"))
    assert not page.warning
    apples = [int(index) for index in np.flatnonzero(photos.labels == 0)]
    draft = drafts.begin("0123456789ab", photos)
    draft.decide(draft.choices.drop(*apples[:8]))
    page.run()
    (warning,) = page.warning
    assert warning.value.startswith("apples would lose 8 of its 13 images.")
