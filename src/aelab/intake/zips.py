"""List a zip, believing nothing of what it says about itself."""

from __future__ import annotations

import contextlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from aelab.errors import LabError
from aelab.intake import limits
from aelab.intake.entries import Gathering, Listing, check_bytes
from aelab.intake.guard import Guard
from aelab.intake.kinds import PEEK
from aelab.intake.names import printable

#: What zipfile is known to raise on broken files; a RuntimeError is about a password or a method of compression.
DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, RuntimeError)
_DIRECTORY_BYTES: Final = 128  # of a zip's list of contents, for each file: 46, and its name
_UNIX: Final = 3  # the system whose zips say whether a member is a link (APPNOTE 4.4.2)
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800


class NotAZipError(LabError):
    """A file is not a zip, or not a whole one."""


@contextlib.contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose list of contents is no longer than one that the lab takes.

    Raises
    ------
    NotAZipError
        If the file is no whole zip.
    LabError
        If the list is longer, which is found before it is read.
    """
    # A file that is passed in open: otherwise the last thread to finish reading could close it for the others.
    with open(path, "rb", buffering=0) as raw, Guard(raw) as file:
        try:
            with file.limited(limits.MOST_FILES * _DIRECTORY_BYTES):
                archive = zipfile.ZipFile(file)
        except file.Exceeded:
            raise LabError(
                "{file} has more than {most} files in it; import a folder or zip with fewer.",
                file=printable(path.name),
                most=limits.MOST_FILES,
            ) from None
        except DAMAGE as error:
            raise NotAZipError(
                "{file} is not a zip file, or is damaged ({reason}).", file=printable(path.name), reason=error
            ) from None
        with archive:
            yield archive


def of_zip(archive: zipfile.ZipFile, what: str) -> Listing:
    """List the members of a zip; they can be read as long as it is open.

    Raises
    ------
    LabError
        If there are too many, or they announce to be too large together. None gives more than it announces.
    """
    gathering = Gathering(what)
    members = archive.infolist()
    if sum(member.file_size for member in members) > limits.MOST_ARCHIVE_BYTES:
        raise LabError(
            "{file} has more than {most} in it when unpacked; import it in parts.",
            file=what,
            most=limits.amount(limits.MOST_ARCHIVE_BYTES),
        )
    for member in members:
        name = _name(member)
        parts = gathering.parts(name)
        if parts is None:
            continue
        kind = stat.S_IFMT(member.external_attr >> 16) if member.create_system == _UNIX else 0
        if kind == stat.S_IFLNK:
            gathering.link(parts)
        elif member.is_dir() or kind == stat.S_IFDIR:
            gathering.folder(parts)
        elif kind not in (0, stat.S_IFREG):
            gathering.oddity(parts)
        else:
            gathering.file(parts, partial(_read, archive, member), partial(_peek, archive, member))
    return gathering.listing()


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name, up to a NUL.

    One that does not say that it is UTF-8 is cp437 by the book, and often UTF-8 all the same; what reads as UTF-8
    is hardly ever anything else.
    """
    name = member.orig_filename.split("\0")[0]
    if not member.flag_bits & _UTF8 and not name.isascii():
        with contextlib.suppress(UnicodeError):
            return name.encode("cp437").decode("utf-8")
    return name


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    check_bytes(printable(_name(member)), member.file_size)
    if member.file_size > max(2**20, member.compress_size * limits.MOST_RATIO):
        raise LabError(
            "{file} is left out: unpacked it would be {ratio} times larger, as no picture is.",
            file=printable(_name(member)),
            ratio=member.file_size // max(member.compress_size, 1),
        )
    return _start(archive, member, member.file_size + 1)  # to the end and past it, where the checksum is looked at


def _peek(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    return _start(archive, member, PEEK)


def _start(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> bytes:
    """Return the first `size` bytes of a member: zipfile stops at the size it announces, whatever follows."""
    name = printable(_name(member))
    if member.flag_bits & _ENCRYPTED:
        raise LabError(
            "{file} cannot be read from the zip: it is encrypted; unpack it with its password first.", file=name
        )
    try:
        with archive.open(member) as stream:
            return stream.read(size)
    except DAMAGE as error:
        reason = str(error) or "it ends too early"  # an EOFError has nothing to say
        raise LabError("{file} cannot be read from the zip ({reason}).", file=name, reason=reason) from None
