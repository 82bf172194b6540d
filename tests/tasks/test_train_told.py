"""A model that is told classes: the images say how many there are, and images without any are refused."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab, taken_lane
from PIL import Image

from aelab import inference, runs
from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset, open_dataset
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.pixels import to_unit
from aelab.runs import transfer
from aelab.tasks import import_run, planning, train
from aelab.tasks.import_run import rebuilt


def imported(folder: Path, classes: dict[str, int]) -> Dataset:
    """Import so many pictures of each class; those of "" lie in no class folder."""
    source = folder / "pictures"
    for number, (name, count) in enumerate(classes.items()):
        (source / name).mkdir(parents=True, exist_ok=True)
        for index in range(count):
            pixels = np.random.default_rng([number, index]).integers(0, 256, (28, 28), dtype=np.uint8)
            Image.fromarray(pixels).save(source / name / f"{index}.png")
    return import_path(source, "pictures", 28, "gray")


@pytest.mark.parametrize(
    ("classes", "found"),
    [({"": 20}, "classes: 0; images without one: 20"), ({"only": 20}, "classes: 1; images without one: 0")],
    ids=["no classes", "one class"],
)
def test_images_without_classes_are_refused_with_what_to_choose_instead(
    artifacts: Path, tmp_path: Path, classes: dict[str, int], found: str
) -> None:
    imported(tmp_path, classes)
    with pytest.raises(LabError) as refused:
        train.submit("pictures", "cvae", {})
    assert str(refused.value) == (
        f"cvae is told the class of every image, and cannot learn from pictures ({found}): choose a model that needs "
        "no classes, such as vae, or a dataset whose images all lie in one of several class folders."
    )
    assert runs.listed() == []
    assert [job for job in jobs.all_jobs() if job.kind == "train"] == []
    planning.planned(open_dataset("pictures"), "vae", {})


def test_a_class_with_nothing_to_learn_from_is_refused(artifacts: Path, tmp_path: Path) -> None:
    imported(tmp_path, {"train/one": 12, "train/two": 12, "test/one": 3, "test/two": 3, "test/three": 3})
    with pytest.raises(LabError, match="cvae needs training images of every class, and pictures has none of three:"):
        train.submit("pictures", "cvae", {})
    assert runs.listed() == []


@pytest.mark.usefixtures("heavy_lane_taken")
def test_the_images_say_how_many_classes_there_are(tmp_path: Path) -> None:
    imported(tmp_path, {"one": 12, "two": 12, "three": 12})
    run = train.submit("pictures", "cvae", {})
    assert run.settings["classes"] == 3
    assert train.submit("pictures", "cvae", {"classes": "3"}) == run
    with pytest.raises(LabError, match=r"^classes must be 3, as many as pictures has; it is 10. Leave it out"):
        train.submit("pictures", "cvae", {"classes": 10})


def test_a_run_that_is_told_classes_goes_from_lab_to_lab(cvae_lab: TrainedLab) -> None:
    run = runs.find(cvae_lab.runs["cvae"])
    dataset = open_dataset("digits")
    images, labels = to_unit(dataset.images[:4]), dataset.labels[:4]
    expected = inference.load(run).reconstruct(images, labels)
    content = io.BytesIO()
    transfer.export(run, dataset.shape, content)
    runs.delete(run.id)
    job = import_run.submit("run.zip", content)
    assert queue.wait(job, lambda now: None).state == "done"
    again = inference.load(runs.find(import_run.result(job)))
    assert again.classes == 10
    np.testing.assert_allclose(again.reconstruct(images, labels), expected, atol=1e-5)


def test_weights_for_another_number_of_classes_are_refused(cvae_lab: TrainedLab) -> None:
    run = runs.find(cvae_lab.runs["cvae"])
    other = runs.Run(run.id, run.dataset, run.dataset_checksum, run.model, {**run.settings, "classes": 9}, run.created)
    with pytest.raises(LabError, match="must have the shape 9 × 784; they have 10 × 784"):
        rebuilt(other, (28, 28, 1), run.weights())


def test_it_is_continued_and_asked_for_again_with_one_setting_changed(
    cvae_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.find(cvae_lab.runs["cvae"])
    monkeypatch.setenv("AELAB_WORKERS", "1")
    with taken_lane("train"):
        assert train.prolong(run.id, 2).settings["classes"] == 10
        assert train.submit(run.dataset, run.model, {**run.settings, "beta": 2}).settings["classes"] == 10
