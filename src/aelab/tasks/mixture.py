"""Fit a mixture on the codes of a run as a job: encoding 20,000 images and fitting takes seconds to a minute."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aelab import inference, runs
from aelab.errors import N_
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.runs import Run
from aelab.studies import generation, prior
from aelab.studies.generation import Generation
from aelab.studies.prior import Mixture
from aelab.tasks import _arrays

_RESULT = "mixture.npz"
_SHARE_OF_FIT = 0.7


@dataclass(frozen=True)
class Fitted:
    """What the job leaves.

    Attributes
    ----------
    mixture : Mixture
    generation : Generation or None
        How close what it draws is to the test images; None where there are too few images to tell.
    """

    mixture: Mixture
    generation: Generation | None


def submit(run_id: str, *, owner: str = "") -> Job:
    """Queue a fit, or return the job that already did it; a `LabError` where a run has no encoder."""
    run = runs.find(run_id)
    if not run.encodes:
        raise run.lacks_code()
    return queue.submit("mixture", _params(run), owner=owner)


def job_id(run: Run) -> str:
    """Return the id of the job that fits a mixture on the codes of a run."""
    return queue.key("mixture", _params(run))


def _params(run: Run) -> dict[str, Any]:
    return {"run": run.id, "created": run.created}


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    run = runs.find(params["run"])
    networks, images = inference.load(run), run.images()
    mixture = prior.fit(networks, images)
    context.progress(_SHARE_OF_FIT)
    possible = generation.is_possible(images)
    found = generation.measure(networks, images, generation.Config(prior="mixture"), mixture) if possible else None
    arrays = {
        "weights": mixture.weights,
        "means": mixture.means,
        "factors": mixture.factors,
        "n_codes": mixture.n_codes,
        "generation": json.dumps(found.to_json() if found else None),
    }
    _arrays.keep(context, _RESULT, arrays)


def result(job: Job) -> Fitted:
    """Return what a job that is done has fitted; a `LabError` where the file is damaged, as `_arrays.kept` has it."""
    with _arrays.kept(job, _RESULT) as stored:
        mixture = Mixture(stored["weights"], stored["means"], stored["factors"], int(stored["n_codes"]))
        found = json.loads(str(stored["generation"]))
        return Fitted(mixture, Generation(**found) if found else None)


SPEC = TaskSpec(name="mixture", label=N_("Mixture fitted on codes"), lane="light", run=make)
