"""Datasets that a worker makes, from files that students bring."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from labs import Nobody, until
from photos import painted

from aelab.datasets import recipe as recipes
from aelab.datasets import store
from aelab.datasets.prepare import Prepare
from aelab.datasets.recipe import Recipe
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.split import SplitPlan
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.context import JobContext, Stopped
from aelab.jobs.executor import LocalExecutor
from aelab.jobs.folder import Job
from aelab.tasks import make_dataset


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_executor", Nobody())


def zipped(shift: int = 0) -> io.BytesIO:
    """Return a zip of four pictures in each of two classes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for index in range(8):
            # A ZipInfo is dated 1980: the same bytes whenever it is made.
            member = zipfile.ZipInfo(f"{'apples' if index < 4 else 'pears'}/{index}.png")
            archive.writestr(member, painted(index + shift))
    content.seek(0)
    return content


def do(job: Job) -> None:
    """Do a job here, as its worker would."""
    make_dataset.make(JobContext(job), job.params)


def end(job: Job, state: str = "done") -> None:
    folder.write_status(job, {"state": state})


def kept(artifacts: Path) -> list[Path]:
    return [path for path in (artifacts / "cache" / "uploads").rglob("*") if path.is_file()]


def test_an_uploaded_zip_becomes_a_dataset_and_the_upload_goes(artifacts: Path) -> None:
    job = make_dataset.submit_upload("fruit", zipped(), "holiday fruit.zip", 16, "gray")
    assert len(kept(artifacts)) == 1
    do(job)
    dataset = store.open_dataset("fruit")
    assert dataset.shape == (16, 16, 1)
    assert dataset.class_names == ("apples", "pears")
    assert dataset.provenance["file"] == "holiday_fruit.zip"
    assert not list((artifacts / "cache" / "uploads").iterdir())


def test_a_file_that_is_no_zip_is_named_as_its_owner_named_it_and_not_kept(artifacts: Path) -> None:
    job = make_dataset.submit_upload("fruit", io.BytesIO(b"not a zip at all"), "fruit.zip", 32, "rgb")
    with pytest.raises(LabError, match=r"^fruit\.zip is neither a folder or zip of class folders nor"):
        do(job)
    assert store.stored_names() == []
    assert kept(artifacts) == []


def test_thirty_students_can_bring_the_same_file_at_once(artifacts: Path) -> None:
    jobs = [make_dataset.submit_upload(f"fruit-{number}", zipped(), "fruit.zip", 16, "rgb") for number in range(3)]
    jobs.append(make_dataset.submit_upload("fruit-grey", zipped(), "fruit.zip", 16, "gray"))
    for job in jobs:
        do(job)
    assert store.stored_names() == ["fruit-0", "fruit-1", "fruit-2", "fruit-grey"]


def test_the_same_upload_asked_for_twice_is_one_job(artifacts: Path) -> None:
    first = make_dataset.submit_upload("fruit", zipped(), "fruit.zip", 16, "rgb")
    again = make_dataset.submit_upload("fruit", zipped(), "fruit.zip", 16, "rgb")
    other = make_dataset.submit_upload("fruit", zipped(shift=50), "fruit.zip", 16, "rgb")
    assert first.id == again.id != other.id


@pytest.mark.parametrize(
    "file_name",
    ["../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/shadow", "..", ".", "", "a\0b.zip", ".hidden", "x" * 500],
)
def test_a_file_name_cannot_lead_out_of_the_uploads(artifacts: Path, file_name: str) -> None:
    make_dataset.submit_upload("fruit", zipped(), file_name, 16, "rgb")
    everything = [path for path in artifacts.rglob("*") if path.is_file() and "jobs" not in path.parts]
    assert len(everything) == 1
    assert everything[0].parents[1] == artifacts / "cache" / "uploads"
    assert not everything[0].name.startswith(".")


def test_a_name_that_is_taken_is_refused_before_the_upload_is_kept(artifacts: Path) -> None:
    store.import_dataset("mine", "shapes", ShapesConfig(count=60, size=12))
    with pytest.raises(LabError, match="There is already a dataset called 'mine'"):
        make_dataset.submit_upload("mine", zipped(), "fruit.zip", 16, "rgb")
    with pytest.raises(LabError, match="There is already a dataset called 'mine'"):
        make_dataset.submit_shapes("mine", ShapesConfig())
    assert kept(artifacts) == []
    assert folder.all_jobs() == []


@pytest.mark.parametrize("name", ["../runs", "My Fruit", "", "x" * 81])
def test_a_name_that_could_be_a_path_is_refused(artifacts: Path, name: str) -> None:
    with pytest.raises(LabError, match="is not a name the lab can use"):
        make_dataset.submit_upload(name, zipped(), "fruit.zip", 16, "rgb")
    assert kept(artifacts) == []


def test_shapes_are_drawn_as_they_were_asked_for(artifacts: Path) -> None:
    config = ShapesConfig(count=80, size=16, color="gray", classes=2, seed=7)
    do(make_dataset.submit_shapes("two-kinds", config))
    dataset = store.open_dataset("two-kinds")
    assert (dataset.shape, dataset.counts["all"], len(dataset.class_names)) == ((16, 16, 1), 80, 2)
    assert dataset.provenance["config"] == config.to_json()


def test_a_dataset_that_was_deleted_can_be_made_again(artifacts: Path) -> None:
    config = ShapesConfig(count=60, size=12)
    first = make_dataset.submit_shapes("mine", config)
    do(first)
    end(first)
    store.delete("mine")
    again = make_dataset.submit_shapes("mine", config)
    assert folder.status(again).state == "queued"


