"""A map of codes as a job: made once for everybody who asks, read back whole, refused with a sentence."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab, until

from aelab import inference, runs
from aelab.datasets.store import open_dataset
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.studies import colouring, kept_codes, latent_map
from aelab.studies.latent_map import Config
from aelab.tasks import colour_map
from aelab.tasks import latent_map as task

TSNE = Config(method="tsne", perplexity=5, iterations=300, limit=60)


def made_here(run_id: str, config: Config) -> Job:
    """Return a job whose work is done, here and not in a worker."""
    job = Job("latent_map-1", "latent_map", {"run": run_id, "created": "", "config": config.to_json()}, created=1.0)
    jobs.create(job)
    task.make(JobContext(job), job.params)
    return job


def _assert_same(found: object, expected: object) -> None:
    assert type(found) is type(expected)
    if expected is not None:
        for name, value in vars(expected).items():
            np.testing.assert_array_equal(getattr(found, name), value)


@pytest.mark.parametrize("config", [TSNE, Config(dimensions=3), Config(part="train")], ids=["tsne", "pca", "train"])
def test_a_map_is_read_back_as_the_study_gave_it(lab: TrainedLab, config: Config) -> None:
    run = runs.find(lab.runs["conv_ae"])
    found = task.result(made_here(run.id, config))
    expected = latent_map.run(inference.load(run), open_dataset(run.dataset), config)
    for name in ("coordinates", "codes", "indices", "labels"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert found.explained_variance == expected.explained_variance
    assert found.divergence == expected.divergence
    assert found.quality == expected.quality
    for name in ("linear", "inverse"):
        _assert_same(getattr(found, name), getattr(expected, name))


@pytest.mark.parametrize("damage", ["truncated", "empty", "missing", "another file"])
def test_a_map_that_is_damaged_is_named(lab: TrainedLab, damage: str) -> None:
    job = made_here(lab.runs["vae"], Config(limit=10))
    path = job.folder / "map.npz"
    content = path.read_bytes()
    path.unlink()
    if damage == "another file":
        np.savez(path, other=np.zeros(3))
    elif damage != "missing":
        path.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"")
    with pytest.raises(LabError, match=r"map\.npz in jobs/latent_map-1 was damaged .* ask for it again"):
        task.result(job)
    assert jobs.find(job.id) is None  # so that asking again makes it anew


def test_a_worker_makes_a_map_once_for_everybody_who_asks(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["conv_ae"])
    job = task.submit(run.id, TSNE)
    assert job.id == task.job_id(run, TSNE)
    status = queue.wait(job, lambda now: None)
    assert status.state == "done", status.error
    assert task.result(job).coordinates.shape == (60, 2)
    assert task.submit(run.id, TSNE) == job
    assert jobs.status(job) == status  # it was not made again
    assert task.job_id(run, Config.parse({**TSNE.to_json(), "limit": 61})) != job.id


def test_a_map_of_a_run_that_does_not_exist_is_refused_at_once(artifacts: Path) -> None:
    with pytest.raises(LabError, match="There is no run called 'nobody'"):
        task.submit("nobody", Config())
    assert jobs.all_jobs() == []


def test_a_map_that_is_being_made_can_be_cancelled(lab: TrainedLab) -> None:
    job = task.submit(lab.runs["conv_ae"], Config(method="tsne", perplexity=5, iterations=5000))
    until(lambda: jobs.status(job).state == "running")
    queue.cancel(job.id)
    status = queue.wait(job, lambda now: None)
    assert status.state == "cancelled"
    assert status.cpu_seconds is not None
    assert not (job.folder / "map.npz").exists()
    until(lambda: not jobs.is_alive(job))  # it starts the next job before it ends


def test_a_map_outlives_the_codes_that_were_kept_for_it(lab: TrainedLab) -> None:
    job = made_here(lab.runs["conv_ae"], TSNE)
    before = task.result(job)
    shutil.rmtree(kept_codes.root())
    np.testing.assert_array_equal(task.result(job).codes, before.codes)


def test_a_map_that_needs_what_is_not_installed_is_refused_at_once(
    lab: TrainedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LabError, match="UMAP is not installed"):
        task.submit(lab.runs["vae"], Config(method="umap"))
    assert "latent_map" not in {job.kind for job in jobs.all_jobs()}


def test_colours_of_a_large_map_are_found_by_a_worker_once_for_every_projection(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["conv_ae"])
    job = colour_map.submit(run, TSNE, "density")
    assert queue.wait(job, lambda now: None).state == "done"
    assert colour_map.submit(run, Config(limit=60), "density") == job
    assert colour_map.job_id(run, Config(limit=61), "density") != job.id
    networks = inference.load(run)
    images = latent_map.run(networks, run.images(), Config(limit=60))
    expected = colouring.colour("density", images, networks, run.images())
    found = colour_map.result(job)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-5)
    assert (found.label, found.kind, found.names, found.unit) == (
        expected.label,
        expected.kind,
        expected.names,
        expected.unit,
    )
