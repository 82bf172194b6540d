"""The codes of a run's images, encoded once and kept on the disk: every map and every colouring of them asks for these.

They are read through the page cache of the computer and shared by all who look at them, so that a server with many maps
stays small. All of them may be thrown away at any time; what is missing or damaged is encoded again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.inference import Codes, Inference
from aelab.jobs.queue import key
from aelab.runs import Run
from aelab.studies._codes import codes_of, drawn_indices
from aelab.studies._pruning import prune_files

Part = Literal["train", "validation", "test", "all"]

_MOST_BYTES: Final = 2 * 2**30  # 250 runs of MNIST, all 70,000 images, in codes of 32 numbers
_FORMAT: Final = 1
_ENDING: Final = ".npy"


def root() -> Path:
    """Return the folder in which codes are kept."""
    return storage.artifacts() / "cache" / "codes"


def codes(
    run: Run,
    inference: Inference,
    dataset: Dataset,
    part: Part = "test",
    limit: int = 0,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> tuple[npt.NDArray[np.intp], Codes]:
    """Return some images of a part of the split and their codes.

    Parameters
    ----------
    run : Run
    inference : Inference
        Its networks.
    dataset : Dataset
        What it was trained on.
    part : {"test", "train", "validation", "all"}
    limit, seed : int
        How many images, at most, and by which draw; 0 takes all of them.
    progress : callable, optional
        ``progress(share)``, while they are encoded.

    Returns
    -------
    ndarray, int (N,)
        Indices into the dataset, ascending.
    ndarray, float32 (N, K)
        Read-only, memory-mapped where they are kept.

    Raises
    ------
    LabError
        As `_codes.codes_of`.
    """
    indices = drawn_indices(dataset, limit, seed, part)
    whole = len(indices) == dataset.counts[part]
    path = _path(run, {"part": part, "limit": 0 if whole else limit, "seed": 0 if whole else seed})
    found = _read(path, len(indices), inference.latent_dim)
    if found is None:
        made = codes_of(inference, dataset, indices, progress)
        _write(path, made)
        found = _read(path, len(indices), inference.latent_dim)  # what is kept needs no memory of its own
        return indices, made if found is None else found
    return indices, found


def _path(run: Run, drawn: Mapping[str, Any]) -> Path:
    """Return where codes are kept: a run that was made again under an old name has another place."""
    hangs_on = {"format": _FORMAT, "run": run.id, "created": run.created, "images": run.dataset_checksum, **drawn}
    return root() / f"{key('codes', hangs_on)}{_ENDING}"


def _read(path: Path, count: int, latent_dim: int) -> Codes | None:
    """Return what is kept; None where there is nothing, or it is damaged."""
    try:
        found: Codes = np.load(path, mmap_mode="r", allow_pickle=False)
        if found.shape != (count, latent_dim) or found.dtype != np.float32:
            return None
        os.utime(path)  # it was looked at
    except (OSError, ValueError, EOFError):
        return None
    return found


def _write(path: Path, codes: Codes) -> None:
    """Keep codes, if the disk takes them: they can be made again."""
    with contextlib.suppress(LabError, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with storage.written(path, lasting=False) as file:
            np.save(file, codes, allow_pickle=False)
        prune()


def prune() -> None:
    """Delete the codes that nobody has looked at for longest, where they take more than two gigabytes."""
    prune_files(root(), _ENDING, _MOST_BYTES)
