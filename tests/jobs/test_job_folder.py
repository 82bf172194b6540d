"""A job's folder tells the truth about it, whatever happened to its worker."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aelab import storage
from aelab.errors import LabError
from aelab.jobs import folder
from aelab.jobs.folder import Expected, Job, Status

HOLD_THE_LOCK = """
import sys
from aelab.jobs import folder
job = folder.find(sys.argv[1])
with folder.lock(job):
    folder.write_status(job, {"state": "running", "progress": 0.25, "started": 1000.0})
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def job(artifacts: Path) -> Job:
    made = Job("train-1", "train", {"run": "ä", "deep": {"list": [1, 2.5, None]}}, created=12.5)
    folder.create(made)
    return made


@pytest.fixture
def worker(job: Job) -> Iterator[subprocess.Popen[str]]:
    """Return a process that holds the job's lock as a worker does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, job.id], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_what_was_asked_is_read_back_unchanged(job: Job) -> None:
    assert folder.find("train-1") == job
    assert folder.status(job) == Status("queued")
    owned = Job(
        "train-2", "train", {}, 1.0, number=7, owner="ann", expected=Expected(30.0, 1 << 30), also=("ben", "cleo")
    )
    folder.create(owned)
    assert folder.find("train-2") == owned


def test_a_job_of_an_earlier_version_is_still_read(job: Job) -> None:
    path = job.folder / "job.json"
    kept = {name: storage.read_json(path)[name] for name in ("format", "kind", "params", "created")}
    storage.write_json(path, kept)
    assert folder.find(job.id) == job


def test_a_second_job_of_the_same_id_is_refused_and_the_first_stays(job: Job) -> None:
    with pytest.raises(FileExistsError):
        folder.create(Job(job.id, "train", {"run": "other"}, created=99.0))
    assert folder.find(job.id) == job


def test_a_job_that_does_not_exist_is_not_found(artifacts: Path) -> None:
    assert folder.find("train-1") is None
    assert folder.all_jobs() == []


def test_an_id_that_could_be_a_path_is_refused(artifacts: Path) -> None:
    with pytest.raises(LabError, match="is not a name the lab can use"):
        folder.find("../runs")


@pytest.mark.parametrize("damage", [b"", b'{"format": 1, "kind": "tr', b"[]", b"{}", b"\0\0\0"])
def test_a_damaged_job_does_not_hide_the_others(job: Job, damage: bytes) -> None:
    folder.create(Job("broken", "train", {}, created=1.0))
    (folder.root() / "broken" / "job.json").write_bytes(damage)
    assert folder.find("broken") is None
    assert folder.all_jobs() == [job]


@pytest.mark.parametrize("damage", [None, b"", b'{"state": "run', b"[]", b"{}"])
def test_a_job_whose_status_is_lost_is_interrupted(job: Job, damage: bytes | None) -> None:
    if damage is None:
        (job.folder / "status.json").unlink()
    else:
        (job.folder / "status.json").write_bytes(damage)
    assert folder.status(job) == Status("interrupted")


def test_jobs_are_listed_oldest_first(artifacts: Path) -> None:
    for name, created in (("c", 2.0), ("a", 3.0), ("b", 1.0)):
        folder.create(Job(name, "train", {}, created))
    assert [job.id for job in folder.all_jobs()] == ["b", "c", "a"]


def test_a_running_job_without_a_worker_is_interrupted(job: Job) -> None:
    folder.write_status(job, {"state": "running", "progress": 0.4, "started": time.time() - 5})
    last_word = storage.read_json(job.folder / "status.json")
    found = folder.status(job)
    assert found.state == "interrupted"
    assert found.progress == 0.4
    assert found.seconds is not None
    assert found.seconds == last_word["updated"] - last_word["started"]  # until its last word, not until now


def test_a_worker_that_is_killed_leaves_an_interrupted_job(job: Job, worker: subprocess.Popen[str]) -> None:
    assert folder.is_alive(job)
    assert folder.status(job).state == "running"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert not folder.is_alive(job)
    assert folder.status(job).state == "interrupted"


def test_a_worker_that_never_came_up_is_given_up_after_a_while(job: Job) -> None:
    folder.write_status(job, {"state": "queued", "launched": time.time()})
    assert folder.status(job) == Status("queued", launched=True)
    folder.write_status(job, {"state": "queued", "launched": time.time() - 3600})
    assert folder.status(job).state == "interrupted"
    folder.write_status(job, {"state": "queued", "launched": time.time() + 3600})  # the clock was set back
    assert folder.status(job).state == "interrupted"


def test_a_slow_worker_that_has_its_lock_is_not_given_up(job: Job, worker: subprocess.Popen[str]) -> None:
    folder.write_status(job, {"state": "queued", "launched": time.time() - 3600})
    assert folder.status(job).state == "queued"


def test_a_job_that_ends_while_somebody_looks_is_never_taken_for_interrupted(artifacts: Path) -> None:
    jobs = [Job(f"job-{number}", "train", {}, created=number) for number in range(300)]
    current = jobs[0]
    seen: set[str] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            seen.add(folder.status(current).state)

    folder.create(current)
    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for job in jobs:
            if job is not current:
                folder.create(job)
                current = job
            with folder.lock(job):
                folder.write_status(job, {"state": "running", "progress": 0.0})
                folder.write_status(job, {"state": "done"})
    finally:
        ended.set()
        watcher.join()
    assert seen <= {"queued", "running", "done"}


def test_the_reason_of_a_failure_crosses_the_process_border(job: Job) -> None:
    error = LabError("{field} must be at least {low}; it is {value}.", field="epochs", low=1, value=0)
    folder.write_status(job, {"state": "failed", "error": error.to_json(), "cpu_seconds": 1.5})
    found = folder.status(job)
    assert str(found.error) == str(error)
    assert found.cpu_seconds == 1.5


def test_a_request_to_stop_is_heard(job: Job) -> None:
    assert not folder.should_stop(job)
    folder.ask_to_stop(job)
    folder.ask_to_stop(job)
    assert folder.should_stop(job)


def test_time_left_is_what_is_left_at_the_speed_so_far() -> None:
    moved = time.time() - 10
    status = Status("running", 0.35, started=moved - 50, moving=(moved, 0.1))  # after 50 s of loading libraries
    earliest = time.time() - moved
    left = status.seconds_left
    latest = time.time() - moved
    assert left is not None
    assert 0.65 / 0.25 * earliest <= left <= 0.65 / 0.25 * latest  # 65 % are left of what took 10 s for 25 %
    assert Status("running", 0.101, started=moved, moving=(moved, 0.1)).seconds_left is None  # too early to tell
    assert Status("running", 0.5, started=moved).seconds_left is None
    assert Status("done", 1.0, started=0.0, ended=7.0).seconds_left is None


def test_an_ended_job_took_what_it_took() -> None:
    assert Status("done", 1.0, started=100.0, ended=107.5).seconds == 7.5
    assert Status("done", 1.0, started=100.0, ended=99.0).seconds == 0.0  # the clock was set back
    assert Status("queued").seconds is None


@pytest.mark.parametrize(
    "damage", [{"created": "x"}, {"created": None}, {"params": []}, {"kind": 3}], ids=lambda each: next(iter(each))
)
def test_a_job_whose_description_makes_no_sense_is_passed_over(artifacts: Path, damage: dict[str, Any]) -> None:
    job = Job("map-1", "latent_map", {}, created=1.0)
    folder.create(job)
    path = job.folder / "job.json"
    storage.write_json(path, storage.read_json(path) | damage)
    assert folder.find(job.id) is None
    assert folder.all_jobs() == []


@pytest.mark.parametrize(
    "status",
    [
        [],
        {"state": "exploded"},
        {"state": "done", "started": "y"},
        {"state": "done", "progress": "x"},
        {"state": "queued", "launched": "soon"},
        {"state": "failed", "error": {"template": "{", "values": {}}},
        {"state": "failed", "error": {"template": "{0}", "values": {}}},
        {"state": "failed", "error": "why"},
    ],
    ids=str,
)
def test_a_job_whose_status_makes_no_sense_is_shown_as_interrupted(artifacts: Path, status: Any) -> None:
    job = Job("map-1", "latent_map", {}, created=1.0)
    folder.create(job)
    storage.write_json(job.folder / "status.json", status)
    assert folder.status(job).state == "interrupted"
