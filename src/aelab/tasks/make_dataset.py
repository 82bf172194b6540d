"""Make a dataset as a job: a download or thousands of photos must not hold up a page."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import IO, Any

from aelab import storage
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.shapes import ShapesConfig
from aelab.errors import N_, LabError
from aelab.jobs import folder, queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec

_CHUNK = 1 << 20
_LONGEST_NAME = 60  # characters, of up to four bytes; file systems take 255


def submit_built_in(name: str) -> Job:
    """Queue the making of a built-in dataset that is not stored."""
    return _submit({"name": name})


def submit_shapes(name: str, config: ShapesConfig) -> Job:
    """Queue the drawing of shapes under a name of their own."""
    _check_free(name)
    return _submit({"name": name, "shapes": config.to_json()})


def submit_upload(name: str, content: IO[bytes], file_name: str, size: int, color: str) -> Job:
    """Keep an uploaded file and queue its import.

    The file is kept until then in a folder of its own, named after its content and what is asked of it,
    so that thirty students can bring the same file at once. Its name, made harmless, is what errors call it.
    """
    _check_free(name)
    asked = {"name": name, "file": _harmless(file_name), "size": size, "color": color}
    return _submit({**asked, "upload": _keep(content, asked)})


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    name = params["name"]
    if "upload" in params:
        kept = _uploads() / params["upload"]
        try:
            import_path(kept / params["file"], name, params["size"], params["color"], context.progress)
        finally:
            shutil.rmtree(kept, ignore_errors=True)
    elif "shapes" in params:
        store.import_dataset(name, "shapes", ShapesConfig.parse(params["shapes"]), context.progress)
    else:
        store.open_dataset(name, context.progress)


def _check_free(name: str) -> None:
    if (store.root() / storage.checked_id(name)).exists():
        raise LabError("There is already a dataset called {name}; choose another name or delete it.", name=repr(name))


def _submit(params: Mapping[str, Any]) -> Job:
    """Queue the making of a dataset; a job that made it before it was deleted gives way."""
    job = folder.find(queue.key("make_dataset", params))
    deleted = not (store.root() / params["name"]).exists()
    if job is not None and deleted and folder.status(job).state == "done":
        storage.removed_folder(job.folder)
    return queue.submit("make_dataset", params)


def _uploads() -> Path:
    return storage.artifacts() / "cache" / "uploads"


def _keep(content: IO[bytes], asked: Mapping[str, Any]) -> str:
    """Copy an uploaded file to where the worker finds it; return the name of its folder."""
    digest = hashlib.blake2b(repr(sorted(asked.items())).encode(), digest_size=12)
    content.seek(0)
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
    kept = _uploads() / digest.hexdigest()
    kept.mkdir(parents=True, exist_ok=True)
    content.seek(0)
    with storage.written(kept / asked["file"]) as file:
        while chunk := content.read(_CHUNK):
            file.write(chunk)
    return kept.name


def _harmless(file_name: str) -> str:
    """Return the last part of a file name, with nothing in it but letters, digits, dots, - and _."""
    return re.sub(r"[^\w.-]+", "_", PureWindowsPath(file_name).name)[-_LONGEST_NAME:].lstrip(".") or "upload"


SPEC = TaskSpec(name="make_dataset", label=N_("Making a dataset"), lane="light", run=make)
