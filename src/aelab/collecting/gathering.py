"""Fetch what a source finds, keep what is a picture, and write down what became of the rest."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aelab import storage
from aelab.collecting.addresses import PassingError, shown
from aelab.collecting.fetching import Client
from aelab.collecting.manifest import Found, Line, Manifest, Status
from aelab.collecting.naming import folder_name
from aelab.errors import LabError
from aelab.intake.pictures import read_picture

#: Called now and then with the share done, 0 to 1; what it raises ends the work.
Progress = Callable[[float], None]

#: Bytes of all pictures of a collection together.
MOST_COLLECTED: Final = 4 * 1024**3

_WORKERS: Final = 4
_SECONDS_BETWEEN_REPORTS: Final = 0.25
_ACCEPT: Final = "image/jpeg,image/png,image/webp,image/gif,image/bmp;q=0.9,*/*;q=0.1"
_SUFFIXES: Final = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp"}
_decoding = threading.Lock()  # one picture at a time: a large one takes hundreds of megabytes


@dataclass(frozen=True)
class _Fetched:
    data: bytes
    suffix: str


@dataclass
class Gathering:
    """Fetching the pictures of one class; only the thread that calls `run` writes, the others fetch.

    Attributes
    ----------
    found : iterator of Found
        Asked for more only when there is room, so that a gallery scrolls no further than needed.
    class_name : str
    folder : Path
        Of the collection.
    manifest : Manifest
        What it calls settled is passed over.
    client : Client
    limit : int
        Pictures of the class that are wanted, those of earlier times included.
    progress : callable
    total : int or None
        How many addresses there are, where that is known.
    """

    found: Iterator[Found]
    class_name: str
    folder: Path
    manifest: Manifest
    client: Client
    limit: int
    progress: Progress
    total: int | None = None

    def __post_init__(self) -> None:
        kept = [line for line in self.manifest.lines() if line.status == "kept"]
        self._files = {line.digest: line.file for line in kept if line.class_name == self.class_name}
        self._bytes = sum(line.size for line in kept)
        self._kept = len(self.manifest.kept(self.class_name))
        self._settled = 0
        self._lines: list[Line] = []
        self._asked: dict[str, int] = {}  # its place
        self._pending: dict[Future[_Fetched], Found] = {}

    def run(self) -> list[Line]:
        """Return what became of each address this time, in the order in which they were found.

        Raises
        ------
        LabError
            If the source fails, the disk is full or the collection grows too large; what is kept stays.
        """
        pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="collecting")
        try:
            while self._fill(pool) or self._pending:
                self.progress(self._share())
                done, _ = wait(self._pending, _SECONDS_BETWEEN_REPORTS, FIRST_COMPLETED)
                for future in done:
                    self._settle(self._pending[future], future)
                    del self._pending[future]
        finally:
            if self._pending:  # it was stopped, or something failed
                self.client.end()
            pool.shutdown(cancel_futures=True)
        self.progress(1.0)
        return sorted(self._lines, key=lambda line: self._asked[line.found.address])

    def _share(self) -> float:
        return min(1.0, self._settled / self.total if self.total else self._kept / self.limit)

    def _fill(self, pool: ThreadPoolExecutor) -> bool:
        """Give the threads something to do; return whether there was anything."""
        more = False
        while len(self._pending) < 2 * _WORKERS and self._kept + len(self._pending) < self.limit:
            found = next(self.found, None)
            if found is None:
                break
            if found.address in self._asked or self.manifest.settled(self.class_name, found.address):
                self._settled += 1
                continue
            self._asked[found.address] = len(self._asked)
            self._pending[pool.submit(_fetched, self.client, found.address)] = found
            more = True
        return more

    def _settle(self, found: Found, future: Future[_Fetched]) -> None:
        try:
            fetched = future.result()
        except LabError as error:
            reason = LabError.from_json(error.to_json())  # without the traceback, which holds the picture
            status: Status = "failed" if isinstance(error, PassingError) else "refused"
            line = Line(self.class_name, found, status, reason=reason)
        else:
            line = self._stored(found, fetched)
        self.manifest.add(line)
        self._lines.append(line)
        self._settled += 1

    def _stored(self, found: Found, fetched: _Fetched) -> Line:
        size = len(fetched.data)
        digest = hashlib.blake2b(fetched.data, digest_size=16).hexdigest()
        if digest in self._files:
            return Line(self.class_name, found, "repeat", self._files[digest], digest, size)
        if self._bytes + size > MOST_COLLECTED:
            raise LabError(
                "The collection has reached {most} GB; import it, and begin another one for more.",
                most=MOST_COLLECTED // 1024**3,
            )
        file = f"{folder_name(self.class_name)}/{digest}{fetched.suffix}"
        with storage.written(self.folder / file) as stream:
            stream.write(fetched.data)
        self._files[digest] = file
        self._kept += 1
        self._bytes += size
        return Line(self.class_name, found, "kept", file, digest, size)


def _fetched(client: Client, address: str) -> _Fetched:
    """Fetch one picture and make sure that it is one, whole."""
    data = client.fetch(address, accept=_ACCEPT).check().content
    with _decoding:
        picture = read_picture(shown(address), data)
    return _Fetched(data, _SUFFIXES[picture.format])
