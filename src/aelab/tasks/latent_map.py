"""Project the codes of a run as a job: t-SNE of thousands of images takes seconds to minutes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from aelab import inference, runs, storage
from aelab.errors import N_, LabError
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.runs import Run
from aelab.studies import latent_map
from aelab.studies.latent_map import Config, LatentMap

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
    buffer = io.BytesIO()
    np.savez(
        buffer,
        allow_pickle=False,
        coordinates=found.coordinates,
        codes=found.codes,
        indices=found.indices,
        labels=found.labels,
        explained_variance=np.array(found.explained_variance),
        divergence=np.array(np.nan if found.divergence is None else found.divergence),
    )
    with storage.written(context.folder / _RESULT) as file:
        file.write(buffer.getvalue())


def result(job: Job) -> LatentMap:
    """Return what a job that is done has made.

    Raises
    ------
    LabError
        Names a file that is damaged; the job is then forgotten, so that asking again makes the map anew.
    """
    try:
        # numpy would leave a damaged file open that it has opened itself
        with open(job.folder / _RESULT, "rb") as file, np.load(file, allow_pickle=False) as stored:
            divergence = float(stored["divergence"])
            return LatentMap(
                stored["coordinates"],
                stored["codes"],
                stored["indices"],
                stored["labels"],
                tuple(float(share) for share in stored["explained_variance"]),
                None if np.isnan(divergence) else divergence,
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        storage.removed_folder(job.folder)
        raise LabError(
            "{file} in {folder} was damaged ({reason}) and is deleted: ask for the map again.",
            file=_RESULT,
            folder=f"jobs/{job.id}",
            reason=storage.reason(error),
        ) from None


SPEC = TaskSpec(name="latent_map", label=N_("Latent map"), lane="light", run=make)
