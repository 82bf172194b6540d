"""Jobs about a stored dataset: one job a question, and an answer about the dataset that was asked about."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from labs import Nobody
from PIL import Image

from aelab.cleaning.inspection import inspect
from aelab.cleaning.subject import Subject
from aelab.datasets import recipe as recipes
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.prepare import Prepare
from aelab.datasets.recipe import Decision
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.split import SplitPlan
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.context import JobContext, Stopped
from aelab.jobs.folder import Job
from aelab.jobs.spec import tasks
from aelab.tasks import derive_dataset, export_dataset, inspect_dataset

INSPECTION = "inspection.json"


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_executor", Nobody())


def painted(seed: int) -> bytes:
    picture = io.BytesIO()
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((64, 64)).save(picture, "PNG")
    return picture.getvalue()


def imported(place: Path, first: int) -> Dataset:
    """Import ten pictures as `fruit`, the second of them a copy of the first."""
    (place / "pictures").mkdir(exist_ok=True)
    for number in range(10):
        (place / "pictures" / f"{number}.png").write_bytes(painted(first + max(number - 1, 0)))
    return import_path(place / "pictures", "fruit", 16)


@pytest.fixture
def fruit(artifacts: Path, tmp_path: Path) -> Dataset:
    return imported(tmp_path, 0)


def smaller(dataset: Dataset) -> Job:
    return derive_dataset.submit(dataset, "small", dataset.recipe.with_prepare(Prepare(height=12, width=12)))


def inspected(dataset: Dataset) -> Job:
    return inspect_dataset.submit(dataset, {})


def zipped(dataset: Dataset) -> Job:
    return export_dataset.submit(dataset, "zip")


each_task = pytest.mark.parametrize("submit", [smaller, inspected, zipped])


def do(job: Job) -> Job:
    """Do a job here, as its worker would."""
    tasks[job.kind].run(JobContext(job), job.params)
    folder.write_status(job, {"state": "done"})
    return job


@each_task
def test_the_same_question_is_one_job(fruit: Dataset, submit: Callable[[Dataset], Job]) -> None:
    first = submit(fruit)
    assert submit(fruit).id == first.id
    assert submit(store.open_dataset("fruit")).id == first.id
    assert len(folder.all_jobs()) == 1


def test_other_questions_are_other_jobs(fruit: Dataset) -> None:
    other_recipe = fruit.recipe.with_split(SplitPlan(test=2))
    asked = [
        *(smaller(fruit), derive_dataset.submit(fruit, "smaller", other_recipe)),
        *(inspected(fruit), inspect_dataset.submit(fruit, {"blurred": {"deviations": 1.5}})),
        *(zipped(fruit), export_dataset.submit(fruit, "npz")),
    ]
    assert len({job.id for job in asked}) == 6


@each_task
def test_a_dataset_that_became_another_meanwhile_is_a_sentence(
    fruit: Dataset, tmp_path: Path, submit: Callable[[Dataset], Job]
) -> None:
    job = submit(fruit)
    store.delete("fruit")
    imported(tmp_path, 100)
    with pytest.raises(LabError, match=r"^Dataset fruit has changed since this was asked for\. Begin again\.$"):
        do(job)
    assert store.stored_names() == ["fruit"]
    assert {path.name for path in job.folder.iterdir()} <= {"job.json", "status.json"}


@each_task
def test_a_dataset_that_is_gone_meanwhile_is_a_sentence(fruit: Dataset, submit: Callable[[Dataset], Job]) -> None:
    job = submit(fruit)
    store.delete("fruit")
    with pytest.raises(LabError, match="There is no dataset called 'fruit'"):
        do(job)


@each_task
def test_a_job_that_is_asked_to_stop_leaves_nothing(fruit: Dataset, submit: Callable[[Dataset], Job]) -> None:
    job = submit(fruit)
    folder.ask_to_stop(job)
    with pytest.raises(Stopped):
        do(job)
    assert store.stored_names() == ["fruit"]
    assert {path.name for path in job.folder.iterdir()} <= {"job.json", "status.json", "STOP"}


class TestDerive:
    """A dataset made of another."""

    def test_it_is_what_the_recipe_makes_and_the_old_one_stays(self, fruit: Dataset) -> None:
        recipe = fruit.recipe.with_drop(*recipes.decide(fruit.originals, [1])).with_prepare(
            Prepare(height=12, width=14)
        )
        do(derive_dataset.submit(fruit, "small", recipe))
        made = store.open_dataset("small")
        assert (made.shape, made.counts["all"]) == ((12, 14, 3), 9)
        assert made.recipe == recipe
        assert made.provenance["derived_from"] == "fruit"
        assert store.open_dataset("fruit").checksum == fruit.checksum

    def test_one_that_was_deleted_can_be_made_again(self, fruit: Dataset) -> None:
        do(smaller(fruit))
        made = store.open_dataset("small").checksum
        store.delete("small")
        again = smaller(fruit)
        assert folder.status(again).state == "queued"
        do(again)
        assert store.open_dataset("small").checksum == made

    def test_a_name_that_is_taken_is_refused_before_a_job_is_there(self, fruit: Dataset) -> None:
        store.import_dataset("small", "shapes", ShapesConfig(count=60, size=12))
        with pytest.raises(LabError, match="There is already a dataset called 'small'"):
            smaller(fruit)
        with pytest.raises(LabError, match="is not a name the lab can use"):
            derive_dataset.submit(fruit, "../small", fruit.recipe)
        assert folder.all_jobs() == []

    def test_a_recipe_that_does_not_fit_is_refused_before_a_job_is_there(self, fruit: Dataset) -> None:
        recipe = fruit.recipe.with_drop(Decision("nobody.png", "0" * 16))
        with pytest.raises(
            LabError, match=r"The recipe names the picture nobody\.png, which is not among the pictures"
        ):
            derive_dataset.submit(fruit, "small", recipe)
        assert folder.all_jobs() == []

    def test_a_name_that_was_taken_while_the_job_waited_is_not_overwritten(self, fruit: Dataset) -> None:
        job = smaller(fruit)
        taken = store.import_dataset("small", "shapes", ShapesConfig(count=60, size=12))
        with pytest.raises(LabError, match="There is already a dataset called 'small'"):
            do(job)
        assert store.open_dataset("small").checksum == taken.checksum


class TestInspect:
    """What is wrong with a dataset."""

    def test_the_worker_s_answer_is_that_of_the_library(self, fruit: Dataset) -> None:
        found = inspect_dataset.result(do(inspected(fruit)), fruit)
        assert found.to_json() == inspect(Subject.of(fruit), {}).to_json()
        (group,) = found["repeats"].groups
        assert group.members == (0, 1)

    def test_settings_that_are_the_usual_ones_are_no_other_question(self, fruit: Dataset) -> None:
        assert inspect_dataset.submit(fruit, {"blurred": {}}).id == inspected(fruit).id
        assert inspect_dataset.job_id(fruit, {}) == inspected(fruit).id

    @pytest.mark.parametrize("content", ["", "[{", "[1]", '[{"check": "unheard-of"}]', None])
    def test_a_damaged_answer_is_a_sentence_and_is_looked_for_anew(self, fruit: Dataset, content: str | None) -> None:
        job = do(inspected(fruit))
        path = job.folder / INSPECTION
        path.unlink() if content is None else path.write_text(content, encoding="utf-8")
        with pytest.raises(LabError, match=rf"^inspection\.json in jobs/{job.id} is damaged \("):
            inspect_dataset.result(job, fruit)
        again = inspected(fruit)
        assert folder.status(again).state == "queued"
        assert inspect_dataset.result(do(again), fruit)["repeats"].groups

    def test_a_group_of_a_damaged_answer_is_a_sentence(self, fruit: Dataset) -> None:
        job = do(inspected(fruit))
        data = json.loads((job.folder / INSPECTION).read_text(encoding="utf-8"))
        data[0] |= {"groups": [[[0], 1.0, [0], {"template": "x", "values": 3}]]}
        (job.folder / INSPECTION).write_text(json.dumps(data), encoding="utf-8")
        with pytest.raises(LabError, match="is damaged"):
            inspect_dataset.result(job, fruit)


class TestExport:
    """A dataset as a file."""

    @pytest.mark.parametrize("form", ["zip", "npz"])
    def test_the_file_is_called_after_the_dataset_and_can_be_brought_back(
        self, fruit: Dataset, form: export_dataset.Form
    ) -> None:
        assert export_dataset.find(fruit, form) is None
        job = do(export_dataset.submit(fruit, form))
        assert export_dataset.find(fruit, form) == job
        assert export_dataset.result(job).name == f"fruit.{form}"
        if form == "zip":
            again = import_path(export_dataset.result(job), "again", 16)
            images = np.asarray(again.images)
            assert sorted(map(bytes, images)) == sorted(map(bytes, np.asarray(fruit.images)))
        else:
            with np.load(export_dataset.result(job), allow_pickle=False) as arrays:
                np.testing.assert_array_equal(arrays["x_test"], np.asarray(fruit.images)[fruit.indices("test")])

    def test_a_file_that_is_gone_is_written_again(self, fruit: Dataset) -> None:
        job = do(zipped(fruit))
        assert folder.status(zipped(fruit)).state == "done"
        export_dataset.result(job).unlink()
        again = zipped(fruit)
        assert folder.status(again).state == "queued"
        assert export_dataset.result(do(again)).exists()
