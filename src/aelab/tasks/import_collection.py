"""Make a dataset of what was collected from the web, as a job."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aelab import collecting, storage
from aelab.datasets.importing import import_paths
from aelab.datasets.originals import Credit
from aelab.datasets.prepare import Prepare
from aelab.errors import N_
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.tasks import _storing


def credits_of(folder: Path) -> dict[str, Credit]:
    """Return where the pictures of a folder are from, by their path below it; nothing if they were not collected."""
    found = collecting.collected(folder) if folder.is_dir() else {}
    return {file: Credit(each.address, each.licence, each.author) for file, each in found.items()}


def submit(collection: str, name: str, prepare: Prepare, *, owner: str = "") -> Job:
    """Queue the making of the dataset `name` of everything in a collection."""
    _storing.check_free(name)
    params = {"name": name, "collection": storage.checked_id(collection), "prepare": prepare.to_json()}
    _storing.check_not_being_made("import_collection", params)
    return _storing.submit("import_collection", params, owner)


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    folder = collecting.root() / params["collection"]
    import_paths([folder], params["name"], params["prepare"], progress=context.progress, origins=credits_of(folder))


SPEC = TaskSpec(name="import_collection", label=N_("Making a dataset"), lane="light", run=make)
