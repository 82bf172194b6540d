"""What every subcommand needs: the form of its answer, a place to write to, and patience."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from aelab import storage
from aelab.errors import LabError
from aelab.jobs import queue
from aelab.jobs.folder import Job, Status
from aelab.reports.csv import to_csv


@dataclass(frozen=True)
class Answer:
    """What a subcommand found: `data` for `--json`, `lines` for people."""

    data: dict[str, Any]
    lines: list[str]


def place(name: str) -> Path:
    """Return where a file is to be written; refuse, before any work is done, what cannot be one."""
    path = Path(name).expanduser().absolute()
    if path.is_dir() or not path.parent.is_dir():
        raise LabError("{file} cannot be written: name a file in a folder that exists.", file=repr(name))
    return path


def save(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV."""
    with storage.written(path, "w") as file:
        file.write(to_csv(table))


def wait(job: Job, title: str) -> Status:
    """Follow a job on standard error; Ctrl-C cancels it; its error becomes ours."""
    say = percent(title)
    try:
        status = queue.wait(job, lambda now: say(now.progress))
    except KeyboardInterrupt:
        queue.cancel(job.id)
        raise
    if status.error is not None:
        raise status.error
    if status.state == "interrupted":
        raise LabError("The worker of {job} ended without a word; its log.txt may say why.", job=job.id)
    return status


def percent(title: str) -> Callable[[float], None]:
    """Return what writes a share done to standard error, on one line of a terminal."""
    last = -1

    def say(share: float) -> None:
        nonlocal last
        percent = int(100 * share)
        if percent != last and sys.stderr.isatty():
            sys.stderr.write(f"\r{title}: {percent} %" + ("\n" if percent == 100 else ""))
            sys.stderr.flush()
        last = percent

    return say
