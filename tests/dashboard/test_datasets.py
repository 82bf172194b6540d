"""Datasets: which images there are, where they are from, and which dataset is shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from bringing import after_the_work
from labs import TrainedLab
from seen import errors, figures, metrics, picture_of, pictures, press, progress, title, words

from aelab.datasets import recipe as recipes
from aelab.datasets import sources, store
from aelab.datasets.importing import import_path
from aelab.datasets.prepare import Prepare
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.split import SplitPlan
from aelab.datasets.store import Dataset
from aelab.jobs import folder
from aelab.studies import eigenimages, overview


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


def test_a_dataset_that_was_cleaned_and_prepared_says_what_was_decided(unlabelled: Dataset, visit) -> None:
    decided = unlabelled.recipe.with_drop(
        *recipes.decide(unlabelled.originals, [0, 1], "repeats"), *recipes.decide(unlabelled.originals, [2])
    )
    plan = SplitPlan(validation=0.2, test=5, seed=3)
    store.derive(unlabelled, "small", decided.with_prepare(Prepare(height=14, width=12, color="gray")).with_split(plan))
    said = words(visit("datasets", dataset="small"))
    assert "Made from loose. Left out of what came in: 3 (Exact repeats 2, by hand 1)." in said
    assert "Every picture was brought to 14 × 12 pixels, grey; what is too long or short: cut off." in said
    assert "Split: validation 0.2, test 5, seed 3, near-duplicates within 6 bits on one side." in said
    assert "Made from" not in words(visit("datasets", dataset="loose"))


def test_pictures_on_two_sides_of_a_split_that_came_along_are_warned_of(lab: TrainedLab, tmp_path: Path, visit) -> None:
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 256, (count, 12, 12), dtype=np.uint8) for count in (30, 10))
    test[:4] = train[:4]
    labels = {"y_train": np.arange(30) % 2, "y_test": np.arange(10) % 2}
    np.savez(tmp_path / "given.npz", x_train=train, x_test=test, **labels)
    import_path(tmp_path / "given.npz", "given")
    (warning,) = visit("datasets", dataset="given").warning
    assert "that stand on two sides of this split, as it came: 4." in warning.value
    test[:4] = 255 - train[:4]
    np.savez(tmp_path / "given.npz", x_train=train, x_test=test, **labels)
    import_path(tmp_path / "given.npz", "clean")
    assert not visit("datasets", dataset="clean").warning


def test_a_dataset_of_which_nothing_is_known_is_shown_without_a_word_on_it(lab: TrainedLab, visit) -> None:
    path = store.root() / "digits" / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"provenance": {}}), encoding="utf-8")
    page = visit("datasets")
    assert "Licence:" not in words(page)
    assert "To cite:" not in words(page)
    assert not page.error


def test_what_a_source_gives_and_whether_it_is_downloaded_is_said_before(untrained: Path, visit) -> None:
    page = visit("datasets")
    for spec in sources:
        said = page.selectbox(key="dataset").help if spec.ready else words(page)
        assert f"**{spec.label}**: {spec.summary}" in said
    page = visit("datasets", dataset="mnist")  # it is being fetched
    assert sources["mnist"].summary in words(page)


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


def test_the_directions_in_which_images_vary_are_those_of_the_study(lab: TrainedLab, visit) -> None:
    page = visit("datasets")
    found = eigenimages.run(store.open_dataset("digits"), eigenimages.Config())
    spread = found.deviation / found.deviation.max()
    row = np.concatenate([found.mean[None], spread[None], eigenimages.as_pictures(found.components)])
    assert pictures(page)[2] == picture_of(row, len(row))
    assert "over N = 1259 training images" in words(page)
    assert f"These explain {100 * found.explained[0]:.1f}, " in words(page)


def test_images_without_classes_are_called_unlabelled(unlabelled: Dataset, visit) -> None:
    page = visit("datasets", dataset="loose")
    said = words(page)
    assert "loose holds 20 images of 28 × 28 pixels, grey, without classes." in said.replace("**", "")
    assert "in this order" not in said
    assert "Mean image of each class" not in said
    assert page.selectbox(key="browse.class.loose").options == ["all classes"]
    assert pictures(page)[0] == picture_of(np.asarray(unlabelled.images), 20)
    assert figures(page)[0]["data"][0]["x"] == ["unlabelled"]


def test_a_dataset_of_three_images_is_shown_without_directions_in_which_they_vary(
    lab: TrainedLab, tmp_path: Path, visit
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 12, 12), dtype=np.uint8)
    np.savez(tmp_path / "few.npz", images=images, labels=np.zeros(3, int))
    import_path(tmp_path / "few.npz", "few")
    page = visit("datasets", dataset="few")
    assert metrics(page) == {"Training": "1", "Validation": "1", "Test": "1"}
    assert len(figures(page)) == 2
    assert eigenimages.SPEC.question not in words(page)


def test_another_dataset_is_chosen_by_hand_or_by_its_address(lab: TrainedLab, visit) -> None:
    store.import_dataset("drawn", "shapes", ShapesConfig(count=60, size=16, classes=4))
    page = visit("datasets")
    page.selectbox(key="browse.class.digits").select(9).run()  # a class that the next dataset has not
    page.selectbox(key="dataset").select("drawn").run()
    assert "60 images of 16 × 16 pixels, colour, in 4 classes" in words(page).replace("**", "")
    assert "in 4 classes" in words(visit("datasets", dataset="drawn"))


@pytest.mark.parametrize("view", ["datasets", "clean", "prepare"])
def test_an_address_of_a_dataset_that_is_gone_says_so_and_what_is_shown(lab: TrainedLab, visit, view: str) -> None:
    store.import_dataset("drawn", "shapes", ShapesConfig(count=60, size=16, classes=4))
    page = visit(view, dataset="fruit-*of*-old")
    assert "There is no dataset called fruit-*of*-old any more; you see digits." in words(page)
    page.selectbox(key="dataset").select("drawn").run()
    assert "any more" not in words(page)


def test_a_dataset_that_somebody_else_deletes_is_missed_aloud(lab: TrainedLab, visit) -> None:
    store.import_dataset("drawn", "shapes", ShapesConfig(count=60, size=16, classes=4))
    page = visit("datasets", dataset="drawn")
    assert "any more" not in words(page)
    store.delete("drawn")
    page.run()
    assert "There is no dataset called drawn any more; you see digits." in words(page)


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
