"""The queue: each question one job, each job one worker, oldest first, lanes that do not block each other.

The jobs here ask about runs that do not exist, so that a real worker is done with one in a second.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from labs import taken_lane, until

from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.folder import OPEN, Expected, Job

SUBMIT = """
import sys
from aelab.jobs import queue
print("ready", flush=True)
sys.stdin.readline()
print(queue.submit("train", {"run": "nobody"}).id)
"""

PUMP = """
import sys
from aelab.jobs import executor, queue
from aelab.jobs.spec import tasks

class TellingExecutor(executor.LocalExecutor):
    def start(self, job):
        print(job.id, end=" ")
        super().start(job)

queue._executor = TellingExecutor()
tasks.names()
print("ready", flush=True)
sys.stdin.readline()
queue.pump()
print(flush=True)
sys.stdin.readline()
"""


def heavy(number: int) -> dict[str, Any]:
    return {"run": f"no-such-run-{number}"}


def light(number: int) -> dict[str, Any]:
    return {"run": f"no-such-run-{number}", "created": "", "config": {}}


def together(code: str, count: int) -> list[subprocess.Popen[str]]:
    """Start processes of their own sessions and let them go when all are ready."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )
        for _ in range(count)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return processes


def test_the_same_question_has_the_same_key_however_it_is_written_down() -> None:
    assert queue.key("train", {"a": 1, "b": [1, "ä"]}) == queue.key("train", {"b": [1, "ä"], "a": 1})
    keys = {
        queue.key("train", {"a": 1}),
        queue.key("train", {"a": 2}),
        queue.key("latent_map", {"a": 1}),
        queue.key("train", {}),
    }
    assert len(keys) == 4


@pytest.mark.usefixtures("heavy_lane_taken")
def test_asking_twice_makes_one_job() -> None:
    first = queue.submit("train", heavy(1))
    assert queue.submit("train", heavy(1)) == first
    assert queue.submit("train", heavy(2)).id != first.id
    assert len(folder.all_jobs()) == 3


