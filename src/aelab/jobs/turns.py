"""Whose turn was when: what the fair order has to remember of jobs that were started.

The jobs themselves could not tell: one that ends, is taken up again or is deleted would give its turn back.  It is a
few numbers, and can be lost at any moment: then everybody's count begins anew.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aelab import storage
from aelab.errors import LabError
from aelab.jobs.job import root
from aelab.jobs.spec import Lane

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Turns:
    """Rounds of one lane, as `aelab.jobs.order` explains them.

    Attributes
    ----------
    now : int
        The round of which a job was started last; those before it are over.
    had : mapping of str to int
        The last round in which each owner had a job started, for those who had one in the present round or later.
    """

    now: int = 0
    had: Mapping[str, int] = field(default_factory=dict)

    def after(self, owners: Collection[str], earliest: int) -> Turns:
        """Return how it stands after a job was started.

        Parameters
        ----------
        owners : collection of str
            Whose turn that was.
        earliest : int
            The earliest round of all that waited: the job's own, unless the teacher has put it first.
        """
        now = max(self.now, earliest)
        had = dict(self.had) | {owner: max(self.had.get(owner, now), now) for owner in owners}
        return Turns(now, {owner: last for owner, last in had.items() if last >= now})


def read(lane: Lane) -> Turns:
    """Return the turns of a lane; none where nothing was kept, or it is damaged."""
    try:
        kept = storage.read_json(_path())[lane]
        return Turns(int(kept["now"]), {str(owner): int(last) for owner, last in kept["had"].items()})
    except (LabError, KeyError, TypeError, ValueError, AttributeError):
        return Turns()


def write(lane: Lane, turns: Turns) -> None:
    """Keep the turns of a lane, under the queue's lock; where they cannot be written, they are not kept."""
    try:
        kept: Any = storage.read_json(_path())
    except LabError:
        kept = {}
    others = kept if isinstance(kept, dict) else {}
    try:
        storage.write_json(_path(), others | {lane: {"now": turns.now, "had": dict(turns.had)}}, lasting=False)
    except LabError as error:
        _log.debug("whose turn it was is not kept: %s", error)


def _path() -> Path:
    return root() / ".turns.json"
