"""Find out by what the points of a large map are coloured, as a job: neighbours of 60,000 codes take a minute."""

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
from aelab.studies import colouring, latent_map
from aelab.studies.colouring import WAYS, Colouring
from aelab.studies.latent_map import Config, LatentMap
from aelab.tasks import _arrays

_RESULT = "colours.npz"


def submit(run: Run, config: Config, name: str, *, owner: str = "") -> Job:
    """Queue a colouring of the images of a map, or return the job that already made it."""
    return queue.submit("colour_map", _params(run, config, name), owner=owner)


def job_id(run: Run, config: Config, name: str) -> str:
    """Return the id of the job that makes a colouring."""
    return queue.key("colour_map", _params(run, config, name))


def _params(run: Run, config: Config, name: str) -> dict[str, Any]:
    """Return what a colouring hangs on: which images are drawn, not how."""
    drawn = {"part": config.part, "limit": config.limit, "seed": config.seed}
    return {"run": run.id, "created": run.created, "name": name, **drawn}


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    run = runs.find(params["run"])
    networks, dataset = inference.load(run), run.images()
    config = Config(part=params["part"], limit=params["limit"], seed=params["seed"])
    indices, codes = latent_map.kept(run, networks, dataset, config)
    images = LatentMap(codes[:, :0], codes, indices, dataset.labels[indices], (), None)
    made = colouring.colour(params["name"], images, networks, dataset, context.progress)
    _arrays.keep(context, _RESULT, {"values": made.values, "names": np.array(made.names, str)})


def result(job: Job) -> Colouring:
    """Return what a job that is done has made; a `LabError` where the file is damaged, as `_arrays.kept` has it."""
    way = WAYS[job.params["name"]]
    with _arrays.kept(job, _RESULT) as stored:
        return Colouring(
            job.params["name"],
            way.label,
            way.kind,
            stored["values"],
            tuple(str(name) for name in stored["names"]),
            way.unit,
            way.summary,
        )


SPEC = TaskSpec(name="colour_map", label=N_("Colours of a map"), lane="light", run=make)
