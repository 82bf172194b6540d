"""What became of each address, in a file beside the pictures that survives any interruption.

``.manifest.jsonl`` has one line of JSON for each address, only ever added to.  A process that is killed leaves at
most a half line at the end, which the next one removes; an address whose line is whole is not asked for again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from aelab import storage
from aelab.errors import LabError

NAME: Final = ".manifest.jsonl"  # hidden: the import of the folder passes it over

#: kept: a new picture; repeat: the same bytes as another; refused: will never work; failed: may work another time.
Status = Literal["kept", "repeat", "refused", "failed"]

_NO_LINE: Final = (ValueError, TypeError, LookupError, AttributeError)  # what making a Line of anything else raises


@dataclass(frozen=True)
class Found:
    """The address of a picture, with what is known about it before it is fetched.

    Attributes
    ----------
    address : str
    page : str
        Where people can read about it.
    licence, licence_address, author : str
        As the source names them, without markup; empty where it does not.
    """

    address: str
    page: str = ""
    licence: str = ""
    licence_address: str = ""
    author: str = ""


@dataclass(frozen=True)
class Line:
    """What became of one address.

    Attributes
    ----------
    class_name : str
    found : Found
    status : str
    file : str
        Below the collection's folder, with /; empty where nothing is kept.
    digest : str
        BLAKE2b of the file, 16 bytes in hexadecimal.
    size : int
        Bytes.
    reason : LabError or None
        Why nothing is kept.
    """

    class_name: str
    found: Found
    status: Status
    file: str = ""
    digest: str = ""
    size: int = 0
    reason: LabError | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line as plain JSON data, without what is empty."""
        data = {
            **asdict(self.found),
            "class": self.class_name,
            "status": self.status,
            "file": self.file,
            "blake2b": self.digest,
            "bytes": self.size,
            "reason": self.reason.to_json() if self.reason else None,
        }
        return {key: value for key, value in data.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Line:
        """Rebuild a line; one of `_NO_LINE` says that it is none."""
        if data["status"] not in get_args(Status):
            raise ValueError(data["status"])
        found = Found(**{key: str(data.get(key, "")) for key in Found.__dataclass_fields__})
        reason = LabError.from_json(data["reason"]) if "reason" in data else None
        size = int(data.get("bytes", 0))
        return cls(data["class"], found, data["status"], data.get("file", ""), data.get("blake2b", ""), size, reason)


class Manifest:
    """The manifest of one folder, to read and to add to.

    Parameters
    ----------
    folder : Path
        Of the collection; it must exist. Only one process may write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._lines: dict[tuple[str, str], Line] = {}
        self.asked: list[dict[str, Any]] = []
        for data in _read(self._path):
            if "asked" in data:
                self.asked.append(data["asked"])
            with contextlib.suppress(*_NO_LINE):
                self._remember(Line.from_json(data))
        _mend(self._path)

    def add(self, line: Line) -> None:
        """Write down what became of an address."""
        storage.append_line(self._path, line.to_json())
        self._remember(line)

    def ask(self, question: Mapping[str, Any]) -> None:
        """Write down what is being collected, unless it was before."""
        if question not in self.asked:
            storage.append_line(self._path, {"asked": dict(question)})
            self.asked.append(dict(question))

    def settled(self, class_name: str, address: str) -> bool:
        """Return whether an address needs not be asked for again."""
        line = self._lines.get((class_name, address))
        return line is not None and line.status != "failed"

    def lines(self, class_name: str | None = None) -> list[Line]:
        """Return the last line about each address, of one class or of all, in the order in which they came."""
        return [line for line in self._lines.values() if class_name in (None, line.class_name)]

    def kept(self, class_name: str) -> list[Line]:
        """Return the pictures of a class that are still there; whoever has deleted one does not want it."""
        lines = [line for line in self.lines(class_name) if line.status == "kept"]
        return [line for line in lines if (self._folder / line.file).is_file()]

    def _remember(self, line: Line) -> None:
        self._lines[line.class_name, line.found.address] = line


def collected(folder: Path) -> dict[str, Found]:
    """Return where each picture below a folder came from.

    Returns
    -------
    dict of str to Found
        By the file's place below `folder`, with /. Empty for a folder that was not collected. Where several
        addresses gave the same picture, the first one stands.
    """
    files: dict[str, Found] = {}
    for data in _read(folder / NAME):
        with contextlib.suppress(*_NO_LINE):
            line = Line.from_json(data)
            if line.file:
                files.setdefault(line.file, line.found)
    return files


def _read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole lines of a manifest; one that is damaged costs itself only."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise LabError("{file} cannot be read ({reason}).", file=NAME, reason=error.strerror) from None
    for line in content.split(b"\n"):
        with contextlib.suppress(ValueError):
            data = json.loads(line)
            if isinstance(data, dict):
                yield data


def _mend(path: Path) -> None:
    """Remove a half line from the end, onto which the next one would be written."""
    if not path.exists():
        return
    try:
        with path.open("r+b") as file:
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)
    except OSError as error:
        raise storage.disk_error(path, error) from error
