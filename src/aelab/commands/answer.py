"""What every subcommand needs: how it is declared, the form of its answer, and a place to write to."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from aelab import storage
from aelab.errors import LabError
from aelab.reports.csv import to_csv


@dataclass(frozen=True)
class Answer:
    """What a subcommand found: `data` for `--json`, `lines` for people."""

    data: dict[str, Any]
    lines: list[str]


#: Makes a subcommand of its name, what it does, and what is said of it; gives what takes its arguments.
MakeCommand: TypeAlias = Callable[[str, Callable[[argparse.Namespace], Answer], str], argparse.ArgumentParser]


def place(name: str) -> Path:
    """Return where a file is to be written; refuse, before any work is done, what cannot be one."""
    path = storage.user_path(name).resolve()  # a link stays one: what it leads to is written
    if path.is_dir() or not path.parent.is_dir():
        raise LabError("{file} cannot be written: name a file in a folder that exists.", file=repr(name))
    return path


def save(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, into a device such as /dev/stdout as well."""
    if path.exists() and not path.is_file():
        path.write_text(to_csv(table), encoding="utf-8")
        return
    with storage.written(path, "w") as file:
        file.write(to_csv(table))
