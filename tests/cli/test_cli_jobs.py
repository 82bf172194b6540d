"""`aelab jobs`: the queue from a shell."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from labs import EPOCHS, TrainedLab, end, taken_lane
from shell import Answers, Refusal

from aelab import cli, runs
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.folder import Expected, Job


@pytest.fixture
def waiting(heavy_lane_taken: None) -> list[Job]:
    """Return two jobs that wait behind one that runs."""
    return [
        queue.submit("train", {"run": f"nobody-{number}"}, owner="ann", expected=Expected(seconds=30))
        for number in (1, 2)
    ]


def ended(name: str, state: str, **more: object) -> Job:
    job = Job(name, "latent_map", {"run": "nobody", "created": "", "config": {}}, created=1.0)
    folder.create(job)
    folder.write_status(job, {"state": state, **more})
    return job


def test_open_jobs_are_listed_first_as_they_will_be_started(answer: Answers, waiting: list[Job]) -> None:
    error = LabError("The disk is full.")
    ended("map-1", "failed", error=error.to_json(), started=1.0, ended=3.5)
    rows = answer("jobs", "list")["jobs"]
    assert [(row["job"], row["state"], row["before"]) for row in rows] == [
        ("busy-train", "running", 0),
        (waiting[0].id, "queued", 1),
        (waiting[1].id, "queued", 2),
        ("map-1", "failed", None),
    ]
    assert rows[0]["progress"] == 0.5
    assert (rows[3]["seconds"], rows[3]["error"]) == (2.5, "The disk is full.")
    assert not any("owner" in row for row in rows)


def test_the_expected_start_is_said_where_it_is_known(answer: Answers, waiting: list[Job]) -> None:
    busy = folder.find("busy-train")
    assert busy is not None
    moving = [time.time() - 6000, 0.0]
    folder.write_status(busy, {"state": "running", "progress": 0.5, "started": moving[0], "moving": moving})
    running, first, second = answer("jobs", "list")["jobs"]
    assert running["seconds_left"] == pytest.approx(6000, rel=0.05)
    assert first["starts_in"] == pytest.approx(6000, rel=0.05)
    assert second["starts_in"] - first["starts_in"] == pytest.approx(30, abs=0.2)


def test_people_read_a_line_a_job(waiting: list[Job], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["jobs", "list"]) == 0
    lines = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["busy-train", "running", "50%"],
        [waiting[0].id, "queued", "1 before it"],
        [waiting[1].id, "queued", "2 before it"],
    ]


def test_a_lab_without_jobs_says_so(artifacts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["jobs", "list"]) == 0
    assert capsys.readouterr().out == "There are no jobs.\n"


def test_a_shell_cancels_what_anybody_asked_for(answer: Answers, waiting: list[Job]) -> None:
    assert answer("jobs", "cancel", waiting[0].id) == {"cancelled": waiting[0].id}
    assert folder.status(waiting[0]).state == "cancelled"


def test_what_did_not_end_well_is_taken_up_again(answer: Answers, artifacts: Path, no_workers: None) -> None:
    ended("map-1", "cancelled")
    assert answer("jobs", "resume", "map-1") == {"resumed": "map-1", "state": "queued"}
    assert [row["state"] for row in answer("jobs", "list")["jobs"]] == ["queued"]


def test_a_training_goes_on_where_it_stopped(answer: Answers, lab: TrainedLab, no_workers: None) -> None:
    run_id = lab.runs["vae"]
    (lab.folder / "runs" / run_id / "metrics.json").unlink()
    end(run_id, "cancelled")
    assert answer("jobs", "resume", run_id) == {"resumed": run_id, "state": "queued"}
    assert len(runs.find(run_id).history()) == EPOCHS  # what it had learned is still there


def test_two_who_resume_at_once_resume_it_once(lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    run_id = lab.runs["vae"]
    end(run_id, "cancelled")
    with taken_lane("train"):
        command = [sys.executable, "-m", "aelab.cli", "jobs", "resume", run_id]
        both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
        assert {process.wait() for process in both} <= {0, 1}
        assert [row.job.id for row in queue.standings()] == ["busy-train", run_id]


def test_what_cannot_be_resumed_or_cancelled_is_a_sentence(
    refusal: Refusal, waiting: list[Job], artifacts: Path
) -> None:
    ended("map-1", "done")
    assert refusal("jobs", "resume", "map-1").startswith("map-1 is done; only what did not come to its end")
    assert refusal("jobs", "resume", waiting[0].id).startswith(f"{waiting[0].id} is queued; only")
    for command in ("resume", "cancel"):
        assert refusal("jobs", command, "nothing") == "There is no job called 'nothing'."
        assert "is not a name the lab can use" in refusal("jobs", command, "../runs")


@pytest.mark.parametrize("state", ["done", "cancelled", "failed"])
@pytest.mark.parametrize("group", ["jobs", "runs"])
def test_what_has_ended_is_not_said_to_be_asked_to_stop(
    refusal: Refusal, lab: TrainedLab, group: str, state: str
) -> None:
    run_id = lab.runs["vae"]
    end(run_id, state)
    assert refusal(group, "cancel", run_id) == f"{run_id} is {state} already: there is nothing to cancel."
    job = folder.find(run_id)
    assert job is not None
    assert not folder.should_stop(job)
