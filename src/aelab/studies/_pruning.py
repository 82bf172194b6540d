"""Folders of things that can be made again: what nobody has looked at for longest makes room."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def prune_files(folder: Path, ending: str, most_bytes: int) -> None:
    """Delete the files whose times are oldest until the rest take no more than so many bytes."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        files = [(entry.path, entry.stat()) for entry in entries if entry.name.endswith(ending)]
        used = sum(stat.st_size for _, stat in files)
        for path, stat in sorted(files, key=lambda file: file[1].st_mtime):
            if used <= most_bytes:
                return
            with contextlib.suppress(OSError):  # Windows deletes no file that somebody reads: the next is tried
                Path(path).unlink(missing_ok=True)
                used -= stat.st_size