def test_an_import_that_failed_can_be_asked_for_again(artifacts: Path) -> None:
    first = make_dataset.submit_upload("fruit", zipped(), "fruit.zip", 16, "rgb")
    end(first, "failed")
    again = make_dataset.submit_upload("fruit", zipped(), "fruit.zip", 16, "rgb")
    assert first.id == again.id
    assert folder.status(again).state == "queued"
    assert len(kept(artifacts)) == 1


def test_a_worker_makes_a_built_in_dataset(artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_executor", LocalExecutor())
    job = make_dataset.submit_built_in("digits")
    assert queue.wait(job, lambda now: None).state == "done"
    assert store.open_dataset("digits").counts["all"] == 1797
    assert folder.status(make_dataset.submit_built_in("digits")).state == "done"


class TestSeveralFiles:
    """What a page brings with all its settings."""

    def test_single_pictures_become_a_dataset_without_classes(self, artifacts: Path) -> None:
        uploads = [(f"holiday {index % 2}.png", io.BytesIO(painted(index))) for index in range(5)]
        do(make_dataset.submit_uploads("fruit", uploads, Prepare(height=16, width=24, fit="pad")))
        dataset = store.open_dataset("fruit")
        assert (dataset.shape, dataset.counts["all"], dataset.class_names) == ((16, 24, 3), 5, ())
        assert dataset.name_of(0) == "0001-holiday_0.png"
        assert kept(artifacts) == []

    def test_a_zip_is_prepared_and_split_as_the_form_says(self, artifacts: Path) -> None:
        plan = SplitPlan(validation=1, test=3, seed=2)
        do(make_dataset.submit_uploads("fruit", [("a.zip", zipped())], Prepare(height=16, width=16), plan))
        dataset = store.open_dataset("fruit")
        assert dataset.counts == {"all": 8, "train": 4, "validation": 1, "test": 3}
        assert dataset.recipe == Recipe(prepare=Prepare(height=16, width=16), split=plan)

    def test_arrays_keep_the_size_and_colour_they_have(self, artifacts: Path) -> None:
        content = io.BytesIO()
        images = np.random.default_rng(0).integers(0, 256, (20, 14, 12), dtype=np.uint8)
        np.savez(content, images=images, labels=np.arange(20) % 2)
        do(make_dataset.submit_uploads("mine", [("a.npz", content)], Prepare()))
        assert store.open_dataset("mine").shape == (14, 12, 1)

    def test_a_recipe_is_repeated_on_the_raw_files(self, artifacts: Path) -> None:
        do(make_dataset.submit_upload("fruit", zipped(), "fruit.zip", 16, "rgb"))
        fruit = store.open_dataset("fruit")
        recipe = fruit.recipe.with_drop(*recipes.decide(fruit.originals, [2]))
        do(make_dataset.submit_uploads("again", [("fruit.zip", zipped())], Prepare(), recipe=recipe))
        assert store.open_dataset("again").checksum == store.derive(fruit, "derived", recipe).checksum

    def test_nothing_to_import_is_said_at_once(self, artifacts: Path) -> None:
        with pytest.raises(LabError, match="There is no file to import"):
            make_dataset.submit_uploads("mine", [], Prepare())


def test_an_import_that_is_asked_to_stop_leaves_nothing(artifacts: Path) -> None:
    job = make_dataset.submit_upload("fruit", zipped(), "fruit.zip", 16, "rgb")
    folder.ask_to_stop(job)
    with pytest.raises(Stopped):
        do(job)
    assert store.stored_names() == []
    assert kept(artifacts) == []
    assert list(store.root().iterdir()) == []


def test_an_upload_that_no_open_import_names_is_forgotten_by_the_next(artifacts: Path) -> None:
    uploads = artifacts / "cache" / "uploads"
    waiting = make_dataset.submit_upload("waiting", zipped(), "fruit.zip", 16, "rgb")
    cancelled = make_dataset.submit_upload("cancelled", zipped(), "fruit.zip", 16, "rgb")
    folder.write_status(cancelled, {"state": "cancelled"})
    for path in uploads.iterdir():
        os.utime(path, (0, 0))
    (uploads / "0123").mkdir()  # one that is just being written
    fruit = make_dataset.submit_upload("fruit", zipped(), "fruit.zip", 16, "rgb")
    assert {path.name for path in uploads.iterdir()} == {waiting.params["upload"], fruit.params["upload"], "0123"}


def test_a_dataset_that_is_being_made_can_be_cancelled(artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_executor", LocalExecutor())
    job = make_dataset.submit_shapes("mine", ShapesConfig(count=20_000, size=64))
    until(lambda: folder.status(job).state == "running")
    queue.cancel(job.id)
    assert queue.wait(job, lambda now: None).state == "cancelled"
    assert [path.name for path in store.root().glob("*mine*") if path.is_dir()] == []


def test_a_built_in_dataset_that_was_deleted_is_made_by_a_worker_again(artifacts: Path) -> None:
    job = make_dataset.submit_built_in("digits")
    store.open_dataset("digits")
    folder.write_status(job, {"state": "done", "progress": 1.0})
    assert folder.status(make_dataset.submit_built_in("digits")).state == "done"
    store.delete("digits")
    assert folder.status(make_dataset.submit_built_in("digits")).state == "queued"
