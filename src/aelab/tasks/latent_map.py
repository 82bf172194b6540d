"""Project the codes of a run as a job: t-SNE of thousands of images takes seconds to minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from aelab import inference, runs
from aelab.errors import N_
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.runs import Run
from aelab.studies import latent_map
from aelab.studies.latent_map import Config, LatentMap
from aelab.tasks import _arrays

_RESULT = "map.npz"


def submit(run_id: str, config: Config, *, owner: str = "") -> Job:
    """Queue a map, or return the job that already made it; a `LabError` where a run has no encoder."""
    run = runs.find(run_id)
    if not run.encodes:
        raise run.lacks_code()
    return queue.submit("latent_map", _params(run, config), owner=owner)


def job_id(run: Run, config: Config) -> str:
    """Return the id of the job that makes a map."""
    return queue.key("latent_map", _params(run, config))


def _params(run: Run, config: Config) -> dict[str, Any]:
    return {"run": run.id, "created": run.created, "config": config.to_json()}


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    run = runs.find(params["run"])
    config = Config.parse(params["config"])
    found = latent_map.run(inference.load(run), run.images(), config)
    arrays = {
        "coordinates": found.coordinates,
        "codes": found.codes,
        "indices": found.indices,
        "labels": found.labels,
        "explained_variance": found.explained_variance,
        "divergence": np.nan if found.divergence is None else found.divergence,
    }
    _arrays.keep(context, _RESULT, arrays)


def result(job: Job) -> LatentMap:
    """Return what a job that is done has made; a `LabError` where the file is damaged, as `_arrays.kept` has it."""
    with _arrays.kept(job, _RESULT) as stored:
        divergence = float(stored["divergence"])
        return LatentMap(
            stored["coordinates"],
            stored["codes"],
            stored["indices"],
            stored["labels"],
            tuple(float(share) for share in stored["explained_variance"]),
            None if np.isnan(divergence) else divergence,
        )


SPEC = TaskSpec(name="latent_map", label=N_("Latent map"), lane="light", run=make)
