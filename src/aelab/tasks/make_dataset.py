"""Make a dataset as a job: a download or thousands of photos must not hold up a page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from aelab import storage
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.shapes import ShapesConfig
from aelab.errors import N_, LabError
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.tasks.spec import TaskSpec

_CHUNK = 1 << 20


def submit_built_in(name: str) -> Job:
    """Queue the making of a built-in dataset."""
    return queue.submit("make_dataset", {"name": name})


def submit_shapes(name: str, config: ShapesConfig) -> Job:
    """Queue the drawing of shapes under a name of their own."""
    _check_free(name)
    return queue.submit("make_dataset", {"name": name, "shapes": config.to_json()})


def submit_upload(name: str, content: IO[bytes], file_name: str, size: int, color: str) -> Job:
    """Keep an uploaded file and queue its import.

    The file is kept under its checksum; of its own name only the ending is used, and only if it is one
    the lab knows.
    """
    _check_free(name)
    upload = _keep(content, _ending(file_name))
    return queue.submit("make_dataset", {"name": name, "upload": upload, "size": size, "color": color})


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    name = params["name"]
    if "upload" in params:
        path = _uploads() / params["upload"]
        try:
            import_path(path, name, params["size"], params["color"], context.progress)
        finally:
            path.unlink(missing_ok=True)
    elif "shapes" in params:
        store.import_dataset(name, "shapes", ShapesConfig.parse(params["shapes"]), context.progress)
    else:
        store.open_dataset(name, context.progress)


def _check_free(name: str) -> None:
    if (store.root() / storage.checked_id(name)).exists():
        raise LabError("There is already a dataset called {name}; choose another name or delete it.", name=repr(name))


def _uploads() -> Path:
    return storage.artifacts() / "cache" / "uploads"


def _keep(content: IO[bytes], ending: str) -> str:
    digest = hashlib.blake2b(digest_size=12)
    content.seek(0)
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
    name = digest.hexdigest() + ending
    _uploads().mkdir(parents=True, exist_ok=True)
    content.seek(0)
    with storage.written(_uploads() / name) as file:
        while chunk := content.read(_CHUNK):
            file.write(chunk)
    return name


def _ending(file_name: str) -> str:
    return next((ending for ending in (".zip", ".npz", ".gz") if file_name.lower().endswith(ending)), "")


SPEC = TaskSpec(name="make_dataset", label=N_("Making a dataset"), lane="light", run=make)
