"""What one method makes of one corruption, image by image, measured once and kept: comparisons are put together of it.

A cell is kept under what it hangs on, so that a run or a dataset that was made again under an old name finds nothing of
the old one. All of them may be thrown away at any time; what is missing or damaged is measured again.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from aelab import __version__, storage
from aelab.errors import LabError
from aelab.filters.spec import Settings
from aelab.jobs.queue import key
from aelab.studies._measures import Values, quality, quality_names
from aelab.studies._pruning import prune_files
from aelab.studies.draws import Draw
from aelab.studies.methods import Method, Ready

_FORMAT: Final = 1
_MOST_BYTES: Final = 512 * 2**20  # 20,000 cells of 1,000 images
_ABOUT: Final = "about"  # no measure has this name
_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True)
class Cell:
    """What a method makes of a draw.

    Attributes
    ----------
    values : mapping of str to ndarray
        PSNR and every SSIM by name, float64 (N,), in the order of `Draw.test`. PSNR is infinite where an image came
        back as the clean one.
    milliseconds : float
        Of restoring one image, by the clock, with whatever else the computer did.
    settings : mapping
        What a filter was tuned to.
    """

    values: Values
    milliseconds: float
    settings: Settings


def root() -> Path:
    """Return the folder in which cells are kept."""
    return storage.artifacts() / "cells"


def measured(method: Method, draw: Draw) -> Cell:
    """Return what is kept of a method and a draw, or measure it and keep that."""
    path = _path(method, draw)
    found = _read(path, draw.n)
    if found is None:
        found = measure(method.ready(draw), draw)
        _write(path, found)
    return found


def measure(ready: Ready, draw: Draw) -> Cell:
    """Return what a method that is ready for a draw makes of it, measured now."""
    clean, noisy, labels = draw.test
    begun = time.perf_counter()
    restored = ready.restore(noisy, labels)
    spent = time.perf_counter() - begun
    return Cell(quality(clean, restored), 1000 * spent / len(clean), ready.settings)


def is_kept(method: Method, draw: Draw) -> bool:
    """Return whether there is a cell, which may be damaged all the same."""
    return _path(method, draw).exists()


def prune() -> None:
    """Delete the cells that nobody has looked at for longest, where they take more than half a gigabyte."""
    prune_files(root(), ".npz", _MOST_BYTES)


def _path(method: Method, draw: Draw) -> Path:
    """Return where a cell is kept: another of anything that it hangs on is another place."""
    return root() / f"{key('cell', _hangs_on(method, draw))}.npz"


def _hangs_on(method: Method, draw: Draw) -> dict[str, Any]:
    corruption = draw.corruption
    return {
        "format": _FORMAT,
        "version": __version__,  # of another one, a noise or filter may do otherwise
        "measures": list(quality_names()),
        "method": method.key,
        "dataset": draw.dataset.checksum,
        "corruption": [corruption.how, *([part.noise, part.level] for part in corruption.parts)],
        "seed": draw.seed,
        "n": draw.n,
    }


def _read(path: Path, n: int) -> Cell | None:
    """Return a cell of `n` images; None where there is none, or it is damaged."""
    try:
        with open(path, "rb") as source, np.load(source, allow_pickle=False) as stored:
            values: dict[str, npt.NDArray[np.float64]] = {
                name: np.asarray(stored[name], np.float64) for name in stored.files if name != _ABOUT
            }
            about: Mapping[str, Any] = json.loads(str(stored[_ABOUT]))
            found = Cell(values, float(about["milliseconds"]), dict(about["settings"]))
    except _DAMAGE:
        return None
    if any(each.shape != (n,) for each in values.values()):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # it was looked at
    return found


def _write(path: Path, cell: Cell) -> None:
    """Keep a cell, if the disk takes it: it can be measured again."""
    about = json.dumps({"milliseconds": cell.milliseconds, "settings": dict(cell.settings)})
    with contextlib.suppress(LabError, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with storage.written(path, lasting=False) as file:
            np.savez(file, allow_pickle=False, **{_ABOUT: np.asarray(about)}, **cell.values)
