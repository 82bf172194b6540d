"""Choices about a dataset while they are being made: kept between visits, taken back one by one.

A draft belongs to one visitor, so that thirty can clean the same dataset without seeing each other's
choices.  It becomes a dataset when the recipe it amounts to is built.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from aelab import storage
from aelab.cleaning.proposal import Choices
from aelab.datasets.dataset import Dataset
from aelab.errors import LabError

_MOST_STEPS: Final = 100
_KEPT_SECONDS: Final = 30 * 24 * 3600


@dataclass(frozen=True)
class Draft:
    """What one visitor has chosen about one dataset, step by step.

    Attributes
    ----------
    visitor, dataset, checksum : str
        Whose it is, and about which images.
    steps : tuple of Choices
        The last is what is chosen at present; the first is where undoing ends.
    """

    visitor: str
    dataset: str
    checksum: str
    steps: tuple[Choices, ...] = (Choices(),)

    @property
    def choices(self) -> Choices:
        """What is chosen at present."""
        return self.steps[-1]

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return len(self.steps) > 1

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return root() / storage.checked_id(self.visitor) / f"{self.dataset}.json"

    def decide(self, choices: Choices) -> Draft:
        """Take a step, and keep it; of very many the first are forgotten."""
        if choices == self.choices:
            return self
        return self._kept((*self.steps, choices)[-_MOST_STEPS:])

    def undo(self) -> Draft:
        """Take the last step back."""
        return self._kept(self.steps[:-1]) if self.can_undo else self

    def _kept(self, steps: tuple[Choices, ...]) -> Draft:
        changed = replace(self, steps=steps)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        storage.write_json(self.path, {"checksum": self.checksum, "steps": [_to_json(step) for step in steps]})
        return changed


def root() -> Path:
    """Return the folder in which drafts are kept."""
    return storage.artifacts() / "cache" / "drafts"


def new_visitor() -> str:
    """Return a name under which a visitor's drafts can be kept."""
    return uuid.uuid4().hex[:12]


def begin(visitor: str, dataset: Dataset) -> Draft:
    """Return a visitor's draft about a dataset: the one that is kept, or an empty one.

    Raises
    ------
    LabError
        If the visitor's name is none that the lab gives.
    """
    empty = Draft(visitor, dataset.name, dataset.checksum)
    if not empty.path.exists():
        return empty
    try:
        kept = storage.read_json(empty.path)
        if kept["checksum"] != dataset.checksum:  # another dataset has taken the name
            return empty
        return replace(empty, steps=tuple(map(_from_json, kept["steps"])) or empty.steps)
    except (LabError, KeyError, TypeError, ValueError):
        return empty


def sweep() -> None:
    """Delete drafts that nobody has touched for a month; for the start of a server."""
    oldest = time.time() - _KEPT_SECONDS
    for path in root().glob("*/*.json"):
        with contextlib.suppress(OSError):  # somebody else sweeps too, or the folder has more in it
            if path.stat().st_mtime < oldest:
                path.unlink()
                path.parent.rmdir()


def _to_json(choices: Choices) -> dict[str, Any]:
    return {
        "accepted": sorted(choices.accepted),
        "kept": sorted(choices.kept),
        "dropped": {str(index): why for index, why in sorted(choices.dropped.items())},
    }


def _from_json(data: Any) -> Choices:
    return Choices(
        frozenset(map(str, data["accepted"])),
        frozenset(map(int, data["kept"])),
        {int(index): str(why) for index, why in data["dropped"].items()},
    )
