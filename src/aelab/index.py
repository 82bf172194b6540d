"""The lists of runs and jobs, without reading a thousand files for every page.

What the files in a folder say is kept in memory and in `artifacts/index.sqlite`, beside a signature of
those files.  As long as the signature is the same, so is what they say.  The files stay the truth: the
index can be deleted at any moment, and where it cannot be read or written, the lists are as right and a
little slower.

Three rules make that safe.  A look trusts the previous one only if no entry has come or gone since (the
parent folder tells) and it is no older than two seconds.  What may change at any moment, such as a job that
runs, is read anew at every look.  And a time stamp younger than a file system's clock can tell apart proves
nothing, as in git: such an entry is read anew as well.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from aelab import storage

T = TypeVar("T")
R = TypeVar("R")

_FORMAT: Final = 1  # of the database: one of another format is made anew
_TRUST_SECONDS: Final = 2.0
_SECOND_NS: Final = 1_000_000_000
_STEP_NS: Final = _SECOND_NS // 10  # more than the clock of a file system takes for a step
_COARSE_STEP_NS: Final = 2 * _SECOND_NS  # FAT's, and of others that count whole seconds
_PATIENCE_SECONDS: Final = 2.0  # for another process that writes
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError)
_log = logging.getLogger(__name__)

#: Inode, time and size of each watched file; an empty one where it is missing.
Signature = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What is indexed.

    Attributes
    ----------
    name : str
    root : callable
        Return the folder whose folders are the entries.
    files : tuple of str
        The files of an entry that its row is made of.
    read : callable
        Return the row of an entry's folder, from its files; None for what is not to be listed.
    settled : callable
        Whether a row changes only when a writer changes its files, and calls `touch`.
    to_json, from_json : callable
        How a row is kept.  ``from_json(id, data)`` may raise what reading damaged JSON does.
    """

    name: str
    root: Callable[[], Path]
    files: tuple[str, ...]
    read: Callable[[Path], T | None]
    settled: Callable[[T], bool]
    to_json: Callable[[T], Any]
    from_json: Callable[[str, Any], T]


@dataclass(frozen=True)
class _Entry(Generic[T]):
    signature: Signature
    row: T | None
    settled: bool


class Index(Generic[T]):
    """The rows of one kind, for every thread of this process.

    Parameters
    ----------
    kind : Kind
    """

    def __init__(self, kind: Kind[T]) -> None:
        self._kind = kind
        self._lock = threading.RLock()
        self._root: Path | None = None
        self._entries: dict[str, _Entry[T]] = {}
        self._unsaved: set[str] = set()
        self._gone: set[str] = set()
        self._saved = -math.inf
        self._looked: tuple[tuple[int, ...], float] | None = None  # the parent's stamp, and when

    def rows(self) -> dict[str, T]:
        """Return what there is, by id."""
        with self._lock:
            root = self._kind.root()
            stamp = _stamp(root)
            if root != self._root:  # another artifacts folder
                self._begin(root)
            if self._looked is None or self._looked[0] != stamp or _has_aged(self._looked[1]):
                self._reconcile(root, stamp)
            else:
                for name, entry in self._entries.items():
                    if not entry.settled:
                        self._entries[name] = self._entry(root / name)
            return {name: entry.row for name, entry in self._entries.items() if entry.row is not None}

    def afresh(self, entry_id: str) -> T | None:
        """Return the row of one entry, read from its files whatever the index says."""
        with self._lock:
            entry = self._entries[entry_id] = self._entry(self._kind.root() / entry_id)
            return entry.row

    def _begin(self, root: Path) -> None:
        self._root, self._entries, self._looked = root, self._stored(root), None
        self._unsaved, self._gone, self._saved = set(), set(), -math.inf

    def _reconcile(self, root: Path, stamp: tuple[int, ...]) -> None:
        """Bring the rows up to date with the folder, reading only what is new or has changed."""
        before, self._entries = self._entries, {}
        begun = time.monotonic()
        for path in storage.folders(root):
            known = before.get(path.name)
            usable = known is not None and known.settled and known.signature == self._signature(path)
            self._entries[path.name] = known if known is not None and usable else self._entry(path)
        self._looked = None if _is_young(stamp[1:2]) else (stamp, begun)
        self._unsaved &= self._entries.keys()
        self._gone = (self._gone | before.keys()) - self._entries.keys()
        if _has_aged(self._saved):  # thirty people who ask at once need not write it thirty times
            self._save(root)

    def _entry(self, path: Path) -> _Entry[T]:
        self._unsaved.add(path.name)
        signature = self._signature(path)  # before the files are read: what changes meanwhile is read again
        row = self._kind.read(path)
        young = _is_young(stamp[1] for stamp in signature if stamp)
        return _Entry(signature, row, row is not None and not young and self._kind.settled(row))

    def _signature(self, path: Path) -> Signature:
        return tuple(_stamp(f"{path}{os.sep}{file}") for file in self._kind.files)

    def _stored(self, root: Path) -> dict[str, _Entry[T]]:
        """Return the rows that another process, or an earlier one, has kept."""
        found = {}
        for name, signature, row in _Database(root.parent).load(self._kind.name):
            with contextlib.suppress(*_UNREADABLE):
                stamps = tuple(tuple(map(int, stamp)) for stamp in json.loads(signature))
                found[name] = _Entry(stamps, self._kind.from_json(name, json.loads(row)), settled=True)
        return found

    def _save(self, root: Path) -> None:
        """Keep what is settled by now for the next process."""
        self._saved = time.monotonic()
        rows = []
        for name in sorted(self._unsaved):
            entry = self._entries[name]
            if entry.settled and entry.row is not None:
                row = storage.finite(self._kind.to_json(entry.row))
                rows.append((name, json.dumps(entry.signature), json.dumps(row, ensure_ascii=False)))
                self._unsaved.discard(name)
        _Database(root.parent).save(self._kind.name, rows, sorted(self._gone))
        self._gone.clear()


