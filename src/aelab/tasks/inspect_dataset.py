"""Look for what is wrong with a dataset, as a job: thousands of pictures take seconds, and thirty people ask once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aelab import storage
from aelab.cleaning import checks
from aelab.cleaning.inspection import Finding, Inspection, inspect
from aelab.cleaning.spec import Group
from aelab.cleaning.subject import Subject
from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.tasks import _storing

_RESULT = "inspection.json"

Settings = Mapping[str, Mapping[str, Any]]


def submit(dataset: Dataset, settings: Settings, *, owner: str = "") -> Job:
    """Queue an inspection, or return the job that has already made it.

    Parameters
    ----------
    dataset : Dataset
    settings : mapping of str to mapping
        By the name of a check, what differs from its defaults.
    owner : str
        Who asks.
    """
    return queue.submit("inspect_dataset", _params(dataset, settings), owner=owner)


def job_id(dataset: Dataset, settings: Settings) -> str:
    """Return the id of the job that makes an inspection."""
    return queue.key("inspect_dataset", _params(dataset, settings))


def _params(dataset: Dataset, settings: Settings) -> dict[str, Any]:
    chosen = {name: dict(values) for name, values in settings.items() if values}
    return {"dataset": dataset.name, "checksum": dataset.checksum, "settings": chosen}


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    dataset = _storing.opened_unchanged(params["dataset"], params["checksum"])
    found = inspect(Subject.of(dataset), params["settings"], progress=context.progress)
    storage.write_json(context.folder / _RESULT, [_to_json(finding) for finding in found.findings])


def result(job: Job, dataset: Dataset) -> Inspection:
    """Return what a job that is done has found in `dataset`.

    Raises
    ------
    LabError
        If its file is damaged; the job is then forgotten, so that asking again looks anew.
    """
    try:
        findings = tuple(_from_json(each) for each in storage.read_json(job.folder / _RESULT))
    except (LabError, KeyError, TypeError, ValueError, AttributeError) as error:
        storage.removed_folder(job.folder)
        raise LabError(
            "{file} in {folder} is damaged ({reason}).", file=_RESULT, folder=f"jobs/{job.id}", reason=error
        ) from None
    subject = Subject.of(dataset)
    return Inspection(findings, subject.labels, subject.names)


def _to_json(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check.name,
        "config": finding.config.to_json(),
        "groups": [[group.members, group.value, group.keep, group.evidence.to_json()] for group in finding.groups],
        "more": finding.more,
    }


def _from_json(data: Mapping[str, Any]) -> Finding:
    check = checks[data["check"]]
    groups = tuple(
        Group(tuple(members), value, tuple(keep), LabError.from_json(evidence))
        for members, value, keep, evidence in data["groups"]
    )
    return Finding(check, check.config.parse(data["config"]), groups, data["more"])


SPEC = TaskSpec(name="inspect_dataset", label=N_("Looking through a dataset"), lane="light", run=make)