@pytest.mark.usefixtures("heavy_lane_taken")
def test_many_threads_that_ask_at_once_make_one_job() -> None:
    found: list[Job] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        found.append(queue.submit("train", heavy(1)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert {job.created for job in found} == {found[0].created}


@pytest.mark.usefixtures("heavy_lane_taken")
def test_processes_that_ask_at_once_make_one_job() -> None:
    answers = [process.communicate()[0] for process in together(SUBMIT, 3)]
    assert len(set(answers)) == 1
    assert [job.id for job in folder.all_jobs()] == ["busy-train", answers[0].strip()]


@pytest.mark.usefixtures("heavy_lane_taken")
@pytest.mark.parametrize("state", ["failed", "cancelled", "interrupted"])
def test_what_ended_badly_is_done_afresh_when_asked_again(state: str) -> None:
    first = queue.submit("train", heavy(1))
    (first.folder / "STOP").touch()
    folder.write_status(first, {"state": state})
    again = queue.submit("train", heavy(1))
    assert again.id == first.id
    assert again.created > first.created
    assert folder.status(again).state == "queued"
    assert not folder.should_stop(again)


@pytest.mark.usefixtures("heavy_lane_taken")
def test_what_is_done_is_not_done_again() -> None:
    first = queue.submit("train", heavy(1))
    folder.write_status(first, {"state": "done", "progress": 1.0})
    assert queue.submit("train", heavy(1)) == first
    assert folder.status(first).state == "done"


@pytest.mark.usefixtures("heavy_lane_taken")
def test_position_counts_what_is_still_open_before_it() -> None:
    jobs = [queue.submit("train", heavy(number)) for number in range(3)]
    assert [queue.position(job) for job in jobs] == [1, 2, 3]  # behind the one that runs
    queue.cancel(jobs[0].id)
    assert [queue.position(job) for job in jobs[1:]] == [1, 2]


@pytest.mark.usefixtures("heavy_lane_taken")
def test_nobody_waits_behind_the_jobs_of_another_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_executor", SimpleNamespace(start=lambda job: None))
    for number in range(3):
        queue.submit("train", heavy(number))
    job = queue.submit("latent_map", light(1))
    assert queue.position(job) == 0
    assert [(row.job.kind, row.before) for row in queue.standings()[1:]] == [
        ("train", 1),
        ("train", 2),
        ("train", 3),
        ("latent_map", 0),
    ]


@pytest.mark.usefixtures("heavy_lane_taken")
def test_a_full_lane_starts_nothing() -> None:
    job = queue.submit("train", heavy(1))
    queue.pump()
    assert folder.status(job) == folder.Status("queued")
    assert not (job.folder / "log.txt").exists()


@pytest.mark.usefixtures("heavy_lane_taken")
def test_a_map_does_not_wait_behind_trainings() -> None:
    waiting = queue.submit("train", heavy(1))
    job = queue.submit("latent_map", light(1))
    status = queue.wait(job, lambda now: None)
    assert str(status.error).startswith("There is no run called 'no-such-run-1'")
    assert folder.status(waiting).state == "queued"


def test_waiting_jobs_are_done_one_after_the_other_oldest_first_by_the_workers_themselves(
    artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    with taken_lane("train"):
        jobs = [queue.submit("train", heavy(number)) for number in (2, 1, 3)]
    queue.pump()  # from here on nobody looks after the queue but the workers
    until(lambda: all(folder.status(job).state == "failed" for job in jobs))
    times = [(status.started, status.ended) for status in map(folder.status, jobs)]
    assert times == sorted(times)
    assert all(one[1] <= following[0] for one, following in itertools.pairwise(times))


def test_processes_that_pump_at_once_start_each_job_once_and_their_end_does_not_end_it(
    artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    with taken_lane("train"):
        jobs = [queue.submit("train", heavy(number)) for number in range(2)]
    monkeypatch.setenv("AELAB_WORKERS", "2")
    started: list[str] = []
    for process in (processes := together(PUMP, 4)):
        assert process.stdout is not None
        started += process.stdout.readline().split()
    for process in processes:
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in the terminal of a server does
        process.communicate()
    assert sorted(started) == sorted(job.id for job in jobs)
    until(lambda: all(folder.status(job).state == "failed" for job in jobs))


@pytest.mark.usefixtures("heavy_lane_taken")
def test_a_job_that_waits_is_cancelled_at_once_and_can_be_asked_for_again() -> None:
    job = queue.submit("train", heavy(1))
    queue.cancel(job.id)
    assert folder.status(job).state == "cancelled"
    queue.pump()
    assert folder.status(job).state == "cancelled"
    assert folder.status(queue.submit("train", heavy(1))).state == "queued"


def test_a_job_whose_worker_is_on_its_way_is_asked_to_stop(artifacts: Path) -> None:
    job = Job("train-1", "train", heavy(1), created=1.0)
    folder.create(job)
    folder.write_status(job, {"state": "queued", "launched": time.time()})
    queue.cancel(job.id)
    assert folder.status(job).state == "queued"
    subprocess.run([sys.executable, "-m", "aelab.jobs.worker", str(job.folder)], check=True)
    assert folder.status(job).state == "cancelled"


def test_cancelling_what_has_ended_changes_nothing(artifacts: Path) -> None:
    job = Job("train-1", "train", heavy(1), created=1.0)
    folder.create(job)
    folder.write_status(job, {"state": "done", "progress": 1.0})
    with pytest.raises(LabError, match="train-1 is done already"):
        queue.cancel(job.id)
    assert folder.status(job).state == "done"
    assert not folder.should_stop(job)


def test_cancelling_a_job_that_does_not_exist_is_a_sentence(artifacts: Path) -> None:
    with pytest.raises(LabError, match="There is no job called 'train-1'"):
        queue.cancel("train-1")


@pytest.mark.usefixtures("heavy_lane_taken")
def test_a_worker_that_never_came_up_does_not_hold_its_lane_for_ever(artifacts: Path) -> None:
    stale = Job("stale", "latent_map", light(0), created=0.5)
    folder.create(stale)
    folder.write_status(stale, {"state": "queued", "launched": time.time() - 3600})
    others = [queue.submit("latent_map", light(number)) for number in range(1, 1 + queue.room("light"))]
    for job in others:
        assert queue.wait(job, lambda now: None).state == "failed"
    assert folder.status(stale).state == "interrupted"


@pytest.mark.usefixtures("heavy_lane_taken")
def test_damaged_and_unknown_jobs_do_not_stop_the_queue() -> None:
    folder.create(Job("broken", "train", {}, created=0.0))
    (folder.root() / "broken" / "job.json").write_bytes(b'{"kind": "tr')
    folder.create(Job("from-the-future", "dream", {}, created=0.0))
    job = queue.submit("latent_map", light(1))
    assert queue.wait(job, lambda now: None).state == "failed"
    assert folder.status(Job("from-the-future", "dream", {}, created=0.0)).state in OPEN


def gib(amount: float) -> Expected:
    return Expected(memory_bytes=int(amount * (1 << 30)))


def test_as_many_run_at_once_as_memory_allows_and_nobody_overtakes(
    artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(queue, "_executor", SimpleNamespace(start=lambda job: asked.append(job.id)))
    monkeypatch.setenv("AELAB_WORKERS", "8")
    monkeypatch.setenv("AELAB_MEMORY", "4")
    sizes = [2, 1.5, 1.5, 0.1]
    jobs = [queue.submit("train", heavy(number), expected=gib(size)) for number, size in enumerate(sizes)]
    assert asked == [job.id for job in jobs[:2]]  # the third would not fit, and the fourth waits behind it
    folder.write_status(jobs[0], {"state": "done"})
    queue.pump()
    assert asked == [job.id for job in jobs]


def test_a_job_larger_than_the_limit_runs_when_it_is_alone(artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(queue, "_executor", SimpleNamespace(start=lambda job: asked.append(job.id)))
    monkeypatch.setenv("AELAB_WORKERS", "8")
    monkeypatch.setenv("AELAB_MEMORY", "1")
    first, second = (queue.submit("train", heavy(number), expected=gib(3)) for number in range(2))
    assert asked == [first.id]
    assert folder.status(second) == folder.Status("queued")


@pytest.mark.usefixtures("heavy_lane_taken")
def test_what_is_asked_later_has_a_higher_number_even_when_the_clock_was_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = queue.submit("train", heavy(1), owner="ann")
    monkeypatch.setattr(queue.time, "time", lambda: 1000.0)
    second = queue.submit("train", heavy(2), owner="ben")
    assert second.created < first.created
    assert [row.job.id for row in queue.standings()][1:] == [first.id, second.id]
    assert folder.find(second.id) == second


@pytest.mark.parametrize(("asked", "room"), [("1", 1), ("3", 3), ("12", 12)])
def test_the_number_of_trainings_at_once_can_be_set(monkeypatch: pytest.MonkeyPatch, asked: str, room: int) -> None:
    monkeypatch.setenv("AELAB_WORKERS", asked)
    assert queue.room("heavy") == room


@pytest.mark.parametrize("asked", ["", "0", "-1", "two", "1.5", "²"])
def test_a_number_of_trainings_that_makes_no_sense_is_as_if_not_set(
    monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.delenv("AELAB_WORKERS", raising=False)
    usual = queue.room("heavy")
    monkeypatch.setenv("AELAB_WORKERS", asked)
    assert queue.room("heavy") == usual >= 1
