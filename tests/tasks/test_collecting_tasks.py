"""Pictures that a worker collects, and the dataset that it makes of them: who made a picture is never lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from labs import Nobody
from photos import painted

from aelab import collecting, storage
from aelab.collecting import AddressList, CommonsSearch, Found, Gallery, Line
from aelab.collecting.manifest import Manifest
from aelab.datasets import store
from aelab.datasets.originals import Credit
from aelab.datasets.prepare import Prepare
from aelab.datasets.shapes import ShapesConfig
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.tasks import collect_pictures, import_collection

PREPARE = Prepare(height=16, width=16)


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_executor", Nobody())


def add(name: str, count: int, first: int = 0) -> dict[str, Found]:
    """Put pictures into a collection as collecting does; return where they are from by their place in it."""
    place = collecting.root() / name
    (place / "apples").mkdir(parents=True, exist_ok=True)
    manifest, added = Manifest(place), {}
    for number in range(first, first + count):
        file = f"apples/{number}.png"
        (place / file).write_bytes(painted(number))
        address = f"https://example.org/{number}.png"
        added[file] = (
            Found(address, "https://example.org", "CC BY 4.0", "", f"Author {number}") if number else Found(address)
        )
        manifest.add(Line("apples", added[file], "kept", file, f"{number:032x}", 1))
    return added


def collected(job: Job) -> Job:
    """Write down what a worker would have found."""
    data = {"pictures": 3, "counts": {"kept": 3, "repeat": 0, "refused": 0, "failed": 0}, "left_out": []}
    storage.write_json(job.folder / "collected.json", data)
    folder.write_status(job, {"state": "done"})
    return job


def made(job: Job) -> Job:
    import_collection.make(JobContext(job), job.params)
    folder.write_status(job, {"state": "done"})
    return job


class TestCollect:
    """Asking for pictures."""

    def test_a_question_becomes_the_source_that_answers_it(self) -> None:
        lines = "https://example.org/1.png\n\nhttps://example.org/2.png\n"
        assert collect_pictures.source("addresses", lines) == AddressList(tuple(lines.split()))
        assert collect_pictures.source("commons", " red apples ") == CommonsSearch("red apples")
        assert collect_pictures.source("gallery", "https://example.org ") == Gallery("https://example.org")

    @pytest.mark.parametrize("kind", collect_pictures.KINDS)
    def test_an_empty_question_is_refused_before_a_job_is_there(
        self, artifacts: Path, kind: collect_pictures.Kind
    ) -> None:
        with pytest.raises(LabError):
            collect_pictures.submit("fruit", "apples", kind, "  \n", 5)
        assert folder.all_jobs() == []

    def test_the_same_question_is_one_job_until_it_is_answered(self, artifacts: Path) -> None:
        ask = ("fruit", "apples", "commons", "apples", 5)
        first = collect_pictures.submit(*ask)
        assert collect_pictures.submit(*ask).id == first.id
        assert len(folder.all_jobs()) == 1
        collected(first)
        again = collect_pictures.submit(*ask)  # there may be more by now
        assert (again.id, folder.status(again).state) == (first.id, "queued")
        assert not (again.folder / "collected.json").exists()

    def test_what_a_worker_has_left_out_is_said_with_its_reason(self, artifacts: Path) -> None:
        job = collect_pictures.submit("fruit", "apples", "addresses", "http://127.0.0.1:9/0.png", 5)
        collect_pictures.make(JobContext(job), job.params)
        found = collect_pictures.result(job)
        assert (found.pictures, found.counts["refused"]) == (0, 1)
        (sentence,) = found.left_out
        assert "127.0.0.1" in str(sentence)

    @pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pictures": 1, "counts": {}, "left_out": []}', None])
    def test_a_damaged_answer_is_a_sentence(self, artifacts: Path, content: str | None) -> None:
        job = collected(collect_pictures.submit("fruit", "apples", "commons", "apples", 5))
        path = job.folder / "collected.json"
        path.unlink() if content is None else path.write_text(content, encoding="utf-8")
        with pytest.raises(LabError, match=rf"^collected\.json in jobs/{job.id} is damaged \("):
            collect_pictures.result(job)


class TestImport:
    """A dataset of what was collected."""

    def test_each_picture_keeps_its_address_licence_and_author(self, artifacts: Path) -> None:
        found = add("fruit", 4)
        made(import_collection.submit("fruit", "mine", PREPARE))
        mine = store.open_dataset("mine")
        assert (mine.shape, mine.class_names, mine.counts["all"]) == ((16, 16, 3), ("apples",), 4)
        for index in range(4):
            known = found[mine.name_of(index)]
            assert mine.originals.credit(index) == Credit(known.address, known.licence, known.author)
        assert mine.originals.credit(2).author == "Author 2"
        assert not mine.skipped  # the manifest is no file that was left out
        derived = store.derive(mine, "derived", mine.recipe.with_prepare(Prepare(height=12, width=12)))
        assert derived.originals.credit(2) == mine.originals.credit(2)

    def test_the_same_collection_asked_for_twice_is_one_job(self, artifacts: Path) -> None:
        add("fruit", 4)
        asked = [import_collection.submit("fruit", name, PREPARE).id for name in ("mine", "mine", "yours")]
        assert asked[0] == asked[1] != asked[2]

    def test_one_that_was_deleted_is_made_again_of_what_is_there_by_then(self, artifacts: Path) -> None:
        add("fruit", 4)
        made(import_collection.submit("fruit", "fruit", PREPARE))
        store.delete("fruit")
        add("fruit", 3, first=4)
        again = import_collection.submit("fruit", "fruit", PREPARE)
        assert folder.status(again).state == "queued"
        made(again)
        assert store.open_dataset("fruit").counts["all"] == 7

    def test_a_name_that_is_taken_is_refused_before_a_job_is_there(self, artifacts: Path) -> None:
        add("fruit", 4)
        store.import_dataset("fruit", "shapes", ShapesConfig(count=60, size=12))
        with pytest.raises(LabError, match="There is already a dataset called 'fruit'"):
            import_collection.submit("fruit", "fruit", PREPARE)
        assert folder.all_jobs() == []

    @pytest.mark.parametrize("collection", ["../runs", "Fruit", ""])
    def test_a_collection_cannot_be_a_path(self, artifacts: Path, collection: str) -> None:
        with pytest.raises(LabError, match="is not a name the lab can use"):
            import_collection.submit(collection, "mine", PREPARE)

    def test_a_collection_that_is_gone_is_a_sentence(self, artifacts: Path) -> None:
        job = import_collection.submit("fruit", "mine", PREPARE)
        with pytest.raises(LabError, match="There is no file or folder"):
            made(job)
        assert store.stored_names() == []

    def test_a_folder_that_nobody_collected_has_no_credits(self, tmp_path: Path) -> None:
        assert import_collection.credits_of(tmp_path) == {}
        assert import_collection.credits_of(tmp_path / "nowhere") == {}