def touch(root: Path) -> None:
    """Let every process look anew at a folder of entries, in one of which a settled row has changed."""
    with contextlib.suppress(OSError):  # a folder that cannot be written has no writers
        os.utime(root)


def _stamp(path: Path | str) -> tuple[int, ...]:
    try:
        found = os.stat(path)  # noqa: PTH116 - a thousand times a look, and twice as fast
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _is_young(times: Iterable[int]) -> bool:
    """Return whether a later change might have the same time; either way round, should the clock have jumped."""
    now = time.time_ns()
    return any(abs(now - each) < (_STEP_NS if each % _SECOND_NS else _COARSE_STEP_NS) for each in times)


def _has_aged(moment: float) -> bool:
    return time.monotonic() - moment > _TRUST_SECONDS


@dataclass(frozen=True)
class _Database:
    """What is kept of all kinds for the next process; whatever is wrong with it, there is then nothing kept."""

    folder: Path

    def load(self, kind: str) -> list[tuple[str, str, str]]:
        """Return (id, signature, row) of each row of a kind."""
        select = "SELECT id, signature, row FROM rows WHERE kind = ?"
        if not self._path.exists():
            return []
        return self._do(lambda database: database.execute(select, (kind,)).fetchall(), [])

    def save(self, kind: str, rows: list[tuple[str, str, str]], gone: list[str]) -> None:
        """Keep rows, and forget those that are gone."""

        def write(database: sqlite3.Connection) -> None:
            with database:  # one transaction
                database.executemany("DELETE FROM rows WHERE kind = ? AND id = ?", [(kind, name) for name in gone])
                database.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", [(kind, *row) for row in rows])

        if rows or gone:
            self._do(write, None)

    @property
    def _path(self) -> Path:
        return self.folder / "index.sqlite"

    def _do(self, work: Callable[[sqlite3.Connection], R], otherwise: R) -> R:
        try:
            with contextlib.closing(sqlite3.connect(self._path, timeout=_PATIENCE_SECONDS)) as database:
                _prepare(database)
                return work(database)
        except sqlite3.OperationalError as error:  # missing, read-only, full, busy
            _log.debug("the index is not used: %s", error)
        except sqlite3.DatabaseError as error:
            _log.warning("the index was damaged and is made anew: %s", error)
            for ending in ("", "-wal", "-shm"):
                with contextlib.suppress(OSError):
                    Path(f"{self._path}{ending}").unlink()
        return otherwise


def _prepare(database: sqlite3.Connection) -> None:
    """Make the table, unless it is there in today's format."""
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")  # what a crash of the computer takes can be read from the files
    if database.execute("PRAGMA user_version").fetchone()[0] == _FORMAT:
        return
    database.executescript(
        "BEGIN IMMEDIATE;"
        "DROP TABLE IF EXISTS rows;"
        "CREATE TABLE rows (kind TEXT, id TEXT, signature TEXT, row TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;"
        f"PRAGMA user_version = {_FORMAT};"
        "COMMIT;"
    )
