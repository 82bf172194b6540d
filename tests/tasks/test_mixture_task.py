"""A mixture fitted on codes as a job: once for everybody who asks, read back whole, refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab

from aelab import inference, runs
from aelab.datasets.store import open_dataset
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.studies import generation, prior
from aelab.tasks import mixture as task


def made_here(run_id: str) -> Job:
    """Return a job whose work is done, here and not in a worker."""
    job = Job("mixture-1", "mixture", {"run": run_id, "created": ""}, created=1.0)
    jobs.create(job)
    task.make(JobContext(job), job.params)
    return job


def test_a_mixture_is_read_back_as_it_was_fitted_with_what_was_measured_of_it(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["conv_ae"])
    found = task.result(made_here(run.id))
    networks, dataset = inference.load(run), open_dataset(run.dataset)
    expected = prior.fit(networks, dataset)
    for name in ("weights", "means", "factors"):
        np.testing.assert_array_equal(getattr(found.mixture, name), getattr(expected, name))
    assert found.mixture.n_codes == expected.n_codes
    assert found.generation == generation.run(networks, dataset, generation.Config(prior="mixture"))


@pytest.mark.parametrize("damage", ["truncated", "empty", "missing", "another file"])
def test_a_mixture_that_is_damaged_is_named(lab: TrainedLab, damage: str) -> None:
    job = made_here(lab.runs["pca"])
    path = job.folder / "mixture.npz"
    content = path.read_bytes()
    path.unlink()
    if damage == "another file":
        np.savez(path, other=np.zeros(3))
    elif damage != "missing":
        path.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"")
    with pytest.raises(LabError, match=r"mixture\.npz in jobs/mixture-1 was damaged .* ask for it again"):
        task.result(job)
    assert jobs.find(job.id) is None  # so that asking again fits it anew


def test_a_worker_fits_it_once_for_everybody_who_asks(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["vae"])
    job = task.submit(run.id)
    assert job.id == task.job_id(run)
    status = queue.wait(job, lambda now: None)
    assert status.state == "done", status.error
    fitted = task.result(job)
    assert fitted.mixture.means.shape[1] == 2
    assert task.submit(run.id) == job
    assert jobs.status(job) == status  # it was not fitted again


def test_a_run_that_cannot_be_asked_is_refused_at_once(gan_lab: TrainedLab, artifacts: Path) -> None:
    before = jobs.all_jobs()
    with pytest.raises(LabError, match="There is no run called 'nobody'"):
        task.submit("nobody")
    with pytest.raises(LabError, match="has no encoder"):
        task.submit(gan_lab.runs["gan"])
    assert jobs.all_jobs() == before
