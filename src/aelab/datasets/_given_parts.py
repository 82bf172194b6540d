"""Notice that pictures come with a split of their own: folders train and test around those of the classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from aelab.datasets.split import FREE, TEST, TRAIN, VALIDATION
from aelab.intake.listing import Entry, Listing, Parts

_PARTS: Final[Mapping[str, int]] = {
    "train": TRAIN,
    "training": TRAIN,
    "val": VALIDATION,
    "valid": VALIDATION,
    "validation": VALIDATION,
    "test": TEST,
    "testing": TEST,
}


@dataclass(frozen=True)
class GivenParts:
    """Files as if no folder of a part were around them.

    Attributes
    ----------
    listing : Listing
    """

    listing: Listing
    _before: Mapping[int, tuple[Entry, int]]

    def entry(self, entry: Entry) -> Entry:
        """Return a file with its whole path, by which people know it."""
        return self._before[id(entry)][0]

    def part(self, entry: Entry) -> int:
        """Return the part of the split that a file is given, in the codes of `split`."""
        return self._before[id(entry)][1]


def without_parts(listing: Listing) -> GivenParts:
    """Return the listing without folders such as train and test, if those are all that it has side by side."""
    level = _level(listing)
    if level is None:
        return GivenParts(listing, {id(entry): (entry, FREE) for entry in listing.entries})
    depth = len(level)
    before: dict[int, tuple[Entry, int]] = {}
    entries = []
    for entry in listing.entries:
        inside = len(entry.parts) > depth + 1
        moved = replace(entry, parts=_without(entry.parts, depth)) if inside else entry
        before[id(moved)] = (entry, _PARTS[entry.parts[depth].lower()] if inside else FREE)
        entries.append(moved)
    folders = frozenset(_without(parts, depth) if len(parts) > depth else parts for parts in listing.folders)
    return GivenParts(replace(listing, entries=tuple(entries), folders=folders), before)


def _level(listing: Listing) -> Parts | None:
    """Return the folder that has the folders of the parts in it, or None."""
    level: Parts = ()
    while True:
        depth = len(level)
        inner = {parts[depth] for parts in listing.folders if len(parts) > depth and parts[:depth] == level}
        found = {_PARTS.get(name.lower(), FREE) for name in inner}
        if len(inner) == len(found) > 1 and TRAIN in found and FREE not in found:
            return level
        if len(inner) != 1:
            return None
        level = (*level, *inner)


def _without(parts: Parts, depth: int) -> Parts:
    return (*parts[:depth], *parts[depth + 1 :])
