"""What the tasks have in common that end in a stored dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aelab import storage
from aelab.datasets import store
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.folder import Job


def check_free(name: str) -> None:
    """Raise a `LabError` if there is a dataset of that name already, or cannot be one."""
    if is_stored(name):
        raise LabError("There is already a dataset called {name}; choose another name or delete it.", name=repr(name))


def is_stored(name: str) -> bool:
    """Return whether there is a dataset of that name."""
    return (store.root() / storage.checked_id(name)).exists()


def submit(kind: str, params: Mapping[str, Any]) -> Job:
    """Queue the making of the dataset `params["name"]`; a job that made it before it was deleted gives way."""
    job = folder.find(queue.key(kind, params))
    if job is not None and not is_stored(params["name"]) and folder.status(job).state == "done":
        storage.removed_folder(job.folder)
    return queue.submit(kind, params)
