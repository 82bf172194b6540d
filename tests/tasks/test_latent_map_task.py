"""A map of codes as a job: made once, read back, refused with a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab

from aelab import inference, runs
from aelab.datasets.store import open_dataset
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.pixels import to_unit
from aelab.studies.latent_map import Config
from aelab.tasks import latent_map


def test_a_map_is_made_by_a_worker_once(lab: TrainedLab) -> None:
    config = Config.parse({"method": "pca", "dimensions": 2, "limit": 100})
    job = latent_map.submit(lab.runs["conv_ae"], config)
    status = queue.wait(job, lambda now: None)
    assert status.state == "done", status.error
    found = latent_map.result(job)
    run, dataset = runs.find(lab.runs["conv_ae"]), open_dataset("digits")
    assert set(found.indices) <= set(dataset.indices("test"))
    assert found.coordinates.shape == (100, 2)
    np.testing.assert_array_equal(found.labels, dataset.labels[found.indices])
    codes = inference.load(run).encode(to_unit(dataset.images[found.indices]))
    np.testing.assert_allclose(found.codes, codes, atol=1e-5)
    assert latent_map.submit(run.id, config) == job
    assert latent_map.submit(run.id, Config.parse({**config.to_json(), "limit": 99})).id != job.id


def test_a_map_of_a_run_that_does_not_exist_is_refused_at_once(lab: TrainedLab) -> None:
    before = jobs.all_jobs()
    with pytest.raises(LabError, match="There is no run called 'nobody'"):
        latent_map.submit("nobody", Config())
    assert jobs.all_jobs() == before
