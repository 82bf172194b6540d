"""List a tar, compressed or not.

A tar has no list of contents, and a compressed one cannot be entered in the middle.  It is unpacked once, in one
pass, into a nameless temporary file in the lab's own folder; from there its files are read in any order.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import tarfile
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from aelab import storage
from aelab.errors import LabError
from aelab.intake import limits
from aelab.intake.entries import Gathering, Listing, check_bytes
from aelab.intake.guard import Guard
from aelab.intake.kinds import PEEK
from aelab.intake.names import Parts, printable

_OPENERS: Final[dict[str, Callable[[Path], Any]]] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
#: The compressions that a tar may have, as `kinds.kind_of` names them.
COMPRESSIONS: Final = frozenset(_OPENERS)
# What tarfile and the decompressors are known to raise on broken files.
_DAMAGE: Final = (
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    RuntimeError,
    Guard.Exceeded,
)
_PIECE: Final = 2**20
_FREE: Final = 64 * 2**20  # bytes that any file may unpack to, whatever the ratio
_HEADER_BYTES: Final = 2**20  # of one extended header: a path and some dates take a few hundred


def is_tar(path: Path, compression: str | None) -> bool:
    """Return whether a file, or what it unpacks to, begins with the header of a tar, of whatever age."""
    try:
        with _OPENERS[compression](path) if compression else open(path, "rb") as source:
            tarfile.TarInfo.frombuf(source.read(tarfile.BLOCKSIZE), tarfile.ENCODING, "surrogateescape")
    except _DAMAGE:
        return False
    return True


@contextlib.contextmanager
def opened_tar(path: Path, compression: str | None) -> Iterator[Listing]:
    """List a tar; its entries can be read within the block.

    Parameters
    ----------
    path : Path
    compression : str or None
        One of `COMPRESSIONS`, or None for a plain tar.

    Raises
    ------
    LabError
        If it is damaged, or has more in it than the lab takes.
    """
    what = printable(path.name)
    if compression is None:
        with open(path, "rb", buffering=0) as raw, Guard(raw) as file:
            yield _of_tar(file, what)
    else:
        with _temporary() as raw, Guard(raw) as file:
            _unpack(path, compression, what, raw)
            raw.seek(0)
            yield _of_tar(file, what)


@contextlib.contextmanager
def _temporary() -> Iterator[Any]:
    """Open a file in the lab's own folder that has no name, so that not even a crash leaves it behind."""
    folder = storage.artifacts()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Unbuffered: what a full disk did not take must not be tried again when the file is closed.
        file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed below
    except OSError as error:
        raise storage.disk_error(folder, error) from error
    with file:
        yield file


def _unpack(path: Path, compression: str, what: str, target: Any) -> None:
    """Write what a compressed file unpacks to, as long as that is not more than it should be."""
    most = min(limits.MOST_ARCHIVE_BYTES, max(_FREE, path.stat().st_size * limits.MOST_RATIO))
    written = 0
    for piece in _pieces(path, compression, what):
        written += len(piece)
        if written > most:
            raise LabError(
                "{file} has more than {most} in it when unpacked; import it in parts.",
                file=what,
                most=limits.amount(most),
            )
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[target.write(rest) :]
        except OSError as error:
            raise storage.disk_error(Path(what), error) from error


def _pieces(path: Path, compression: str, what: str) -> Iterator[bytes]:
    """Yield what is in a compressed file, as much as there is and not as it announces."""
    try:
        with _OPENERS[compression](path) as source:
            while piece := source.read(_PIECE):
                yield piece
    except _DAMAGE as error:
        raise _damaged(what, error) from None


def _of_tar(file: Guard, what: str) -> Listing:
    gathering = Gathering(what)
    source = _Source(file)
    try:
        with file.limited(_HEADER_BYTES), tarfile.TarFile(fileobj=file) as tar:
            for member in tar:
                _gather(member, gathering, source)
            end = tar.offset
        # To tarfile a damaged header, other than the first, is the end, and so is the file's. The true end is zeros.
        file.seek(end)
        last = file.read(tarfile.BLOCKSIZE)
        if last != bytes(tarfile.BLOCKSIZE):
            raise tarfile.ReadError("a header is damaged" if len(last) == tarfile.BLOCKSIZE else "it ends too early")
    except LabError:
        raise
    except _DAMAGE as error:
        raise _damaged(what, error) from None
    return gathering.listing()


def _gather(member: tarfile.TarInfo, gathering: Gathering, source: _Source) -> None:
    parts = gathering.parts(member.name.split("\0")[0])
    if parts is None:
        return
    if member.issym() or member.islnk():
        gathering.link(parts)
    elif member.isdir():
        gathering.folder(parts)
    elif not member.isfile() or member.issparse():
        gathering.oddity(parts)
    else:
        place = (parts, member.offset_data, member.size)
        gathering.file(parts, partial(source.read, *place), partial(source.read, *place, PEEK))


class _Source:
    """The tar's file, which several threads read from."""

    def __init__(self, file: Guard) -> None:
        self._file = file
        self._lock = threading.Lock()

    def read(self, parts: Parts, offset: int, size: int, most: int | None = None) -> bytes:
        """Return a member's bytes, or the first `most` of them."""
        name = printable("/".join(parts))
        if most is None:
            check_bytes(name, size)
        wanted = size if most is None else min(size, most)
        try:
            with self._lock:
                self._file.seek(offset)
                data = self._file.read(wanted)
        except (OSError, ValueError) as error:
            raise LabError("{file} cannot be read ({reason}).", file=name, reason=error) from None
        if len(data) < wanted:
            raise LabError("{file} is left out: it is damaged ({reason}).", file=name, reason="it ends too early")
        return data


def _damaged(what: str, error: Exception) -> LabError:
    return LabError("{file} is not a tar file, or is damaged ({reason}).", file=what, reason=error)
