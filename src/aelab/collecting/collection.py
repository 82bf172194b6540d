"""Collect pictures of one class: the one way in for the command line, a job and a page."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import filelock

from aelab import storage
from aelab.collecting.addresses import read_addresses, shown
from aelab.collecting.fetching import Client
from aelab.collecting.gathering import Gathering, Progress
from aelab.collecting.manifest import Found, Line, Manifest
from aelab.collecting.naming import checked_class, folder_name
from aelab.errors import LabError

#: Pictures of a class, unless more or fewer are asked for.
USUAL_LIMIT: Final = 200
MOST_PICTURES: Final = 10_000

_MOST_LIST_BYTES: Final = 16 * 1024**2
_MOST_SENTENCES: Final = 200


class Source(Protocol):
    """Somewhere pictures can be found."""

    @property
    def question(self) -> dict[str, Any]:
        """What is asked, as plain JSON data: the same question again goes on with the first."""

    @property
    def total(self) -> int | None:
        """How many addresses there are, where that is known before."""

    def find(self, client: Client) -> Generator[Found, None, None]:
        """Yield what is found, as it is needed."""


@dataclass(frozen=True)
class AddressList:
    """Addresses of pictures, one by one.

    Attributes
    ----------
    addresses : tuple of str
    name : str
        What the list is called, such as its file's name.
    """

    addresses: tuple[str, ...]
    name: str = "addresses"

    @classmethod
    def from_file(cls, path: Path | str) -> AddressList:
        """Read a text file of one address a line.

        Raises
        ------
        LabError
            If it cannot be read, or has none or too many.
        """
        path = storage.user_path(path)
        try:
            with path.open("rb") as file:
                data = file.read(_MOST_LIST_BYTES + 1)
            text = data.decode("utf-8-sig")
        except OSError as error:
            raise LabError(
                "{file} is not a text file that can be read ({reason}).",
                file=shown(path.name),
                reason=storage.reason(error),
            ) from None
        except UnicodeDecodeError:
            raise LabError("{file} must be a text file in UTF-8; it is not.", file=shown(path.name)) from None
        if len(data) > _MOST_LIST_BYTES:
            raise LabError("{file} is too long for a list of addresses; divide it.", file=shown(path.name))
        return cls(read_addresses(text, MOST_PICTURES), path.name)

    @property
    def question(self) -> dict[str, Any]:
        """What is asked, for the manifest."""
        return {"addresses": shown(self.name)}

    @property
    def total(self) -> int | None:
        """How many there are."""
        return len(self.addresses)

    def find(self, client: Client) -> Generator[Found, None, None]:
        """Yield them in their order."""
        return (Found(address) for address in self.addresses)


@dataclass(frozen=True)
class Collection:
    """What collecting has brought.

    Attributes
    ----------
    name : str
    folder : Path
        With a folder for each class, as the import of folders reads it.
    class_name : str
    pictures : int
        Of this class that are there now.
    lines : tuple of Line
        What became of each address this time.
    """

    name: str
    folder: Path
    class_name: str
    pictures: int
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many addresses were kept, repeats, refused and failed this time."""
        found = Counter(line.status for line in self.lines)
        return {status: found[status] for status in ("kept", "repeat", "refused", "failed")}

    @property
    def left_out(self) -> tuple[LabError, ...]:
        """Why addresses gave no picture, the first `_MOST_SENTENCES` of them."""
        return tuple(line.reason for line in self.lines if line.reason is not None)[:_MOST_SENTENCES]


def root() -> Path:
    """Return the folder of the collections."""
    return storage.artifacts() / "collections"


def collect(
    name: str,
    class_name: str,
    source: Source,
    *,
    limit: int | None = None,
    add: bool = False,
    client: Client | None = None,
    progress: Progress = lambda share: None,
) -> Collection:
    """Collect pictures of one class from one source; asked again, go on where it was.

    Parameters
    ----------
    name : str
        Of the collection: an id such as a dataset has.
    class_name : str
        What the pictures show, such as ``"apples"``; any words.
    source : Source
        `AddressList`, `CommonsSearch` or `Gallery`.
    limit : int, optional
        Pictures of the class that are wanted, those already there included: by default all of a list, else
        `USUAL_LIMIT`.
    add : bool
        Whether another class or source may be added to a collection that is there.
    client : Client, optional
    progress : callable, optional
        What it raises ends the work; what is kept by then stays.

    Raises
    ------
    LabError
        If something asked for cannot be, the collection is there and made from something else, or the source fails.
    """
    folder = root() / storage.checked_id(name)
    class_name = checked_class(class_name)
    limit = limit if limit is not None else source.total or USUAL_LIMIT
    if not 1 <= limit <= MOST_PICTURES:
        raise LabError("limit must be between 1 and {most}; it is {value}.", most=MOST_PICTURES, value=limit)
    root().mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(root() / f".{name}.lock", blocking=False):
            return _collected(folder, class_name, source, limit, add, client or Client(), progress)
    except filelock.Timeout:
        raise LabError("{name} is being collected already; wait until that is done.", name=repr(name)) from None


def _collected(
    folder: Path, class_name: str, source: Source, limit: int, add: bool, client: Client, progress: Progress
) -> Collection:
    manifest = Manifest(folder)
    question = {"class": class_name, **source.question}
    if manifest.asked and question not in manifest.asked and not add:
        raise LabError(
            "There is already a collection called {name}, of something else; choose another name, or say that this "
            "is to be added to it (--add).",
            name=repr(folder.name),
        )
    _check_folder(manifest, class_name)
    (folder / folder_name(class_name)).mkdir(parents=True, exist_ok=True)
    manifest.ask(question)
    with contextlib.closing(source.find(client)) as found:  # which may have a browser running
        lines = Gathering(found, class_name, folder, manifest, client, limit, progress, source.total).run()
    _remove_if_empty(folder, folder / folder_name(class_name))
    return Collection(folder.name, folder, class_name, len(manifest.kept(class_name)), tuple(lines))


def _remove_if_empty(collection: Path, class_folder: Path) -> None:
    """Leave no folder behind for a class of which nothing came, and none for a collection of nothing."""
    if any(class_folder.iterdir()):
        return
    class_folder.rmdir()
    if not any(path.is_dir() for path in collection.iterdir()):
        storage.removed_folder(collection)


def _check_folder(manifest: Manifest, class_name: str) -> None:
    """Raise a `LabError` if another class has the same folder; case makes no difference on many file systems."""
    for other in {str(question.get("class")) for question in manifest.asked} - {class_name}:
        if folder_name(other).casefold() == folder_name(class_name).casefold():
            raise LabError(
                "The classes {first} and {second} would share a folder; give one of them another name.",
                first=repr(other),
                second=repr(class_name),
            )
