"""Look at a finished run for what it suffers from: every training ends with it, and older runs can be asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aelab import diagnosis, inference, runs
from aelab.errors import N_
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.runs import Run, RunWriter


def submit(run_id: str, *, owner: str = "") -> Job:
    """Queue a look at a run; a `LabError` where there is none."""
    return queue.submit("diagnose", {"run": runs.find(run_id).id}, owner=owner)


def examine(run: Run) -> None:
    """Write down what every rule finds in a run.

    Raises
    ------
    LabError
        If its networks or its images are not here, or give no numbers.
    """
    case = diagnosis.Case(run, inference.load(run), run.images())
    RunWriter(run).diagnosis([finding.to_json() for finding in diagnosis.diagnose(case)])


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    examine(runs.find(params["run"]))


SPEC = TaskSpec(name="diagnose", label=N_("Diagnosis"), lane="light", run=make)
