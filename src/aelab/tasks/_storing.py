"""What the tasks have in common that begin with a stored dataset, or end in one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any, Final

from aelab import storage
from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.folder import Job

_LONGEST_NAME = 60  # characters, of up to four bytes; file systems take 255

#: The kinds of jobs that end in a dataset, which they have as `name` among their parameters.
MAKERS: Final = frozenset({"derive_dataset", "import_collection", "make_dataset"})


def check_free(name: str) -> None:
    """Raise a `LabError` if there is a dataset of that name already, or cannot be one."""
    if is_stored(name):
        raise LabError("There is already a dataset called {name}; choose another name or delete it.", name=repr(name))


def check_not_being_made(kind: str, params: Mapping[str, Any]) -> None:
    """Raise a `LabError` if another job is making a dataset of the name `params["name"]`; the same one may be asked."""
    own = queue.key(kind, params)
    for standing in queue.standings():
        job = standing.job
        if job.id != own and job.kind in MAKERS and job.params.get("name") == params["name"]:
            raise LabError(
                "A dataset called {name} is being made right now; choose another name.", name=repr(params["name"])
            )


def is_stored(name: str) -> bool:
    """Return whether there is a dataset of that name."""
    return (store.root() / storage.checked_id(name)).exists()


def opened_unchanged(name: str, checksum: str) -> Dataset:
    """Open the dataset that a job was asked about; raise a `LabError` if it is another one by now."""
    dataset = store.open_dataset(name)
    if dataset.checksum != checksum:
        raise LabError("Dataset {dataset} has changed since this was asked for. Begin again.", dataset=dataset.name)
    return dataset


def submit(kind: str, params: Mapping[str, Any], owner: str) -> Job:
    """Queue the making of the dataset `params["name"]`; a job that made it before it was deleted gives way."""
    job = folder.find(queue.key(kind, params))
    if job is not None and not is_stored(params["name"]) and folder.status(job).state == "done":
        storage.removed_folder(job.folder)
    return queue.submit(kind, params, owner=owner)


def harmless(file_name: str) -> str:
    """Return the last part of a file name, with nothing in it but letters, digits, dots, - and _."""
    return re.sub(r"[^\w.-]+", "_", PureWindowsPath(file_name).name)[-_LONGEST_NAME:].lstrip(".") or "upload"
