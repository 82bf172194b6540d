"""What a folder or an archive has in it, gathered by the same rules whichever it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from aelab.errors import LabError
from aelab.intake import limits
from aelab.intake.names import Parts, parts_of, printable

_ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".gz", ".tbz", ".tbz2", ".bz2", ".txz", ".xz", ".zst", ".7z", ".rar"})


@dataclass(frozen=True)
class Entry:
    """One file: where it is below the folder or in the archive, and how to read it.

    Attributes
    ----------
    parts : tuple of str
        The names of its folders and its own, made safe to show (`names.parts_of`).
    read : callable
        Returns all its bytes; raises a `LabError` if there are too many, or it is damaged or encrypted.
        Entries of one listing can be read from several threads.
    peek : callable
        Returns its first `kinds.PEEK` bytes; raises as `read` does.
    """

    parts: Parts
    read: Callable[[], bytes]
    peek: Callable[[], bytes]

    @property
    def name(self) -> str:
        """The path as people read it."""
        return printable("/".join(self.parts))


@dataclass(frozen=True)
class Listing:
    """Files and folders without hidden ones, by path; the folders include empty ones.

    Attributes
    ----------
    entries : tuple of Entry
    folders : frozenset of tuple of str
    left_out : tuple of LabError
        About what is no ordinary file: links, devices, archives within the archive.
    """

    entries: tuple[Entry, ...]
    folders: frozenset[Parts]
    left_out: tuple[LabError, ...] = ()


class Gathering:
    """What was found so far in `what`, as an error calls it.

    Raises
    ------
    LabError
        From any method, as soon as more was found than the lab takes.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._entries: list[Entry] = []
        self._folders: set[Parts] = {()}
        self._left_out: list[LabError] = []
        self._seen = 0

    def parts(self, path: str) -> Parts | None:
        """Return the names in a path, or None where it is to be passed over."""
        self._seen += 1
        # What is passed over counts too, or it would be a way to have the lab work without end; a Mac's zip has as
        # many such files as others, besides the folders.
        if self._seen > 3 * limits.MOST_FILES:
            raise self._too_many()
        return parts_of(path)

    def file(self, parts: Parts, read: Callable[[], bytes], peek: Callable[[], bytes]) -> None:
        """Add a file, unless it is an archive or lies too deep."""
        if PurePosixPath(parts[-1]).suffix.lower() in _ARCHIVES:
            self.leave_out(LabError("{file} is left out: it is an archive itself; unpack it first.", file=_name(parts)))
        elif len(parts) > limits.MOST_DEPTH:
            self.leave_out(
                LabError(
                    "{file} is left out: it lies {depth} folders deep, and the lab looks into {most}.",
                    file=_name(parts),
                    depth=len(parts) - 1,
                    most=limits.MOST_DEPTH - 1,
                )
            )
        else:
            self._entries.append(Entry(parts, read, peek))
            self.folder(parts[:-1])

    def folder(self, parts: Parts) -> None:
        """Add a folder and those around it."""
        parts = parts[: limits.MOST_DEPTH]
        while parts not in self._folders:
            self._folders.add(parts)
            parts = parts[:-1]
        if max(len(self._folders), len(self._entries)) > limits.MOST_FILES:
            raise self._too_many()

    def link(self, parts: Parts) -> None:
        """Leave out a link."""
        self.leave_out(
            LabError(
                "{file} is left out: it is a link, and links are not followed; put the file itself there.",
                file=_name(parts),
            )
        )

    def oddity(self, parts: Parts) -> None:
        """Leave out what is neither file, folder nor link."""
        self.leave_out(LabError("{file} is left out: it is a device, a pipe or a sparse file.", file=_name(parts)))

    def leave_out(self, sentence: LabError) -> None:
        """Add what is said of a file that is left out."""
        self._left_out.append(sentence)

    def listing(self) -> Listing:
        """Return all that was found, by path."""
        entries = sorted(self._entries, key=lambda entry: entry.parts)
        return Listing(tuple(entries), frozenset(self._folders), tuple(self._left_out))

    def _too_many(self) -> LabError:
        return LabError(
            "{file} has more than {most} files in it; import a folder or archive with fewer.",
            file=self._what,
            most=limits.MOST_FILES,
        )


def check_bytes(name: str, size: int) -> None:
    """Raise a `LabError` if a file is larger than a picture may be."""
    if size > limits.MOST_FILE_BYTES:
        raise LabError(
            "{file} is left out: it has {size}, and a picture may have up to {most}.",
            file=name,
            size=limits.amount(size),
            most=limits.amount(limits.MOST_FILE_BYTES),
        )


def _name(parts: Parts) -> str:
    return printable("/".join(parts))
