"""Project the codes of a run as a job: t-SNE of thousands of images takes seconds to minutes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from aelab import inference, runs
from aelab.errors import N_
from aelab.inference import Inference
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.projections.spec import Affine, Linear
from aelab.runs import Run
from aelab.studies import latent_map
from aelab.studies.latent_map import Config, LatentMap
from aelab.studies.map_quality import MapQuality
from aelab.tasks import _arrays

_RESULT = "map.npz"
_FORMAT = 2  # of the first, there was no quality and no way back


def submit(run_id: str, config: Config, *, owner: str = "") -> Job:
    """Queue a map, or return the job that already made it.

    Raises
    ------
    LabError
        If the run has no encoder, the projection is not installed, or so many images do not allow its settings.
    """
    run = runs.find(run_id)
    if not run.encodes:
        raise run.lacks_code()
    latent_map.check_installed(config)
    latent_map.check_count(latent_map.count_on(run.images(), config), config)
    return queue.submit("latent_map", _params(run, config), owner=owner)


def job_id(run: Run, config: Config) -> str:
    """Return the id of the job that makes a map."""
    return queue.key("latent_map", _params(run, config))


def _params(run: Run, config: Config) -> dict[str, Any]:
    return {"run": run.id, "created": run.created, "format": _FORMAT, "config": config.asked()}


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    run = runs.find(params["run"])
    config = Config.parse(params["config"])
    found = latent_map.of_run(run, inference.load(run), run.images(), config, context.progress)
    assert found.quality is not None
    arrays: dict[str, Any] = {
        "coordinates": found.coordinates,
        "indices": found.indices,
        "labels": found.labels,
        "explained_variance": found.explained_variance,
        "divergence": np.nan if found.divergence is None else found.divergence,
        "quality": json.dumps(found.quality.to_json()),
    }
    if found.linear is not None:
        arrays |= {"offset": found.linear.offset, "matrix": found.linear.matrix}
    if found.inverse is not None:
        arrays |= {"origin": found.inverse.origin, "axes": found.inverse.axes, "exact": found.inverse.exact}
    _arrays.keep(context, _RESULT, arrays)


def result(job: Job, networks: Inference | None = None) -> LatentMap:
    """Return what a job that is done has made.

    Parameters
    ----------
    job : Job
    networks : Inference, optional
        Of the run, where they are loaded already.

    Raises
    ------
    LabError
        If the file is damaged, as `_arrays.kept` has it, or the run is gone.
    """
    with _arrays.kept(job, _RESULT) as stored:
        divergence, quality = float(stored["divergence"]), json.loads(str(stored["quality"]))
        found = LatentMap(
            coordinates=stored["coordinates"],
            codes=np.zeros((0, 0), np.float32),
            indices=stored["indices"],
            labels=stored["labels"],
            explained_variance=tuple(float(share) for share in stored["explained_variance"]),
            divergence=None if np.isnan(divergence) else divergence,
            linear=Linear(stored["offset"], stored["matrix"]) if "offset" in stored else None,
            inverse=Affine(stored["origin"], stored["axes"], bool(stored["exact"])) if "origin" in stored else None,
            quality=MapQuality(**quality),
        )
    run = runs.find(job.params["run"])
    config = Config.parse(job.params["config"])
    _, codes = latent_map.kept(run, networks or inference.load(run), run.images(), config)
    return replace(found, codes=codes)


SPEC = TaskSpec(name="latent_map", label=N_("Latent map"), lane="light", run=make)
