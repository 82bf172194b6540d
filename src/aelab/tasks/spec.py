"""What the file of a task declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aelab.jobs.context import JobContext
from aelab.jobs.queue import Lane


@dataclass(frozen=True)
class TaskSpec:
    """One kind of slow work.

    Attributes
    ----------
    name, label : str
    lane : {"heavy", "light"}
        `heavy` where it loads TensorFlow or takes minutes.
    run : callable
        ``run(context, params)``, in a worker process; results go to `context.folder` or a store.
    """

    name: str
    label: str
    lane: Lane
    run: Callable[[JobContext, Mapping[str, Any]], None]
