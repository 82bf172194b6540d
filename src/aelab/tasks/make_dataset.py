"""Make a dataset as a job: a download or thousands of photos must not hold up a page."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from aelab import storage
from aelab.datasets import store
from aelab.datasets.importing import import_path, import_paths, source_for
from aelab.datasets.prepare import Prepare
from aelab.datasets.recipe import Recipe
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.split import SplitPlan
from aelab.errors import N_, LabError
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.tasks import _storing

MAKERS = _storing.MAKERS

_CHUNK = 1 << 20
_SECONDS_TO_ASK = 600  # between an upload's first byte on the disk and the job that names it

#: An uploaded file: what its owner called it, and its content.
Upload = tuple[str, IO[bytes]]


def submit_built_in(name: str, *, owner: str = "") -> Job:
    """Queue the making of a built-in dataset that is not stored."""
    return _storing.submit("make_dataset", {"name": name}, owner)


def submit_shapes(name: str, config: ShapesConfig, *, owner: str = "") -> Job:
    """Queue the drawing of shapes under a name of their own."""
    _storing.check_free(name)
    params = {"name": name, "shapes": config.to_json()}
    _storing.check_not_being_made("make_dataset", params)
    return _storing.submit("make_dataset", params, owner)


def submit_upload(name: str, content: IO[bytes], file_name: str, size: int, color: str, *, owner: str = "") -> Job:
    """Keep an uploaded file and queue its import, pictures as squares.

    The file is kept until then in a folder of its own, named after its content and what is asked of it,
    so that thirty students can bring the same file at once. Its name, made harmless, is what errors call it.
    """
    _storing.check_free(name)
    file = _storing.harmless(file_name)
    asked = {"name": name, "file": file, "size": size, "color": color}
    return _storing.submit("make_dataset", {**asked, "upload": _keep([(file, content)], asked)}, owner)


def submit_uploads(
    name: str,
    uploads: Sequence[Upload],
    prepare: Prepare,
    split: SplitPlan | None = None,
    recipe: Recipe | None = None,
    *,
    owner: str = "",
) -> Job:
    """Keep uploaded files and queue their import as one dataset.

    Parameters
    ----------
    name : str
    uploads : sequence of (str, binary file)
        One archive, file of arrays or picture; or several pictures.
    prepare : Prepare
        For pictures; arrays keep the size and colour they have.
    split : SplitPlan, optional
        As is usual for what comes, if it is not given.
    recipe : Recipe, optional
        Decides all instead.
    owner : str
        Who asks.

    Raises
    ------
    LabError
        If the name is taken or cannot be used, or there is no file.
    """
    _storing.check_free(name)
    if not uploads:
        raise LabError("There is no file to import; choose one or more.")
    names = _different([_storing.harmless(file_name) for file_name, _ in uploads])
    asked = {
        "name": name,
        "files": names,
        "prepare": prepare.to_json(),
        "split": split.to_json() if split else {},
        "recipe": recipe.to_json() if recipe else None,
    }
    kept = _keep([(file, content) for file, (_, content) in zip(names, uploads, strict=True)], asked)
    params = {**asked, "upload": kept}
    try:
        _storing.check_not_being_made("make_dataset", params)
    except LabError:
        shutil.rmtree(_uploads() / kept, ignore_errors=True)
        raise
    return _storing.submit("make_dataset", params, owner)


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    name = params["name"]
    if "upload" in params:
        kept = _uploads() / params["upload"]
        try:
            _import(kept, params, context)
        finally:
            shutil.rmtree(kept, ignore_errors=True)
    elif "shapes" in params:
        store.import_dataset(name, "shapes", ShapesConfig.parse(params["shapes"]), context.progress)
    else:
        store.open_dataset(name, context.progress)


def _import(kept: Path, params: Mapping[str, Any], context: JobContext) -> None:
    if "file" in params:
        import_path(kept / params["file"], params["name"], params["size"], params["color"], context.progress)
        return
    paths = [kept / file for file in params["files"]]
    recipe = Recipe.from_json(params["recipe"]) if params["recipe"] else None
    as_they_are = recipe is not None or (len(paths) == 1 and source_for(paths[0]) == "arrays")
    import_paths(
        paths,
        params["name"],
        prepare={} if as_they_are else params["prepare"],
        split={} if recipe else params["split"],
        recipe=recipe,
        progress=context.progress,
    )


def _uploads() -> Path:
    return storage.artifacts() / "cache" / "uploads"


def _keep(uploads: Sequence[Upload], asked: Mapping[str, Any]) -> str:
    """Copy uploaded files to where the worker finds them; return the name of their folder."""
    _forget_old_uploads()
    digest = hashlib.blake2b(repr(sorted(asked.items())).encode(), digest_size=12)
    for _, content in uploads:
        content.seek(0)
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
    kept = _uploads() / digest.hexdigest()
    kept.mkdir(parents=True, exist_ok=True)
    for name, content in uploads:
        content.seek(0)
        with storage.written(kept / name) as file:
            while chunk := content.read(_CHUNK):
                file.write(chunk)
    return kept.name


def _forget_old_uploads() -> None:
    """Delete what was uploaded for imports that were cancelled or killed: no open job names it."""
    if not _uploads().exists():
        return
    waited_for = {standing.job.params.get("upload") for standing in queue.standings()}
    for folder in _uploads().iterdir():
        with contextlib.suppress(OSError):  # gone meanwhile
            if folder.name not in waited_for and folder.stat().st_mtime < time.time() - _SECONDS_TO_ASK:
                shutil.rmtree(folder, ignore_errors=True)


def _different(names: list[str]) -> list[str]:
    """Return the names with a number before each where two of them are one; cases are one on some systems."""
    if len({name.casefold() for name in names}) == len(names):
        return names
    return [f"{number:04}-{name}" for number, name in enumerate(names, start=1)]


SPEC = TaskSpec(name="make_dataset", label=N_("Making a dataset"), lane="light", run=make)
