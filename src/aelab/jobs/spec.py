"""What the file of a task declares, and where the tasks are found.

The tasks themselves, in `aelab.tasks`, sit above the jobs: jobs know them by name only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aelab.jobs.context import JobContext
from aelab.registry import Registry

#: `heavy` jobs use every core for as long as they take; `light` ones must not wait behind them.
Lane = Literal["heavy", "light"]


@dataclass(frozen=True)
class TaskSpec:
    """One kind of slow work.

    Attributes
    ----------
    name, label : str
    lane : {"heavy", "light"}
        `heavy` where it calculates with TensorFlow.
    run : callable
        ``run(context, params)``, in a worker process; results go to `context.folder` or a store.
    """

    name: str
    label: str
    lane: Lane
    run: Callable[[JobContext, Mapping[str, Any]], None]


tasks: Registry[TaskSpec] = Registry("aelab.tasks", TaskSpec, "task")
