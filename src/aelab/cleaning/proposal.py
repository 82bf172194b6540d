"""From what was found and what a person decided to the pictures that are left out, each with its reason.

The rules, in this order:

1. A picture that the person keeps stays, whatever else is said.
2. One that the person leaves out by hand goes.
3. Of an accepted group whose pictures are at fault each for itself (blank, too small, ...) those go that the
   proposal does not keep. The worst kind of fault is the reason that is written down.
4. Of an accepted group of copies one always stays, of copies under several labels one of each: if what the
   proposal keeps has gone by rule 2 or 3, the next best takes its place. Where a file has identical and nearly
   identical copies, both accepted, the largest of all remains.

The result does not depend on the order in which choices were made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from aelab.cleaning._labels import split_by_label
from aelab.cleaning.inspection import Inspection
from aelab.cleaning.spec import Group
from aelab.datasets import recipe
from aelab.datasets.dataset import Dataset
from aelab.datasets.recipe import BY_HAND, Recipe
from aelab.errors import LabError


@dataclass(frozen=True)
class Choices:
    """What a person decided.

    Attributes
    ----------
    accepted : frozenset of str
        Keys of the groups whose proposals are accepted.
    kept : frozenset of int
        Pictures that stay in any case.
    dropped : mapping of int to str
        Pictures left out one by one, each with the reason: the name of a check, or "by hand".
    """

    accepted: frozenset[str] = frozenset()
    kept: frozenset[int] = frozenset()
    dropped: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def all_automatic(cls, inspection: Inspection) -> Self:
        """Return the choice to accept every proposal that needs no person to look."""
        return cls(frozenset(key for key, finding, _ in inspection.groups() if finding.check.automatic))

    def accept(self, *keys: str) -> Self:
        """Return the choices with these groups accepted."""
        return replace(self, accepted=self.accepted | set(keys))

    def refuse(self, *keys: str) -> Self:
        """Return the choices with these groups not accepted."""
        return replace(self, accepted=self.accepted - set(keys))

    def keep(self, *indices: int) -> Self:
        """Return the choices with these pictures kept in any case."""
        dropped = {index: why for index, why in self.dropped.items() if index not in indices}
        return replace(self, kept=self.kept | set(indices), dropped=dropped)

    def drop(self, *indices: int, why: str = BY_HAND) -> Self:
        """Return the choices with these pictures left out."""
        dropped = {**self.dropped, **dict.fromkeys(indices, why)}
        return replace(self, kept=self.kept - set(indices), dropped=dropped)


def to_leave_out(inspection: Inspection, choices: Choices) -> dict[int, str]:
    """Return the pictures to leave out, ascending, each with its reason: the name of a check, or "by hand".

    Raises
    ------
    LabError
        If a choice names a group or a picture that is not there.
    """
    _check(inspection, choices)
    out = {index: why for index, why in choices.dropped.items() if index not in choices.kept}
    accepted = [(finding.check, group) for key, finding, group in inspection.groups() if key in choices.accepted]
    for check, group in accepted:
        if not check.copies:
            out = _added(out, set(group.members) - set(group.keep) - choices.kept, check.name)
    for check, group in sorted((each for each in accepted if each[0].copies), key=lambda each: each[0].severity):
        out = _added(out, _spare(group, inspection, out, choices.kept), check.name)
    return dict(sorted(out.items()))


def cleaned(dataset: Dataset, left_out: Mapping[int, str]) -> Recipe:
    """Return the dataset's recipe with these of its images left out too."""
    decisions = [
        decision
        for index, why in sorted(left_out.items())
        for decision in recipe.decide(dataset.originals, [dataset.kept[index]], why)
    ]
    return dataset.recipe.with_drop(*decisions)


def _spare(group: Group, inspection: Inspection, out: Collection[int], kept: frozenset[int]) -> set[int]:
    """Return the copies that are not needed: all but one of each label, or those that were chosen to stay."""
    left = [index for index in group.members if index not in out]
    spare: set[int] = set()
    for alike in split_by_label(left, inspection.labels):
        staying = {index for index in alike if index in group.keep or index in kept} or {alike[0]}
        spare |= set(alike) - staying
    return spare


def _added(out: dict[int, str], more: Iterable[int], why: str) -> dict[int, str]:
    return {**dict.fromkeys(sorted(more), why), **out}


def _check(inspection: Inspection, choices: Choices) -> None:
    unknown = choices.accepted - {key for key, _, _ in inspection.groups()}
    if unknown:
        raise LabError(
            "There is no group called {key} in what was found; look at the dataset again, it may be another one now.",
            key=repr(min(unknown)),
        )
    for index in (*choices.kept, *choices.dropped):
        if not 0 <= index < len(inspection.labels):
            raise LabError(
                "There is no picture number {index}; the dataset has {count}.",
                index=index,
                count=len(inspection.labels),
            )
