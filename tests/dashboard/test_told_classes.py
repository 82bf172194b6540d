"""A run that is told the class of an image, on every page."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab
from seen import errors, figures, picture_of, pictures, title, words
from test_probe import bring, png

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.pixels import to_unit
from aelab.runs import Run

PAGES = ("home", "datasets", "train", "time_machine", "compare", "reports", "denoise", "latent")


@pytest.fixture
def cvae(cvae_lab: TrainedLab) -> Run:
    return runs.find(cvae_lab.runs["cvae"])


@pytest.fixture
def alone(cvae_lab: TrainedLab) -> Run:
    """Return the run that is told classes, in a lab that has no other."""
    for model, run_id in cvae_lab.runs.items():
        if model != "cvae":
            runs.delete(run_id)
    return runs.find(cvae_lab.runs["cvae"])


def networks(run: Run) -> Inference:
    return inference.load(run)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_works_in_a_lab_that_has_no_other_run(alone: Run, visit, page: str) -> None:
    shown = visit(page)
    words(shown)
    assert errors(shown) == []


def test_its_training_is_shown_with_its_parts_and_reconstructions(cvae: Run, visit) -> None:
    page = visit("train", follow=cvae.id)
    said = words(page)
    assert {"Reconstruction", "β · KL divergence"} <= {title(each) for each in figures(page)}
    assert "Rows from the top: the validation images;" in said
    last = cvae.snapshot(cvae.snapshot_epochs()[-1])
    assert last["samples"].shape == (16, 28, 28, 1)


def test_the_form_does_not_ask_what_the_images_say(cvae_lab: TrainedLab, visit) -> None:
    page = visit("train", model="cvae")
    assert page.selectbox(key="train.model").value == "cvae"
    assert [each.key for each in page.number_input if str(each.key).endswith(".classes")] == []
    assert page.number_input(key="train.cvae.beta").value == 1


def test_the_form_refuses_images_without_classes_before_train_is_pressed(unlabelled: Dataset, visit) -> None:
    page = visit("train", model="cvae", dataset="loose")
    (said,) = errors(page)
    assert said.startswith("cvae is told the class of every image, and cannot learn from loose (classes: 0; images")
    assert "Train" not in [button.label for button in page.button]


def test_the_drawing_shows_the_class_where_it_is_told(cvae_lab: TrainedLab, visit) -> None:
    page = visit("train", model="cvae")
    page.session_state["architecture"] = True
    page.run()
    (drawn,) = [each.proto.body for each in page.get("html") if 'class="aelab-network"' in each.proto.body]
    assert drawn.count("Class, which it is told") == 2 + 2  # beside image and code; and in words for those who hear it
    assert drawn.count('data-role="told"') == 4  # both, and the two layers that draw a picture of the class


@pytest.mark.parametrize("label", [None, 7])
def test_samples_are_of_all_classes_in_turn_or_of_the_one_that_is_chosen(cvae: Run, visit, label: int | None) -> None:
    page = visit("reports")
    if label is not None:
        page.selectbox(key=f"told.samples.{cvae.id}").select(label).run()
    codes = np.random.default_rng(0).standard_normal((40, 2), dtype=np.float32)
    assert picture_of(networks(cvae).decode(codes, label), 20) in pictures(page)
    words(page)


def test_samples_of_a_run_whose_images_are_gone_can_be_chosen_by_number(cvae: Run, visit) -> None:
    store.delete("digits")
    page = visit("reports")
    words(page)
    assert "7" in page.selectbox(key=f"told.samples.{cvae.id}").options


def test_a_class_is_chosen_where_a_position_is_decoded(cvae: Run, visit) -> None:
    page = visit("latent", run=cvae.id)
    assert "These 2 axes hold" in words(page)
    page = page.button_group(key="latent.view").set_value("decode").run()
    picker = page.selectbox(key=f"told.class.{cvae.id}")
    assert picker.options == [str(digit) for digit in range(10)]
    middle = np.zeros((1, 2), np.float32)
    assert picture_of(networks(cvae).decode(middle, 0), 1) in pictures(page)
    first = figures(page)[0]["layout"]["images"][0]["source"]
    page.selectbox(key=f"told.class.{cvae.id}").select(3).run()
    words(page)
    assert picture_of(networks(cvae).decode(middle, 3), 1) in pictures(page)
    assert figures(page)[0]["layout"]["images"][0]["source"] != first


def test_a_larger_code_is_walked_in_the_chosen_class(cvae: Run, visit, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def decode(self: Inference, codes: np.ndarray, labels: object = None) -> np.ndarray:
        asked.append(labels)
        return np.zeros((len(codes), 28, 28, 1), np.float32)

    large = Inference(cvae.id, (28, 28, 1), 6, None, networks(cvae)._decoder, classes=10)
    monkeypatch.setattr(Inference, "decode", decode)
    monkeypatch.setattr(inference, "load", lambda run: large)
    page = visit("latent", run=cvae.id, view="decode")
    page.selectbox(key=f"told.class.{cvae.id}").select(8).run()
    words(page)
    assert asked[-1] == 8


def test_a_run_that_is_told_nothing_offers_no_class(cvae_lab: TrainedLab, visit) -> None:
    page = visit("latent", run=cvae_lab.runs["vae"])
    page.button_group(key="latent.view").set_value("decode").run()
    assert "Class" not in [box.label for box in page.selectbox]


@pytest.mark.parametrize("view", ["latent", "reports"])
def test_the_class_of_a_picture_of_ones_own_is_found_and_said(cvae: Run, visit, view: str) -> None:
    data = store.open_dataset("digits")
    image = np.asarray(data.images[data.indices("test")[3]])
    page = bring(visit(view, run=cvae.id), png(image[:, :, 0]))
    said = words(page)
    assert f"Nobody has told {cvae.id} the class of this picture" in said
    assert f"**{networks(cvae).closest_classes(to_unit(image)[None])[0]}** brings the reconstruction" in said
    if view == "latent":
        made = networks(cvae).reconstruct(to_unit(image)[None])
        assert picture_of(np.concatenate([to_unit(image)[None], made]), 2) in pictures(page)


def test_the_class_of_a_noisy_picture_of_ones_own_is_found_and_said(cvae: Run, visit) -> None:
    page = visit("denoise", run=cvae.id, view="image")
    page.button_group(key="single.way").set_value("file").run()
    image = np.asarray(store.open_dataset("digits").images[3])
    page.file_uploader(key="single.file").upload("mine.png", png(image[:, :, 0]), "image/png").run()
    assert f"Nobody has told {cvae.id} the class of this picture" in words(page)


def test_selected_points_are_reconstructed_with_their_own_classes(cvae: Run, visit_plain) -> None:
    data = store.open_dataset("digits")
    chosen = data.indices("test")[:5]
    page = visit_plain("latent", run=cvae.id)
    page.session_state["latent.plane"] = {
        "selection": {
            "points": [{"customdata": int(each)} for each in chosen],
            "point_indices": [],
            "box": [],
            "lasso": [],
        }
    }
    page.run()
    images = to_unit(data.take(chosen))
    both = np.concatenate([images, networks(cvae).reconstruct(images, data.labels[chosen])])
    assert picture_of(both, 5) in pictures(page)


def test_the_time_machine_replays_it(cvae: Run, visit) -> None:
    page = visit("time_machine", run=cvae.id)
    words(page)
    assert any(title(each).startswith("Codes after") for each in figures(page))
    assert picture_of(cvae.snapshot(8)["samples"], 8) in pictures(page)
    assert "It is told a class for each sample: all classes in turn." in words(page)


@pytest.mark.parametrize("view", ["compare", "reports"])
def test_beside_others_it_says_that_it_knows_more_than_they(cvae: Run, visit, view: str) -> None:
    said = words(visit(view))
    assert f"{cvae.id}: told the class of every image beside its code, which makes reconstructing easier" in said
