"""Hold a run against classical filters as a job: tuning them takes from seconds to minutes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aelab import inference, runs
from aelab.errors import N_
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.runs import Run
from aelab.runs.run import no_encoder
from aelab.studies import baselines
from aelab.studies.baselines import Baselines, Config
from aelab.tasks import _arrays

_RESULT = "baselines.npz"


def submit(run_id: str, config: Config, *, owner: str = "") -> Job:
    """Queue a comparison, or return the job that already did it.

    Raises
    ------
    LabError
        If there is no such run, or it looks at no images.
    """
    run = runs.find(run_id)
    if not run.reconstructs:
        raise no_encoder(run.id)
    return queue.submit("baselines", _params(run, config), owner=owner)


def job_id(run: Run, config: Config) -> str:
    """Return the id of the job that makes this comparison."""
    return queue.key("baselines", _params(run, config))


def _params(run: Run, config: Config) -> dict[str, Any]:
    return {"run": run.id, "created": run.created, **config.to_json()}


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    run = runs.find(params["run"])
    config = Config.parse({name: params[name] for name in Config.names()})
    found = baselines.run(inference.load(run), run.images(), config, context.progress)
    _arrays.keep(context, _RESULT, {"found": json.dumps(found.to_json())})


def result(job: Job) -> Baselines:
    """Return what a job that is done has found; a `LabError` where the file is damaged, as `_arrays.kept` has it."""
    with _arrays.kept(job, _RESULT) as stored:
        return Baselines.from_json(json.loads(str(stored["found"])))


SPEC = TaskSpec(name="baselines", label=N_("Comparison with filters"), lane="light", run=make)
