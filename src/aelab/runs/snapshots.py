"""What a run's networks made of the same images, epoch by epoch: a file an epoch, thinned to stay small.

When the files together reach the limit, or are more than anybody looks through, every second epoch goes, and from
then on only epochs at the wider distance stay: so they are evenly spread whatever the training still brings.  The
first and the last are never among those that go.  How wide the distance is stands nowhere but in the names of the
files, so a training that is resumed goes on as it would have.
"""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.errors import LabError
from aelab.intake.limits import setting

Arrays = dict[str, npt.NDArray[Any]]

_MOST_EPOCHS = 250  # stops of a slider that can still be told apart, and that a page reads in a moment
_EPOCH_FILE = re.compile(r"epoch-(\d{5,})\.npz")


def most_bytes() -> int:
    """Return what the snapshots of a run may take on disk: `AELAB_SNAPSHOT_MB` megabytes, 20 where it is not set."""
    return setting("SNAPSHOT_MB", 20) * 1_000_000


def epochs(folder: Path) -> list[int]:
    """Return the epochs of which a folder keeps a snapshot, ascending; none where it is missing."""
    try:
        found = [_EPOCH_FILE.fullmatch(path.name) for path in folder.iterdir()]
    except OSError:
        return []
    return sorted(int(match[1]) for match in found if match)


def read(folder: Path, epoch: int, names: Sequence[str] | None = None) -> Arrays:
    """Return the arrays kept after an epoch.

    Parameters
    ----------
    folder : Path
        Of the snapshots.
    epoch : int
    names : sequence of str, optional
        Only these, as far as they are kept: of a snapshot of photos the codes are a small part.

    Raises
    ------
    LabError
        If its file is missing or damaged; it is named.
    """
    path = folder / _name(epoch)
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files if names is None or name in names}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise LabError(
            "{file} in {folder} is damaged ({reason}).",
            file=path.name,
            folder=folder.parent.name,
            reason=storage.reason(error),
        ) from None


def write(folder: Path, epoch: int, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Keep the arrays of an epoch, and let go of as many others as the limit asks for."""
    before = epochs(folder)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    with storage.written(folder / _name(epoch), lasting=False) as file:  # of many, and no training hangs on it
        file.write(buffer.getvalue())
    _thin(folder, distance(before))


def drop_after(folder: Path, epoch: int) -> None:
    """Delete the snapshots of later epochs than this."""
    for later in epochs(folder):
        if later > epoch:
            (folder / _name(later)).unlink(missing_ok=True)


def distance(kept: Sequence[int]) -> int:
    """Return of which power of two kept epochs are multiples, save for the first and the last."""
    if len(kept) > 2 and kept[1] - kept[0] > 1:  # the first multiple itself
        return kept[1] & -kept[1]
    return 2 if len(kept) > 3 and kept[2] - kept[1] == 2 else 1


def thinned(kept: Sequence[int], step: int) -> list[int]:
    """Return those of some epochs that stay: the first, the last, and the multiples of `step`."""
    return [epoch for epoch in kept if epoch % step == 0 or epoch in (kept[0], kept[-1])]


def _thin(folder: Path, step: int) -> None:
    sizes = {epoch: _size(folder / _name(epoch)) for epoch in epochs(folder)}
    room = most_bytes()
    stay = thinned(list(sizes), step)
    while len(stay) > 2 and (len(stay) > _MOST_EPOCHS or sum(sizes[epoch] for epoch in stay) >= room):
        step *= 2
        stay = thinned(stay, step)
    if sum(sizes[epoch] for epoch in stay) >= room:  # not even two of these images fit
        stay = stay[-1:]
    for epoch in sizes.keys() - set(stay):
        with contextlib.suppress(OSError):  # on Windows, while somebody reads it; it goes the next time
            (folder / _name(epoch)).unlink(missing_ok=True)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _name(epoch: int) -> str:
    return f"epoch-{epoch:05d}.npz"
