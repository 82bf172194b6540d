"""Take in a run from another lab, as a job: its networks are built and exported anew, which takes TensorFlow.

A stranger's ONNX is never run.  The config says which networks there are, the weights are held against them layer by
layer, and the server gets what this worker has exported.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy.typing as npt

from aelab import storage
from aelab.errors import N_, LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.models.spec import Shape
from aelab.runs import Run, foreign, owners, transfer
from aelab.runs.transfer import Exported
from aelab.tasks import _storing

_CHUNK = 1 << 20
_RESULT = "run.json"


def submit(name: str, content: IO[bytes], *, owner: str = "") -> Job:
    """Keep a file and queue its import.

    Parameters
    ----------
    name : str
        What its owner calls it.
    content : binary file
    owner : str
        Who asks.

    Raises
    ------
    LabError
        If it is a model of another kind, which the lab never loads.
    """
    kept, digest = _keep(content)
    try:
        foreign.refuse_models(kept, name)
    except LabError:
        shutil.rmtree(kept.parent, ignore_errors=True)
        raise
    params = {"name": _storing.harmless(name), "upload": digest}
    known = jobs.find(queue.key("import_run", params))
    if known is not None and jobs.status(known).state == "done":
        storage.removed_folder(known.folder)  # asked for again: the run was deleted since, or is refused as here
    return queue.submit("import_run", params, owner=owner)


def result(job: Job) -> str:
    """Return the id of the run that a job which is done has brought."""
    return str(storage.read_json(job.folder / _RESULT)["run"])


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    kept = _uploads() / storage.checked_id(params["upload"])
    if not (kept / "run.zip").exists():
        raise LabError("{file} is not there any more; choose it again.", file=params["name"])
    try:
        run = transfer.receive(kept / "run.zip", params["name"], rebuilt, context.progress)
        owners.keep(run.folder, context.owners)
    finally:
        shutil.rmtree(kept, ignore_errors=True)
    storage.write_json(context.folder / _RESULT, {"run": run.id})


def rebuilt(run: Run, shape: Shape, weights: Mapping[str, npt.NDArray[Any]]) -> Exported:
    """Return the networks of a run's config with the given weights, exported anew."""
    from aelab.training.networks import build, to_onnx  # noqa: PLC0415 - seconds of TensorFlow
    from aelab.training.weights import check_room, set_weights  # noqa: PLC0415

    check_room(run.plan, shape, weights)
    networks = build(run.plan, shape)
    set_weights(networks, weights)
    return Exported(to_onnx(networks.encoder), to_onnx(networks.decoder))


def _uploads() -> Path:
    return storage.artifacts() / "cache" / "uploads"


def _keep(content: IO[bytes]) -> tuple[Path, str]:
    """Copy a file to where the worker finds it; return where, and the name of its folder."""
    digest = hashlib.blake2b(b"run", digest_size=12)
    content.seek(0)
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
    kept = _uploads() / digest.hexdigest()
    kept.mkdir(parents=True, exist_ok=True)
    content.seek(0)
    with storage.written(kept / "run.zip") as file:
        shutil.copyfileobj(content, file, _CHUNK)
    return kept / "run.zip", kept.name


SPEC = TaskSpec(name="import_run", label=N_("Bringing a run"), lane="heavy", run=make)
