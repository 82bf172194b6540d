"""Take in a run from another lab, as a job: its networks are built and exported anew, which takes TensorFlow.

A stranger's ONNX is never run.  The config says which networks there are, the weights are held against them layer by
layer, and the server gets what this worker has exported.

It does not wait behind trainings: TensorFlow or not, it takes seconds of one core (four, of which two are the import of
TensorFlow), and what memory it needs is known before it starts.
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
from aelab.jobs import queue, room
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.job import Expected
from aelab.jobs.spec import TaskSpec
from aelab.models.spec import Shape
from aelab.runs import Run, foreign, owners, transfer
from aelab.runs.transfer import Seen
from aelab.tasks import _storing
from aelab.training.estimate import estimate

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
        If it is a model of another kind, which the lab never loads, or no export of a run; if that run is here, or
        could never be held in memory.
    """
    kept, digest = _keep(content)
    try:
        foreign.refuse_models(kept, name)
        seen = transfer.look(kept, name)
        memory = _memory_bytes(seen)
    except LabError:
        shutil.rmtree(kept.parent, ignore_errors=True)
        raise
    params = {"name": _storing.harmless(name), "upload": digest, "run": seen.run.id}
    known = jobs.find(queue.key("import_run", params))
    if known is not None and jobs.status(known).state == "done":
        storage.removed_folder(known.folder)  # asked for again: the run was deleted since, or is refused as here
    return queue.submit("import_run", params, owner=owner, expected=Expected(memory_bytes=memory))


def _memory_bytes(seen: Seen) -> int:
    """Return what the worker will take: as much as the export after a training of a single image."""
    needed, there_is = estimate(seen.run.plan, seen.shape, 1, 1).memory_bytes, room.most_memory()
    if needed > there_is:
        raise LabError(
            "Building the networks of {run} would take about {needed} GB of memory; workers may have {there_is} GB "
            "here. Bring it to a computer with more.",
            run=seen.run.id,
            needed=round(needed / 1e9, 1),
            there_is=round(there_is / 1e9, 1),
        )
    return needed


def result(job: Job) -> str:
    """Return the id of the run that a job which is done has brought."""
    return str(storage.read_json(job.folder / _RESULT)["run"])


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    import tensorflow as tf  # noqa: PLC0415 - seconds

    tf.config.set_visible_devices([], "GPU")  # a training may be on it, and building and exporting need none
    kept = _uploads() / storage.checked_id(params["upload"])
    if not (kept / "run.zip").exists():
        raise LabError("{file} is not there any more; choose it again.", file=params["name"])
    try:
        run = transfer.receive(kept / "run.zip", params["name"], rebuilt, context.progress)
        owners.keep(run.folder, context.owners)
    finally:
        shutil.rmtree(kept, ignore_errors=True)
    storage.write_json(context.folder / _RESULT, {"run": run.id})


def rebuilt(run: Run, shape: Shape, weights: Mapping[str, npt.NDArray[Any]]) -> dict[str, bytes]:
    """Return the networks of a run's config with the given weights, exported anew, by name."""
    from aelab.training.networks import build, to_onnx  # noqa: PLC0415 - seconds of TensorFlow
    from aelab.training.weights import check_room, set_weights  # noqa: PLC0415

    check_room(run.plan, shape, weights)
    networks = build(run.plan, shape)
    set_weights(networks, weights)
    return {name: to_onnx(network) for name, network in networks.kept.items()}


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


SPEC = TaskSpec(name="import_run", label=N_("Bringing a run"), lane="light", run=make)
