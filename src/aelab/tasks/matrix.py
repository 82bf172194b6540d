"""Measure runs against many noises as a job, which can be stopped: what was measured until then is not lost."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from aelab import runs
from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.runs import Run
from aelab.studies import matrix
from aelab.studies.crossed import Matrix
from aelab.studies.matrix import Config
from aelab.tasks import _arrays

_RESULT = "matrix.npz"


def submit(run_ids: Sequence[str], config: Config, *, owner: str = "") -> Job:
    """Queue a matrix, or return the job that already made it.

    Raises
    ------
    LabError
        If there is no such run, `matrix.check` refuses, or the images of the runs are not there any more.
    """
    chosen = [runs.find(run_id) for run_id in dict.fromkeys(run_ids)]
    matrix.check(chosen, config)
    return queue.submit("matrix", _params(chosen, config, chosen[0].images()), owner=owner)


def job_id(chosen: Sequence[Run], config: Config, dataset: Dataset) -> str:
    """Return the id of the job that makes this matrix of runs on the images of a dataset."""
    return queue.key("matrix", _params(chosen, config, dataset))


def _params(chosen: Sequence[Run], config: Config, dataset: Dataset) -> dict[str, Any]:
    """Return what makes one matrix another: a limit that leaves nothing out is none, however it was asked for."""
    if config.limit >= dataset.counts["test"]:
        config = dataclasses.replace(config, limit=0)
    return {"runs": [[run.id, run.created] for run in chosen], **config.to_json()}


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    chosen = [runs.find(run_id) for run_id, _ in params["runs"]]
    config = Config.parse({name: params[name] for name in Config.names()})
    found = matrix.run(chosen, chosen[0].images(), config, context.progress)
    _arrays.keep(context, _RESULT, {"found": json.dumps(found.to_json())})


def result(job: Job) -> Matrix:
    """Return what a job that is done has measured; a `LabError` where the file is damaged, as `_arrays.kept` has it."""
    with _arrays.kept(job, _RESULT) as stored:
        return Matrix.from_json(json.loads(str(stored["found"])))


SPEC = TaskSpec(name="matrix", label=N_("Runs against noises"), lane="light", run=make)
