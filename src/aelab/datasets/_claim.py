"""Who may write a dataset of a name, how much, and what becomes of one that was never finished."""

from __future__ import annotations

import contextlib
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import filelock

from aelab import storage
from aelab.errors import LabError
from aelab.intake import limits

_UNFINISHED = re.compile(r"\.([a-z0-9][a-z0-9_-]*)\.[0-9a-f]{8}")


class Allowance:
    """The bytes that may still be written, for one dataset and for all of them together.

    Parameters
    ----------
    root : Path
        The folder of all datasets.
    """

    def __init__(self, root: Path) -> None:
        self._spent = 0
        self._before = _bytes_in(root)

    def spend(self, count: int) -> None:
        """Take note that `count` bytes are about to be written; a `LabError` where that is too much."""
        self._spent += count
        if self._spent > limits.MOST_DATASET_BYTES:
            raise LabError(
                "The dataset would take more than the {most} on disk that one may; bring fewer or smaller pictures.",
                most=limits.amount(limits.MOST_DATASET_BYTES),
            )
        if self._before + self._spent > limits.MOST_BYTES_IN_ALL:
            raise LabError(
                "All datasets together would take more than the {most} on disk that they may; delete some first.",
                most=limits.amount(limits.MOST_BYTES_IN_ALL),
            )


@contextlib.contextmanager
def claimed(root: Path, name: str) -> Iterator[Path]:
    """Fill the folder of a new dataset under a temporary name, alone; it appears whole or not at all.

    Raises
    ------
    LabError
        If there is a dataset of that name, or somebody is making one.
    """
    with locked(root, name, wait=False):
        if (root / name).exists():
            raise taken(name)
        sweep(root, ours=name)
        try:
            with storage.written_folder(root / name) as folder:
                yield folder
        except FileExistsError:  # by somebody who holds no lock, such as a copy from elsewhere
            raise taken(name) from None


@contextlib.contextmanager
def locked(root: Path, name: str, *, wait: bool) -> Iterator[None]:
    """Hold a dataset's name while it is made: the lock is let go when the process ends, however it ends."""
    root.mkdir(parents=True, exist_ok=True)
    path = root / f".{name}.lock"
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=-1 if wait else 0)
    except filelock.Timeout:
        raise LabError(
            "A dataset called {name} is being made at this moment; choose another name, or wait.", name=repr(name)
        ) from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows deletes no open file
            path.unlink()  # while it is held: whoever waits for it notices, and makes another
        lock.release()


def taken(name: str) -> LabError:
    """Return what is said when a name is not free."""
    return LabError("There is already a dataset called {name}; choose another name or delete it.", name=repr(name))


def sweep(root: Path, ours: str = "") -> None:
    """Delete what an import left behind that was killed: folders under a temporary name that nobody holds.

    Parameters
    ----------
    root : Path
    ours : str
        The name whose lock the caller holds.
    """
    for folder in [*root.glob(".*.????????")] if root.exists() else []:
        match = _UNFINISHED.fullmatch(folder.name)
        if match is None or not folder.is_dir():
            continue
        if match[1] == ours:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            with contextlib.suppress(LabError), locked(root, match[1], wait=False):
                shutil.rmtree(folder, ignore_errors=True)


def _bytes_in(root: Path) -> int:
    """Return what all files take, those with several names counted once."""
    sizes: dict[tuple[int, int], int] = {}
    for path in root.rglob("*"):
        with contextlib.suppress(OSError):  # gone meanwhile
            found = path.stat()
            if stat.S_ISREG(found.st_mode):
                sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())
