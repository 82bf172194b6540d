"""Clusters and factors as jobs: done once for everybody, read back whole, refused before a worker starts."""

from __future__ import annotations

import dataclasses

import pytest
from labs import TrainedLab, drawn_shapes

from aelab import inference, runs
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.studies import clusters, disentanglement
from aelab.tasks.clusters import JOB as CLUSTERS
from aelab.tasks.disentanglement import JOB as FACTORS

QUICK = clusters.Config(restarts=1, limit=120)


def test_a_worker_finds_the_clusters_of_the_study_once_for_everybody(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["conv_ae"])
    job = CLUSTERS.submit(run.id, QUICK)
    assert job.id == CLUSTERS.id(run, QUICK)
    status = queue.wait(job, lambda now: None)
    assert status.state == "done", status.error
    expected = clusters.run(inference.load(run), run.images(), QUICK)
    assert CLUSTERS.result(job).to_json() == expected.to_json()
    assert CLUSTERS.submit(run.id, QUICK) == job
    assert jobs.status(job) == status  # it was not done again
    assert CLUSTERS.id(run, dataclasses.replace(QUICK, algorithm="mixture")) != job.id


def test_a_worker_scores_factors_as_the_study_does(lab: TrainedLab) -> None:
    lab.say_trained_on("vae", drawn_shapes())
    run = runs.find(lab.runs["vae"])
    config = disentanglement.Config(limit=150)
    job = FACTORS.submit(run.id, config)
    status = queue.wait(job, lambda now: None)
    assert status.state == "done", status.error
    expected = disentanglement.run(inference.load(run), run.images(), config)
    assert FACTORS.result(job).to_json() == expected.to_json()


def test_what_cannot_be_put_into_clusters_ends_with_its_sentence(lab: TrainedLab) -> None:
    job = CLUSTERS.submit(lab.runs["vae"], dataclasses.replace(QUICK, clusters=100, limit=99))
    status = queue.wait(job, lambda now: None)
    assert status.state == "failed"
    assert "Clusters need at least 200 images; the test part of digits has 99." in str(status.error)


def test_a_run_without_codes_is_refused_at_once(unet_lab: TrainedLab) -> None:
    for job in (CLUSTERS, FACTORS):
        with pytest.raises(LabError, match="has no code: it restores"):
            job.submit(unet_lab.runs["unet_dae"], job.study.config())


def test_a_run_without_an_encoder_is_refused_at_once(gan_lab: TrainedLab) -> None:
    before = jobs.all_jobs()
    for job in (CLUSTERS, FACTORS):
        with pytest.raises(LabError, match="has no encoder"):
            job.submit(gan_lab.runs["gan"], job.study.config())
    assert jobs.all_jobs() == before
