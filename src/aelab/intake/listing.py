"""List the files of a folder, a zip, a tar, or a few pictures alike.

A member of an archive is read into memory and never written anywhere under its own name, which therefore cannot
lead outside a folder; what it may cost is bounded by `limits` before it is read.
"""

from __future__ import annotations

import contextlib
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from aelab.errors import LabError
from aelab.intake import limits
from aelab.intake.entries import Entry, Gathering, Listing, check_bytes
from aelab.intake.kinds import PEEK, PICTURES, kind_of
from aelab.intake.names import Parts, hidden, printable
from aelab.intake.tars import COMPRESSIONS, is_tar, opened_tar
from aelab.intake.zips import of_zip, opened_zip

__all__ = ["Entry", "Listing", "Parts", "of_files", "opened", "printable", "recognises"]


def recognises(path: Path) -> bool:
    """Return whether `path` is a folder, or by its content a zip, a tar (compressed or not) or a picture."""
    try:
        kind = None if path.is_dir() else _kind(path)
        return path.is_dir() or kind in PICTURES or _is_tar(path, kind) or zipfile.is_zipfile(path)
    except OSError:
        return False


@contextlib.contextmanager
def opened(path: Path | Sequence[Path]) -> Iterator[Listing]:
    """List a folder or archive, or picture files; the entries can be read within the block.

    Parameters
    ----------
    path : Path or sequence of Path
        A folder, a zip, a tar (plain, or compressed with gzip, bzip2 or xz), a picture; or several pictures.

    Raises
    ------
    LabError
        If it is none of these, is damaged, or has more in it than the lab takes.
    """
    if not isinstance(path, Path):
        yield of_files(path)
    elif path.is_dir():
        yield _of_folder(path)
    else:
        with _opened_file(path) as listing:
            yield listing


def of_files(paths: Sequence[Path]) -> Listing:
    """List picture files that lie anywhere; they are in no folder, and so of no class."""
    gathering = Gathering("")
    for path in paths:
        if not path.is_file():
            raise _missing(path)
        parts = gathering.parts(path.name)
        if parts is not None:
            gathering.file(parts, partial(_read_file, str(path)), partial(_peek_file, str(path)))
    return gathering.listing()


@contextlib.contextmanager
def _opened_file(path: Path) -> Iterator[Listing]:
    if not path.is_file():
        raise _missing(path)
    what = printable(path.name)
    try:
        kind = _kind(path)
    except OSError as error:
        raise LabError("{file} cannot be read ({reason}).", file=what, reason=error.strerror) from None
    if kind in PICTURES:
        yield of_files([path])
    elif _is_tar(path, kind):
        with opened_tar(path, kind if kind in COMPRESSIONS else None) as listing:
            yield listing
    elif kind not in (None, "zip"):
        raise _foreign(what, kind)
    else:  # what begins with something else can be a zip all the same: it is read from its end
        with opened_zip(path) as archive:
            yield of_zip(archive, what)


def _foreign(what: str, kind: str) -> LabError:
    """Return what is said of a file that is no archive."""
    if kind == "HTML":
        return LabError(
            "{file} is a web page (HTML) and no archive: the page about the file was downloaded, and not the file. "
            "Download it again, logged in if need be.",
            file=what,
        )
    return LabError(
        "{file} is neither a zip nor a tar; its content is {kind}. Bring a folder, or a zip or tar of one.",
        file=what,
        kind=kind,
    )


def _kind(path: Path) -> str | None:
    with open(path, "rb") as file:
        return kind_of(file.read(PEEK))


def _is_tar(path: Path, kind: str | None) -> bool:
    """Return whether a file of that kind is a tar; one of the first kind of all has no mark."""
    if kind is None or kind in COMPRESSIONS:
        return is_tar(path, kind)
    return kind == "tar"


def _missing(path: Path) -> LabError:
    return LabError("There is no file or folder {path}.", path=printable(str(path)))


def _of_folder(root: Path) -> Listing:
    gathering = Gathering(printable(root.name))
    for where, inner, files in os.walk(root):
        inner[:] = sorted(name for name in inner if not hidden(name))
        below = Path(where).relative_to(root).as_posix()  # texts from here on: a Path for each file takes longer
        for name in inner:
            _gather(gathering, f"{below}/{name}", os.path.join(where, name))  # noqa: PTH118
        for name in sorted(files):
            _gather(gathering, f"{below}/{name}", os.path.join(where, name))  # noqa: PTH118
    return gathering.listing()


def _gather(gathering: Gathering, below: str, path: str) -> None:
    """Add what is at `path`, which is `below` the folder that is listed."""
    parts = gathering.parts(below)
    if parts is None:
        return
    try:
        mode = os.lstat(path).st_mode
    except OSError:  # gone meanwhile
        mode = 0
    if stat.S_ISLNK(mode):  # os.walk does not go into one that is a folder
        gathering.link(parts)
    elif stat.S_ISDIR(mode):
        gathering.folder(parts)
    elif stat.S_ISREG(mode):
        gathering.file(parts, partial(_read_file, path), partial(_peek_file, path))
    else:  # a pipe would never end
        gathering.oddity(parts)


def _read_file(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size > limits.MOST_FILE_BYTES:
                check_bytes(printable(Path(path).name), size)
            return file.read()
    except OSError as error:
        raise _unreadable(path, error) from None


def _peek_file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(PEEK)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str, error: OSError) -> LabError:
    return LabError("{file} cannot be read ({reason}).", file=printable(Path(path).name), reason=error.strerror)
