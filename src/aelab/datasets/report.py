"""What an import did with each file: kept as it was, converted, or left out, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from aelab.errors import LabError


@dataclass(frozen=True)
class Quarantined:
    """A file that could not be read.

    Attributes
    ----------
    file : str
        Its name, as people read it.
    reason : LabError
        The whole sentence, file and reason.
    """

    file: str
    reason: LabError


@dataclass(frozen=True)
class Conversion:
    """Something that was done to pictures on the way in.

    Attributes
    ----------
    note : LabError
        What was done to the first of them; the template is that of all.
    files : tuple of str
        The names of all of them.
    """

    note: LabError
    files: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """How an import went, file by file: nothing is cut short.

    Attributes
    ----------
    found : int
        Pictures that were there to be read.
    kept : int
        Pictures that could be read.
    converted : tuple of Conversion
        By kind, those of most pictures first. A picture may be in several.
    quarantined : tuple of Quarantined
        Pictures that could not be read.
    left_out : tuple of LabError
        About files that were not looked into, such as those that are no pictures.
    """

    found: int
    kept: int
    converted: tuple[Conversion, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    left_out: tuple[LabError, ...] = ()

    def sentences(self) -> tuple[LabError, ...]:
        """Return everything that is said about files that are not in the dataset."""
        return (*self.left_out, *(each.reason for each in self.quarantined))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {
            "format": 1,
            "found": self.found,
            "kept": self.kept,
            "converted": [{"note": each.note.to_json(), "files": list(each.files)} for each in self.converted],
            "quarantined": [{"file": each.file, "reason": each.reason.to_json()} for each in self.quarantined],
            "left_out": [sentence.to_json() for sentence in self.left_out],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read back what `to_json` returned."""
        return cls(
            found=data["found"],
            kept=data["kept"],
            converted=tuple(
                Conversion(LabError.from_json(each["note"]), tuple(each["files"])) for each in data["converted"]
            ),
            quarantined=tuple(
                Quarantined(each["file"], LabError.from_json(each["reason"])) for each in data["quarantined"]
            ),
            left_out=tuple(LabError.from_json(each) for each in data["left_out"]),
        )


def conversions(histories: Iterable[tuple[str, tuple[LabError, ...]]]) -> tuple[Conversion, ...]:
    """Sort what was done to pictures by kind.

    Parameters
    ----------
    histories : iterable of (str, tuple of LabError)
        The name of each picture, and what was done to it.
    """
    first: dict[str, LabError] = {}
    files: dict[str, list[str]] = {}
    for name, notes in histories:
        for note in notes:
            first.setdefault(note.template, note)
            files.setdefault(note.template, []).append(name)
    order = sorted(files, key=lambda template: -len(files[template]))
    return tuple(Conversion(first[template], tuple(files[template])) for template in order)
