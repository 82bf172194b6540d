"""No worker outlives its job, whatever becomes of the job's folder or the disk; none hangs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from labs import PATIENCE, until

from aelab import storage
from aelab.jobs import folder, queue
from aelab.jobs.job import Job

#: A worker whose task does what the test says; all but "talkative" never look at their context, as a library does not.
WORK = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from aelab import storage
from aelab.jobs import worker

def deep(context, params):
    time.sleep(600)

def absorbed(context, params):
    with storage.written_folder(Path(params["place"])) as half:
        (half / "some.txt").write_text("half of it")
        while True:
            time.sleep(0.01)

def buried(context, params):
    with storage.written_folder(Path(params["place"])) as half, storage.written(half / "more.txt", "w"):
        (half / "some.txt").write_text("half of it")
        time.sleep(600)

def slow_to_tidy(context, params):
    try:
        absorbed(context, params)
    finally:
        time.sleep(2)
        Path(params["place"]).with_name("tidied").touch()

def offended(context, params):
    try:
        absorbed(context, params)
    except BaseException as error:
        raise ValueError("a library's own") from error

def talkative(context, params):
    while True:
        context.progress(0.5)
        time.sleep(0.01)

def brief(context, params):
    pass

worker.tasks = {"train": SimpleNamespace(run=locals()[sys.argv[2]])}
sys.exit(worker.main(sys.argv[1]))
"""


@pytest.fixture
def job(artifacts: Path) -> Job:
    made = Job("train-1", "train", {"run": "nobody"}, created=1.0)
    folder.create(made)
    return made


def work(job: Job, how: str, **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORK, str(job.folder), how], stderr=subprocess.DEVNULL, **options)


@pytest.mark.parametrize("how", ["deep", "talkative"])
def test_a_worker_ends_when_its_job_is_deleted(job: Job, how: str) -> None:
    worker = work(job, how)
    until(lambda: folder.status(job).state == "running")
    storage.removed_folder(job.folder)
    assert worker.wait(PATIENCE) == 1
    assert not job.folder.exists()  # nothing of it comes back


def test_a_worker_ends_when_another_job_takes_the_name_of_its_own_and_leaves_that_alone(job: Job) -> None:
    worker = work(job, "talkative")
    until(lambda: folder.status(job).state == "running")
    other = Job(job.id, "train", {"run": "other"}, created=2.0)
    fresh = folder.root() / "fresh"
    folder.create(Job("fresh", "train", other.params, created=2.0))
    storage.removed_folder(job.folder)
    fresh.rename(job.folder)
    assert worker.wait(PATIENCE) == 1
    assert folder.find(job.id) == other


def cancelled(worker: subprocess.Popen[bytes], job: Job) -> bool:
    folder.ask_to_stop(job)
    return worker.wait(PATIENCE) == 0 and folder.status(job).state == "cancelled"


def deleted(worker: subprocess.Popen[bytes], job: Job) -> bool:
    storage.removed_folder(job.folder)
    return worker.wait(PATIENCE) == 1 and not job.folder.exists()


@pytest.mark.parametrize("how", ["absorbed", "buried", "offended"])
@pytest.mark.parametrize("end", [cancelled, deleted])
def test_a_task_that_never_looks_leaves_nothing_half_written(
    artifacts: Path, tmp_path: Path, how: str, end: Callable[[subprocess.Popen[bytes], Job], bool]
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    job = Job("train-1", "train", {"place": str(place / "whole")}, created=1.0)
    folder.create(job)
    worker = work(job, how)
    until(lambda: list(place.glob("*/some.txt")))
    assert end(worker, job)
    assert list(place.iterdir()) == []


def test_a_task_has_the_time_to_tidy_up_that_it_needs(artifacts: Path, tmp_path: Path) -> None:
    job = Job("train-1", "train", {"place": str(tmp_path / "place" / "whole")}, created=1.0)
    folder.create(job)
    worker = work(job, "slow_to_tidy")
    until(lambda: list(tmp_path.glob("place/*/some.txt")))
    assert cancelled(worker, job)
    assert [path.name for path in (tmp_path / "place").iterdir()] == ["tidied"]


def test_two_workers_of_one_job_do_it_once(job: Job) -> None:
    first, second = work(job, "deep"), work(job, "deep")
    until(lambda: first.poll() is not None or second.poll() is not None)
    assert folder.status(job).state == "running"
    folder.ask_to_stop(job)
    assert sorted([first.wait(PATIENCE), second.wait(PATIENCE)]) == [0, 1]
    assert folder.status(job).state == "cancelled"


DAMAGES: dict[str, Callable[[Path], object]] = {
    "half of job.json": lambda place: (place / "job.json").write_text('{"kind": "tr'),
    "no job.json": lambda place: (place / "job.json").unlink(),
    "half of status.json": lambda place: (place / "status.json").write_text('{"state": "que'),
    "no status.json": lambda place: (place / "status.json").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_worker_of_a_damaged_job_ends_and_so_does_the_job(job: Job, damage: str) -> None:
    DAMAGES[damage](job.folder)
    assert work(job, "deep").wait(PATIENCE) in {0, 1}
    assert folder.find(job.id) is None or folder.status(job).state == "interrupted"
    assert queue.standings() == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_job_that_is_damaged_while_it_is_done_still_ends(job: Job, damage: str) -> None:
    worker = work(job, "deep")
    until(lambda: folder.status(job).state == "running")
    DAMAGES[damage](job.folder)
    folder.ask_to_stop(job)
    assert worker.wait(PATIENCE) == 0
    assert json.loads((job.folder / "status.json").read_text())["state"] == "cancelled"


@pytest.mark.parametrize("limit", [0, 100])
def test_on_a_full_disk_a_worker_ends_and_the_job_can_be_done_again(job: Job, limit: int) -> None:
    resource = pytest.importorskip("resource", reason="only Unix can limit how much a process writes")
    folder.write_status(job, {"state": "queued", "launched": time.time()})
    before = (job.folder / "status.json").read_bytes()
    full = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # noqa: E731
    assert work(job, "brief", preexec_fn=full).wait(PATIENCE) == 0
    assert (job.folder / "status.json").read_bytes() == before
    assert [path.name for path in job.folder.iterdir() if path.name.startswith(".")] == []
    assert work(job, "brief").wait(PATIENCE) == 0
    assert folder.status(job).state == "done"


def test_a_worker_that_cannot_be_started_is_said(artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(job: Job) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(queue, "_executor", SimpleNamespace(start=refuse))
    job = queue.submit("train", {"run": "nobody"})
    status = folder.status(job)
    assert status.state == "failed"
    assert str(status.error) == "No worker could be started for this: Cannot allocate memory."
