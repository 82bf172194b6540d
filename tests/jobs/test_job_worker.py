"""A worker says how its job ended, whatever happened, and does it once."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from aelab.jobs import folder
from aelab.jobs.folder import Job

NOBODY = {"run": "nobody", "created": "", "config": {}}


@pytest.fixture
def job(artifacts: Path) -> Job:
    return created({**NOBODY})


def created(params: dict[str, Any]) -> Job:
    made = Job("map-1", "latent_map", params, created=1.0)
    folder.create(made)
    return made


def work(job: Job) -> int:
    """Do a job in a real worker process; return its exit code."""
    with open(job.folder / "log.txt", "wb") as log:
        command = [sys.executable, "-m", "aelab.jobs.worker", str(job.folder)]
        return subprocess.run(command, stdout=log, stderr=log, check=False).returncode


def test_a_mistake_of_the_user_becomes_the_sentence_of_the_job(job: Job) -> None:
    before = time.time()
    assert work(job) == 0
    status = folder.status(job)
    assert status.state == "failed"
    assert str(status.error).startswith("There is no run called 'nobody'")
    assert status.started is not None
    assert status.ended is not None
    assert before <= status.started <= status.ended <= time.time()
    assert status.cpu_seconds is not None
    assert status.cpu_seconds > 0
    assert (job.folder / "log.txt").read_bytes() == b""


def test_a_fault_of_the_lab_is_said_in_one_sentence_and_in_full_in_the_log(artifacts: Path) -> None:
    job = created({"nothing": "that the task needs"})
    assert work(job) == 0
    status = folder.status(job)
    assert status.state == "failed"
    assert str(status.error).startswith("Something went wrong inside the lab: KeyError: 'run'.")
    assert "Traceback" in (job.folder / "log.txt").read_text(encoding="utf-8")


def test_a_task_that_nobody_knows_is_said(artifacts: Path) -> None:
    job = Job("dream-1", "dream", {}, created=1.0)
    folder.create(job)
    assert work(job) == 0
    assert "There is no task called 'dream'" in str(folder.status(job).error)


def test_a_job_that_was_cancelled_before_its_worker_came_up_is_not_begun(job: Job) -> None:
    folder.ask_to_stop(job)
    assert work(job) == 0
    assert folder.status(job).state == "cancelled"


def test_a_second_worker_leaves_what_is_done_alone(job: Job) -> None:
    folder.write_status(job, {"state": "done", "progress": 1.0, "ended": 5.0})
    assert work(job) == 0
    assert folder.status(job).state == "done"
    assert folder.status(job).ended == 5.0


def test_a_second_worker_leaves_a_living_one_alone(job: Job) -> None:
    with folder.lock(job):
        folder.write_status(job, {"state": "running", "progress": 0.5})
        assert work(job) == 1
        assert folder.status(job).state == "running"


def test_a_worker_without_a_job_ends(artifacts: Path) -> None:
    command = [sys.executable, "-m", "aelab.jobs.worker", str(artifacts / "jobs" / "nothing")]
    assert subprocess.run(command, check=False).returncode == 1


def test_a_worker_works_where_its_job_lies(
    job: Job, artifacts: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "aelab.jobs.worker", str(job.folder)]
    monkeypatch.setenv("AELAB_ARTIFACTS", str(tmp_path / "elsewhere"))
    assert subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0
    monkeypatch.setenv("AELAB_ARTIFACTS", str(artifacts))
    assert folder.status(job).state == "failed"
    assert not (tmp_path / "elsewhere").exists()
