"""Selections of images under short names, so that an address can say which images it means.

A selection of thousands has no room in an address.  Its name follows from the images that are selected: the same
selection is kept once, whoever makes it.  What nobody has looked at for longest may be gone one day.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.jobs.queue import key
from aelab.studies._pruning import prune_files

Indices = npt.NDArray[np.intp]

_MOST_BYTES: Final = 64 * 2**20  # seven thousand selections of MNIST, a bit for each of its images
_ENDING: Final = ".bits"
_NAME: Final = re.compile(r"[0-9a-f]{16}")


def root() -> Path:
    """Return the folder in which selections are kept."""
    return storage.artifacts() / "cache" / "selections"


def keep(dataset: Dataset, chosen: npt.ArrayLike) -> str:
    """Keep a selection, if the disk takes it, and return its name: sixteen letters and digits.

    Parameters
    ----------
    dataset : Dataset
    chosen : array_like, int (n,)
        Indices into the dataset.
    """
    mask = np.zeros(len(dataset.labels), bool)
    mask[np.asarray(chosen, np.intp)] = True
    bits = np.packbits(mask).tobytes()
    name = _name(dataset, bits)
    if find(dataset, name) is None:
        path = _path(name)
        with contextlib.suppress(LabError, OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with storage.written(path, lasting=False) as file:
                file.write(bits)
            prune_files(root(), _ENDING, _MOST_BYTES)
    return name


def find(dataset: Dataset, name: str) -> Indices | None:
    """Return the selected images as indices into the dataset, ascending, int (n,).

    None where there is no such selection of these images: it was never made here, is of another dataset, has made room
    for others, or is damaged.
    """
    if not _NAME.fullmatch(name):
        return None
    path = _path(name)
    try:
        bits = path.read_bytes()
        os.utime(path)  # it was looked at
    except OSError:
        return None
    if _name(dataset, bits) != name:
        return None
    return np.flatnonzero(np.unpackbits(np.frombuffer(bits, np.uint8), count=len(dataset.labels)))


def _name(dataset: Dataset, bits: bytes) -> str:
    return key("selection", {"images": dataset.checksum, "bits": bits.hex()}).rpartition("-")[2]


def _path(name: str) -> Path:
    return root() / f"{name}{_ENDING}"
