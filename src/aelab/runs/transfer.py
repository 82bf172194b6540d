"""Carry a run from one lab to another as one zip, which is looked through before anything of it appears.

The zip has the run's files under their own names and a `manifest.json` with the size and BLAKE2b digest of each.
The weights are what counts: whoever receives a run builds its networks anew and lets them decide nothing else. The
ONNX networks in it are for other programs; the lab runs none that it has not exported itself.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy.typing as npt

import aelab
from aelab import storage
from aelab.errors import LabError
from aelab.intake import npz
from aelab.intake.names import printable
from aelab.intake.zips import NotAZipError, opened_zip
from aelab.jobs import folder as jobs
from aelab.models.spec import Shape
from aelab.runs import _parcel, about, contents, foreign
from aelab.runs._parcel import FORMAT, MANIFEST, MOST_BYTES, NEEDED, NETWORKS, ONNX, WEIGHTS, Parcel
from aelab.runs.run import Run, root
from aelab.runs.store import lock, touch

_EPOCH_OF_ZIPS: Final = (1980, 1, 1, 0, 0, 0)  # so that a run always gives the same bytes


@dataclass(frozen=True)
class Seen:
    """What a zip says that it holds: a run, and the shape (H, W, C) of its images."""

    run: Run
    shape: Shape


#: Builds networks of a run for images of a shape, gives them the weights, and returns them by name as ONNX files;
#: raises a `LabError` if the weights do not fit.
Rebuild = Callable[[Run, Shape, Mapping[str, npt.NDArray[Any]]], Mapping[str, bytes]]


def export(run: Run, shape: Shape, file: IO[bytes], *, networks_only: bool = False) -> None:
    """Write a finished run as a zip.

    Parameters
    ----------
    run : Run
    shape : tuple of int
        (H, W, C) of its images.
    file : binary file
    networks_only : bool
        Leave out everything but the networks and the weights; such a zip cannot be imported.

    Raises
    ------
    LabError
        If the run is not done, or has lost a file.
    """
    run.metrics()
    networks = [*(f"{name}.onnx" for name in run.networks), WEIGHTS]
    others = [*NEEDED, *networks, "history.jsonl", "environment.json", about.FILE, *_snapshots(run)]
    names = networks if networks_only else list(dict.fromkeys(others))
    listed = {}
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            content = _content(run, name)
            if content is None:
                continue
            listed[name] = {"bytes": len(content), "blake2b": hashlib.blake2b(content).hexdigest()}
            _add(archive, name, content)
        manifest = {"format": FORMAT, "aelab": aelab.__version__, "run": run.id, "shape": list(shape), "files": listed}
        _add(archive, MANIFEST, json.dumps(manifest, indent=1).encode())


def look(path: Path, name: str) -> Seen:
    """Return what is in the zip of a run, without reading more than its lists and its config.

    Parameters
    ----------
    path : Path
    name : str
        What its owner calls the file.

    Raises
    ------
    LabError
        If it is no export of a run, or the run is here already; what else can be wrong with it, `receive` finds.
    """
    with _opened(path, name) as parcel:
        if (root() / parcel.run.id).exists():
            raise _is_here(parcel.run)
        return Seen(parcel.run, parcel.shape)


def receive(path: Path, name: str, rebuild: Rebuild, progress: Callable[[float], None] = lambda share: None) -> Run:
    """Take in the run of a zip that anybody may have made: whole and checked, or not at all.

    Parameters
    ----------
    path : Path
    name : str
        What its owner calls the file.
    rebuild : callable
    progress : callable
        Told the share that is done.

    Returns
    -------
    Run
        Marked as imported. Its dataset need not be here.

    Raises
    ------
    LabError
        If the run is here already, or anything about the file is not as an export is.
    """
    with _opened(path, name) as parcel:
        run = parcel.run
        _check_free(run)
        try:
            with storage.written_folder(root() / run.id) as folder:
                parcel.unpack(folder, progress)
                _check(folder, parcel)
                weights = npz.arrays(folder / WEIGHTS, MOST_BYTES)
                exported = rebuild(run, parcel.shape, weights)
                _keep_networks(folder, exported)
                _mark(folder)
        except FileExistsError:
            raise _is_here(run) from None
    touch()
    return run


@contextlib.contextmanager
def _opened(path: Path, name: str) -> Iterator[Parcel]:
    """Open a zip that its owner calls `name`."""
    not_one = LabError(
        "{file} is no exported run: it is not a zip file, or not a whole one. Bring the zip that the Compare page or "
        "`aelab runs export` writes.",
        file=printable(name),
    )
    try:
        with opened_zip(path) as archive:
            if not foreign.is_whole(archive):  # zipfile finds the weights, which are a zip in the zip
                raise not_one
            yield _parcel.opened(archive, printable(name))
    except NotAZipError:
        raise not_one from None


def _check(folder: Path, parcel: Parcel) -> None:
    """Look at what was unpacked, but for the weights."""
    run = parcel.run
    history = folder / "history.jsonl"  # which a run has not that was finished within its first epoch
    contents.check_history(history.read_bytes() if history.exists() else b"", run.plan.model)
    contents.check_metrics(contents.read_json((folder / "metrics.json").read_bytes(), "metrics.json"), run.plan.model)
    for name in ("environment.json", about.FILE):
        if (folder / name).exists():
            found = contents.read_json((folder / name).read_bytes(), name)
            if name == about.FILE:
                about.parse(found)
    for path in (folder / "snapshots").iterdir():
        contents.check_snapshot(path, parcel.shape, run.plan.model_config, run.plan.model)


def _keep_networks(folder: Path, exported: Mapping[str, bytes]) -> None:
    """Put networks that were exported here in the place of those that came."""
    for name in ONNX:
        (folder / name).unlink(missing_ok=True)
    for name, content in exported.items():
        (folder / f"{name}.onnx").write_bytes(content)


def _mark(folder: Path) -> None:
    """Write down that a run was imported, whatever it says itself; nobody here has put it away."""
    said = about.parse(storage.read_json(folder / about.FILE)) if (folder / about.FILE).exists() else about.About()
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    storage.write_json(folder / about.FILE, said.to_json() | {"imported": now, "archived": False})


def _check_free(run: Run) -> None:
    """Refuse a run that is here; forget what is left of a job of one that is not."""
    with lock():
        if (root() / run.id).exists():
            raise _is_here(run)
        job = jobs.find(run.id)
        if job is not None:
            if jobs.status(job).state in jobs.OPEN:
                raise _is_here(run)
            storage.removed_folder(job.folder)


def _snapshots(run: Run) -> list[str]:
    return sorted(f"snapshots/{path.name}" for path in (run.folder / "snapshots").glob("epoch-*.npz"))


def _content(run: Run, name: str) -> bytes | None:
    """Return a file of a run, or None where it has none and needs none."""
    try:
        return (run.folder / name).read_bytes()
    except FileNotFoundError:
        if name not in (*NEEDED, *NETWORKS):
            return None
        raise LabError(
            "Run {run} has no {network} yet, or has lost it. Choose another run, or train it again.",
            run=run.id,
            network=name,
        ) from None


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _EPOCH_OF_ZIPS)
    packed = name.endswith((".npz", ".onnx"))  # floats do not get smaller
    member.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    archive.writestr(member, content)


def _is_here(run: Run) -> LabError:
    return LabError("Run {run} is already here; delete it first to take in this one.", run=run.id)
