"""What is made of the originals: what to leave out, what to call otherwise, how to prepare and how to split.

A recipe names pictures by their file and its content, so that it can be downloaded, read, and repeated on
the same files elsewhere: the same originals and the same recipe are the same dataset, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets.originals import Originals
from aelab.datasets.prepare import Prepare
from aelab.datasets.split import SplitPlan
from aelab.errors import LabError

#: Why a picture was decided on, where no check proposed it.
BY_HAND: Final = "by hand"
_FORMAT = 1
_USUAL_SPLIT = SplitPlan()


@dataclass(frozen=True)
class Decision:
    """To leave one picture out, or to keep it where only some are kept.

    Attributes
    ----------
    name : str
        What the picture is called.
    digest : str
        Of its content, 16 hexadecimal digits: another file of that name is another picture.
    why : str
        The name of the check that proposed it, or "by hand".
    """

    name: str
    digest: str
    why: str = BY_HAND


@dataclass(frozen=True)
class Relabel(Decision):
    """To put one picture into another class.

    Attributes
    ----------
    label : str
        The name of the class.
    """

    label: str = ""


D = TypeVar("D", bound=Decision)


@dataclass(frozen=True)
class Chosen:
    """What a recipe takes of the originals.

    Attributes
    ----------
    kept : ndarray, int64 (N,)
        Index into the originals, ascending.
    labels : ndarray, int32 (N,)
    class_names : tuple of str
        Those of the originals that still have an image.
    """

    kept: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int32]
    class_names: tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """Everything that was decided about a dataset.

    Attributes
    ----------
    drop : tuple of Decision
    relabel : tuple of Relabel
    keep : tuple of Decision
        Only these, without what is dropped; nothing said, every picture.
    prepare : Prepare or None
        None leaves images as they are, which only those of an array can be: they have one size.
    split : SplitPlan
    """

    drop: tuple[Decision, ...] = ()
    relabel: tuple[Relabel, ...] = ()
    keep: tuple[Decision, ...] = ()
    prepare: Prepare | None = None
    split: SplitPlan = _USUAL_SPLIT

    def with_drop(self, *decisions: Decision) -> Self:
        """Return a recipe that leaves these pictures out too."""
        return replace(self, drop=_joined(self.drop, decisions))

    def with_relabel(self, *decisions: Relabel) -> Self:
        """Return a recipe that puts these pictures into other classes too; a later decision replaces an earlier."""
        return replace(self, relabel=_joined(self.relabel, decisions))

    def with_only(self, *decisions: Decision) -> Self:
        """Return a recipe that takes no other pictures than these."""
        return replace(self, keep=decisions)

    def without(self, *decisions: Decision) -> Self:
        """Return a recipe in which nothing is decided about these pictures any more."""
        undone = {(each.name, each.digest) for each in decisions}
        return replace(
            self,
            drop=tuple(each for each in self.drop if (each.name, each.digest) not in undone),
            relabel=tuple(each for each in self.relabel if (each.name, each.digest) not in undone),
        )

    def with_prepare(self, prepare: Prepare | None) -> Self:
        """Return a recipe that prepares pictures otherwise."""
        return replace(self, prepare=prepare)

    def with_split(self, split: SplitPlan) -> Self:
        """Return a recipe that splits otherwise."""
        return replace(self, split=split)

    def choose(self, originals: Originals) -> Chosen:
        """Return which pictures of the originals are taken, and what they are called.

        Raises
        ------
        LabError
            If it names a picture or a class that is not there, or leaves nothing.
        """
        finder = _Finder(originals, (*self.drop, *self.relabel, *self.keep))
        keep = np.full(len(originals.labels), not self.keep)
        labels = np.array(originals.labels, np.int32)
        for each in self.relabel:
            labels[finder.index(each)] = _code(each, originals.class_names)
        keep[[finder.index(each) for each in self.keep]] = True
        keep[[finder.index(each) for each in self.drop]] = False
        kept = np.flatnonzero(keep)
        return _with_classes_in_use(Chosen(kept, labels[kept], originals.class_names), originals.labels)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {
            "format": _FORMAT,
            "drop": [asdict(each) for each in self.drop],
            "relabel": [asdict(each) for each in self.relabel],
            **({"keep": [asdict(each) for each in self.keep]} if self.keep else {}),
            "prepare": self.prepare.to_json() if self.prepare else None,
            "split": self.split.to_json(),
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read what `to_json` returned, or somebody wrote.

        Raises
        ------
        LabError
            If it is no recipe; in one sentence.
        """
        known = {"format", *(each.name for each in fields(cls))}
        if not isinstance(data, Mapping) or data.get("format") != _FORMAT or set(data) - known:
            raise LabError(
                'This is no recipe: expected JSON with "format": {format} and no other keys than {keys}.',
                format=_FORMAT,
                keys=", ".join(sorted(known)),
            )
        prepare, split = data.get("prepare"), data.get("split", {})
        return cls(
            drop=_decisions(Decision, data.get("drop", ()), "drop"),
            relabel=_decisions(Relabel, data.get("relabel", ()), "relabel"),
            keep=_decisions(Decision, data.get("keep", ()), "keep"),
            prepare=Prepare.parse(_mapping(prepare, "prepare")) if prepare is not None else None,
            split=SplitPlan.parse(_mapping(split, "split")),
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a recipe from a JSON file."""
        return cls.from_json(storage.read_json(path))


def decide(originals: Originals, indices: Iterable[int], why: str = BY_HAND) -> tuple[Decision, ...]:
    """Return the decisions about the pictures of these indices into the originals: to leave them out, or keep them."""
    return tuple(Decision(originals.name(index), _hex(originals.digests[index]), why) for index in map(int, indices))


def relabel(originals: Originals, indices: Iterable[int], label: str, why: str = BY_HAND) -> tuple[Relabel, ...]:
    """Return the decisions to put the pictures of these indices into the class called `label`."""
    return tuple(
        Relabel(originals.name(index), _hex(originals.digests[index]), why, label) for index in map(int, indices)
    )


class _Finder:
    """Finds the pictures that decisions name."""

    def __init__(self, originals: Originals, decisions: Iterable[Decision]) -> None:
        wanted = {decision.digest for decision in decisions}
        self._places = {
            (originals.name(index), digest): index
            for index, digest in enumerate(map(_hex, originals.digests.tolist()))
            if digest in wanted
        }

    def index(self, decision: Decision) -> int:
        try:
            return self._places[decision.name, decision.digest]
        except KeyError:
            raise LabError(
                "The recipe names the picture {name}, which is not among the pictures here or has other content "
                "there; use the recipe with the files it was made for.",
                name=decision.name,
            ) from None


def _hex(digest: int) -> str:
    return f"{int(digest):016x}"


def _code(decision: Relabel, class_names: tuple[str, ...]) -> int:
    if decision.label not in class_names:
        raise LabError(
            "The recipe puts {name} into the class {label}, which is not there; the classes are {choices}.",
            name=decision.name,
            label=decision.label,
            choices=", ".join(class_names) or "none",
        )
    return class_names.index(decision.label)


def _with_classes_in_use(chosen: Chosen, before: npt.NDArray[np.int32]) -> Chosen:
    """Drop the classes that have lost their last image: nothing could be learnt or said of them."""
    lost = np.setdiff1d(before[before >= 0], chosen.labels)
    if not len(lost):
        return chosen
    codes = np.full(len(chosen.class_names) + 1, -1, np.int32)  # the last is for -1
    left = np.setdiff1d(np.arange(len(chosen.class_names)), lost)
    codes[left] = np.arange(len(left))
    return Chosen(chosen.kept, codes[chosen.labels], tuple(chosen.class_names[code] for code in left))


def _joined(known: tuple[D, ...], more: tuple[D, ...]) -> tuple[D, ...]:
    """Return decisions about one picture each, a later one in the place of an earlier."""
    return tuple({(each.name, each.digest): each for each in (*known, *more)}.values())


def _decisions(kind: type[D], data: Any, key: str) -> tuple[D, ...]:
    names = {each.name for each in fields(kind)}
    decisions = []
    for row in data if isinstance(data, list | tuple) else [data]:
        if not isinstance(row, Mapping) or set(row) != names or not all(isinstance(text, str) for text in row.values()):
            raise LabError(
                "The recipe is damaged: each entry of {key} must have the texts {names}; one is {row}.",
                key=key,
                names=", ".join(sorted(names)),
                row=repr(row)[:80],
            )
        decisions.append(kind(**row))
    return tuple(decisions)


def _mapping(data: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise LabError(
            "The recipe is damaged: {key} must be settings by name; it is {row}.", key=key, row=repr(data)[:80]
        )
    return data
