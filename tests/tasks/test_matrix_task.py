"""A matrix as a job: made once for everybody who asks, stopped without a loss, refused before a worker starts."""

from __future__ import annotations

import dataclasses

import pytest
from labs import TrainedLab, until

from aelab import runs
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.studies import baselines, matrix
from aelab.studies.matrix import Config
from aelab.tasks import matrix as task
from aelab.tasks.baselines import JOB

QUICK = Config(noises="gaussian,masking", severities="3", filters="median_3", limit=30)


def test_a_worker_makes_what_the_study_makes_once_for_everybody(lab: TrainedLab) -> None:
    chosen = [runs.find(lab.runs[model]) for model in ("dae", "vae")]
    job = task.submit([run.id for run in chosen], QUICK)
    assert job.id == task.job_id(chosen, QUICK, chosen[0].images())
    status = queue.wait(job, lambda now: None)
    assert status.state == "done", status.error
    assert task.result(job) == matrix.run(chosen, chosen[0].images(), QUICK)  # of the same cells, milliseconds too
    assert task.submit([run.id for run in chosen], QUICK) == job
    assert jobs.status(job) == status  # it was not made again


def test_what_was_measured_until_it_is_cancelled_is_not_measured_again(lab: TrainedLab) -> None:
    slow = Config(noises="all", severities="1,2,3,4,5", filters="non_local_means", limit=0)
    job = task.submit([lab.runs["dae"]], slow)
    cells = lab.folder / "cells"
    until(lambda: cells.is_dir() and len(list(cells.glob("cell-*.npz"))) >= 3)
    queue.cancel(job.id)
    assert queue.wait(job, lambda now: None).state == "cancelled"
    until(lambda: not jobs.is_alive(job))
    before = {path.name: path.stat().st_ino for path in cells.glob("cell-*.npz")}
    assert len(before) < 3 * 55
    again = task.submit([lab.runs["dae"]], slow)
    assert again.id == job.id
    until(lambda: len(list(cells.glob("cell-*.npz"))) > len(before))
    queue.cancel(again.id)
    queue.wait(again, lambda now: None)
    until(lambda: not jobs.is_alive(again))
    assert {path.name: path.stat().st_ino for path in cells.glob("cell-*.npz") if path.name in before} == before


def test_filters_beside_one_run_are_those_of_the_matrix(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["dae"])
    config = Config(noises="masking", severities="2", filters="median_3,wavelet", limit=30)
    found = matrix.run([run], run.images(), config)
    asked = baselines.Config.parse({"noise": str(config.columns[0].corruption), "limit": 30})
    job = JOB.submit(run.id, asked)
    assert queue.wait(job, lambda now: None).state == "done"
    of_filters = {each.name: each for each in JOB.result(job).methods}
    for name in found.filters:
        (entry,) = found.of(name)
        assert of_filters[name].psnr == entry.means["psnr"]
        assert of_filters[name].milliseconds == entry.milliseconds  # it was not measured again


def test_what_cannot_be_is_refused_before_a_worker_starts(gan_lab: TrainedLab) -> None:
    before = jobs.all_jobs()
    with pytest.raises(LabError, match="There is no run called 'nobody'"):
        task.submit(["nobody"], QUICK)
    with pytest.raises(LabError, match="has no encoder"):
        task.submit([gan_lab.runs["dae"], gan_lab.runs["gan"]], QUICK)
    with pytest.raises(LabError, match="a matrix of nothing"):
        task.submit([], QUICK)
    assert jobs.all_jobs() == before


def test_a_limit_that_leaves_no_image_out_is_the_same_question_as_none(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["dae"])
    count = run.images().counts["test"]
    ids = {
        limit: task.job_id([run], dataclasses.replace(QUICK, limit=limit), run.images())
        for limit in (0, count - 1, count, 100_000)
    }
    assert ids[0] == ids[count] == ids[100_000] != ids[count - 1]


def test_the_same_run_twice_is_one_row(lab: TrainedLab) -> None:
    job = task.submit([lab.runs["dae"], lab.runs["dae"]], QUICK)
    assert [run_id for run_id, _ in job.params["runs"]] == [lab.runs["dae"]]
    queue.wait(job, lambda now: None)
