"""What was asked, and how it stands."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aelab import storage
from aelab.errors import LabError

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]

#: States in which a job still has something to do.
OPEN: frozenset[str] = frozenset({"queued", "running"})


@dataclass(frozen=True)
class Status:
    """How a job stands.

    Attributes
    ----------
    state : str
        `interrupted` is never written: it is what a job is whose worker is gone without a word.
    progress : float
        Share done, 0 to 1.
    started, ended : float or None
        Seconds since the epoch.
    error : LabError or None
        Why it failed.
    cpu_seconds : float or None
        What the worker took, once it has ended.
    launched : bool
        Whether a worker was started for a job that is still queued.
    moving : tuple of float, or None
        When the first progress was made, in seconds since the epoch, and how far that was: before it a
        worker loads its libraries, which says nothing about the time to come.
    turn : tuple of int and float, or None
        Where somebody has put a job that waits: below 0 before everybody's, then among its owner's own.
    memory_bytes : int or None
        What the worker had taken when it last reported.
    """

    state: State
    progress: float = 0.0
    started: float | None = None
    ended: float | None = None
    error: LabError | None = None
    cpu_seconds: float | None = None
    launched: bool = False
    moving: tuple[float, float] | None = None
    turn: tuple[int, float] | None = None
    memory_bytes: int | None = None

    @property
    def seconds(self) -> float | None:
        """How long it has run, or ran."""
        if self.started is None:
            return None
        return max(0.0, (self.ended or time.time()) - self.started)

    @property
    def seconds_left(self) -> float | None:
        """How long a running job will still take if it goes on as it went; None until that is known."""
        if self.state != "running" or self.moving is None:
            return None
        since, start = self.moving
        done = self.progress - start
        return None if done < 0.02 else max(0.0, time.time() - since) * (1.0 - self.progress) / done


@dataclass(frozen=True)
class Expected:
    """What a job will take, as far as it is known beforehand.

    Attributes
    ----------
    seconds : float or None
    memory_bytes : int or None
        Of its worker, at the most.
    done : float
        The share that is done already when it begins: what it goes on from has learned something.
    """

    seconds: float | None = None
    memory_bytes: int | None = None
    done: float = 0.0


@dataclass(frozen=True)
class Job:
    """What was asked.

    Attributes
    ----------
    id : str
    kind : str
        Name of the task.
    params : mapping
        Its parameters, plain JSON data.
    created : float
        Seconds since the epoch; said to people, but never what decides: clocks are set back.
    number : int
        Higher than that of every job asked for before.
    owner : str
        Who asked for it, as `aelab.jobs.people` knows them; empty for the lab itself.
    also : tuple of str
        Who has asked for the same while it waited or ran, and shares it.
    expected : Expected
    """

    id: str
    kind: str
    params: Mapping[str, Any]
    created: float
    number: int = 0
    owner: str = ""
    expected: Expected = Expected()
    also: tuple[str, ...] = ()

    @property
    def owners(self) -> tuple[str, ...]:
        """Everybody who has asked for it and has not cancelled, the first one first."""
        return (self.owner, *self.also)

    @property
    def folder(self) -> Path:
        """Where everything about it is."""
        return root() / self.id


def root() -> Path:
    """Return the folder in which jobs are kept."""
    return storage.artifacts() / "jobs"
