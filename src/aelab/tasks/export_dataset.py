"""Write a dataset to one file, as a job: a zip of thousands of pictures takes a while."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aelab import storage
from aelab.datasets.export import Form, export
from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.jobs import folder, queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.tasks import _storing


def params(dataset: Dataset, form: Form) -> dict[str, Any]:
    """Return what identifies the file: asked for twice, it is written once."""
    return {"dataset": dataset.name, "checksum": dataset.checksum, "form": form}


def find(dataset: Dataset, form: Form) -> Job | None:
    """Return the job that writes the file, or has written it, if there is one."""
    return folder.find(queue.key("export_dataset", params(dataset, form)))


def submit(dataset: Dataset, form: Form, *, owner: str = "") -> Job:
    """Queue the writing of the file, or return the job that has written it, as long as the file is there."""
    known = find(dataset, form)
    if known is not None and folder.status(known).state == "done" and not result(known).exists():
        storage.removed_folder(known.folder)
    return queue.submit("export_dataset", params(dataset, form), owner=owner)


def result(job: Job) -> Path:
    """Return where a job that is done has put the file."""
    return job.folder / f"{job.params['dataset']}.{job.params['form']}"


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    dataset = _storing.opened_unchanged(params["dataset"], params["checksum"])
    export(dataset, context.folder / f"{dataset.name}.{params['form']}", params["form"], context.progress)


SPEC = TaskSpec(name="export_dataset", label=N_("Writing a dataset to a file"), lane="light", run=make)
