"""List the files of a folder or a zip alike.

A member of a zip is read into memory and never written anywhere, so its name cannot lead outside a
folder; what it may cost is bounded by `limits` before it is read.
"""

from __future__ import annotations

import contextlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aelab.errors import LabError
from aelab.intake.limits import MOST_FILE_BYTES, MOST_FILES, MOST_PICTURE_RATIO, MOST_ZIP_BYTES

Parts = tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One file: where it is below the folder or in the zip, and how to read it."""

    parts: Parts
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """The path as people read it."""
        return printable("/".join(self.parts))


@dataclass(frozen=True)
class Listing:
    """Files and folders without hidden ones, by path; the folders include empty ones."""

    entries: tuple[Entry, ...]
    folders: frozenset[Parts]


def printable(text: str) -> str:
    """Return a file name without the bytes that are not Unicode, which no JSON file could hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Listing]:
    """List a folder or zip; its entries can be read within the block.

    Raises
    ------
    LabError
        If it is neither, or has more in it than the lab takes.
    """
    if path.is_dir():
        yield _of_folder(path)
        return
    if not path.is_file():
        raise LabError("There is no file or folder {path}.", path=path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise LabError(
            "{file} is not a zip file, or is damaged ({reason}).", file=printable(path.name), reason=error
        ) from None
    with archive:
        yield _of_zip(archive, path)


def _of_folder(root: Path) -> Listing:
    entries: list[Entry] = []
    folders: set[Parts] = set()
    for where, inner, files in os.walk(root):
        inner[:] = sorted(name for name in inner if not _hidden(name))
        parts = Path(where).relative_to(root).parts
        folders.add(parts)
        for name in sorted(files):
            path = Path(where, name)
            if not _hidden(name) and path.is_file():  # is_file: a pipe would never end
                entries.append(Entry((*parts, name), partial(_read_file, path)))
        _check_count(len(entries), root)
    return _listing(entries, folders)


def _of_zip(archive: zipfile.ZipFile, path: Path) -> Listing:
    members = archive.infolist()
    _check_count(len(members), path)
    if sum(member.file_size for member in members) > MOST_ZIP_BYTES:
        raise LabError(
            "{file} has more than {most} GB in it when unpacked; import it in parts.",
            file=printable(path.name),
            most=MOST_ZIP_BYTES // 1024**3,
        )
    entries: list[Entry] = []
    folders: set[Parts] = set()
    for member in members:
        parts = tuple(part for part in member.filename.replace("\\", "/").split("/") if part not in ("", ".", ".."))
        if not parts or any(_hidden(part) for part in parts):
            continue
        if member.is_dir():
            folders.add(parts)
        else:
            entries.append(Entry(parts, partial(_read_member, archive, member)))
    return _listing(entries, folders)


def _listing(entries: Iterable[Entry], folders: set[Parts]) -> Listing:
    entries = tuple(sorted(entries, key=lambda entry: entry.parts))
    inner = folders | {entry.parts[:-1] for entry in entries}
    return Listing(entries, frozenset(parts[:depth] for parts in inner for depth in range(len(parts) + 1)))


def _hidden(name: str) -> bool:
    return name.startswith(".") or name in ("__MACOSX", "Thumbs.db", "desktop.ini")


def _check_count(count: int, path: Path) -> None:
    if count > MOST_FILES:
        raise LabError(
            "{file} has more than {most} files in it; import a folder or zip with fewer.",
            file=printable(path.name),
            most=MOST_FILES,
        )


def _read_file(path: Path) -> bytes:
    try:
        _check_bytes(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise LabError("{file} cannot be read ({reason}).", file=printable(path.name), reason=error.strerror) from None


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    name = printable(member.filename)
    _check_bytes(member.filename, member.file_size)
    if member.file_size > max(2**20, member.compress_size * MOST_PICTURE_RATIO):
        raise LabError(
            "{file} is left out: unpacked it would be {ratio} times larger, as no picture is.",
            file=name,
            ratio=member.file_size // max(member.compress_size, 1),
        )
    try:
        return archive.read(member)  # a RuntimeError is about a password, a ValueError about a name
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise LabError("{file} cannot be read from the zip ({reason}).", file=name, reason=error) from None


def _check_bytes(name: str, size: int) -> None:
    if size > MOST_FILE_BYTES:
        raise LabError(
            "{file} is left out: it has {size} MB, and a picture may have up to {most}.",
            file=printable(name),
            size=size // 1024**2,
            most=MOST_FILE_BYTES // 1024**2,
        )
