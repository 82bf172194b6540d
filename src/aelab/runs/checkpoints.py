"""Checkpoints of a run: the newest two, each whole, and each known to be as it was written.

A file is a plain `.npz`; its name tells the epoch, the step and the beginning of its BLAKE2b digest, so that
the name says what the content must be.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aelab import storage
from aelab.errors import LabError
from aelab.training.recorder import Checkpoint

_NAME = re.compile(r"epoch-(\d{6})-step-(\d{8})-([0-9a-f]{16})\.npz")
_KEPT = 2
_SECONDS, _HISTORY = "seconds", "history"  # no variable is called so: their names have a slash


@dataclass(frozen=True)
class Found:
    """What there is to go on from.

    Attributes
    ----------
    checkpoint : Checkpoint or None
        The newest that is as it was written.
    history : tuple of dict
        The lines of `history.jsonl` when it was kept.
    damaged : tuple of str
        Names of newer ones that are not as they were written.
    """

    checkpoint: Checkpoint | None
    history: tuple[Any, ...] = ()
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class _File:
    epoch: int
    step: int
    path: Path
    digest: str


def save(folder: Path, checkpoint: Checkpoint, history: Sequence[Any]) -> None:
    """Write a checkpoint aside, read it back, let it appear, and delete those before the previous one.

    The history of the run is kept with it, since after a power failure the two files could be of different age.

    Raises
    ------
    LabError
        If the disk is full or gives back something else; the earlier ones are still there then.
    """
    buffer = io.BytesIO()
    told = np.frombuffer(json.dumps(list(history)).encode(), np.uint8)
    arrays: dict[str, Any] = {**checkpoint.arrays, _SECONDS: np.float64(checkpoint.seconds), _HISTORY: told}
    np.savez(buffer, allow_pickle=False, **arrays)
    content = buffer.getbuffer()
    digest = _digest(content)
    name = f"epoch-{checkpoint.epoch:06d}-step-{checkpoint.step:08d}-{digest}.npz"
    if folder.parent.is_dir():  # a run that was deleted does not come back
        folder.mkdir(exist_ok=True)
    with storage.written(folder / name) as file:
        file.write(content)
        file.flush()
        if _digest(Path(file.name).read_bytes()) != digest:
            raise LabError("{name} could not be written: the disk gave back something else.", name=name)
    for old in _files(folder)[:-_KEPT]:
        old.path.unlink(missing_ok=True)


def newest(folder: Path) -> Found:
    """Return the newest checkpoint that is as it was written, falling back on the one before it."""
    damaged: list[str] = []
    for file in reversed(_files(folder)):
        try:
            content = file.path.read_bytes()
        except OSError:
            content = b""
        if _digest(content) != file.digest:
            damaged.append(file.path.name)
            continue
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        seconds, told = float(arrays.pop(_SECONDS)), json.loads(arrays.pop(_HISTORY).tobytes())
        return Found(Checkpoint(file.epoch, file.step, seconds, arrays), tuple(told), tuple(damaged))
    return Found(None, damaged=tuple(damaged))


def epochs(folder: Path) -> int | None:
    """Return how many epochs the newest checkpoint has behind it, by its name alone; None where there is none."""
    files = _files(folder)
    return files[-1].epoch if files else None


def _files(folder: Path) -> list[_File]:
    """Return the files that are called as checkpoints are, oldest first."""
    return sorted(_named(folder))


def _named(folder: Path) -> Iterator[_File]:
    for path in folder.glob("epoch-*.npz"):
        match = _NAME.fullmatch(path.name)
        if match:
            yield _File(int(match[1]), int(match[2]), path, match[3])


def _digest(content: bytes | memoryview) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
