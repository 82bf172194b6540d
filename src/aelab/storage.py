"""Where the lab writes, and how: whole files or none.

Everything lives below one folder, `artifacts/` beside the code unless the environment variable
`AELAB_ARTIFACTS` names another.  An id, never a path, chooses what is inside it.
"""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from aelab.errors import LabError

_BESIDE_THE_CODE = Path(__file__).resolve().parents[2] / "artifacts"
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_unfinished: set[Path] = set()  # what this process is writing, under its temporary names


def artifacts() -> Path:
    """Return the folder that holds everything the lab writes; it may not exist yet."""
    moved = os.environ.get("AELAB_ARTIFACTS")
    if not moved:
        return _BESIDE_THE_CODE
    return _resolved(moved, None if Path(moved).is_absolute() else Path.cwd())


@functools.lru_cache(maxsize=8)
def _resolved(moved: str, here: Path | None) -> Path:
    """Return what the environment names, from `here`: to follow every link takes longer than many a read."""
    return user_path(moved).resolve()


def user_path(text: str | Path) -> Path:
    """Return the path that a person wrote, with ~ for a home folder.

    Raises
    ------
    LabError
        If it is empty, or nobody has that home.
    """
    if not str(text):
        raise LabError("A file or folder must be named; the name is empty.")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise LabError("{path} names the home of somebody who is not on this computer.", path=repr(str(text))) from None


def checked_id(text: str) -> str:
    """Return `text` if it can name a dataset, run or job, else raise a `LabError`."""
    if not _ID.fullmatch(text):
        raise LabError(
            "{name} is not a name the lab can use: write 1 to 80 small letters, digits, - or _, "
            "beginning with a letter or digit.",
            name=repr(text),
        )
    return text


def folders(parent: Path) -> list[Path]:
    """Return the folders of `parent` that have a valid id for a name, sorted; none if it is missing."""
    try:
        with os.scandir(parent) as entries:  # which knows what is a folder without asking for each
            names = [entry.name for entry in entries if _ID.fullmatch(entry.name) and entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [parent / name for name in sorted(names)]


@contextlib.contextmanager
def written(path: Path, mode: str = "wb", *, lasting: bool = True) -> Iterator[IO[Any]]:
    """Open a file to write that replaces `path` only when the block ends without an error.

    The content is on the disk (fsync) before the name changes, so a reader sees the old file or the
    new one, whole, whatever happens in between.  What is not `lasting`, since it will be replaced in a moment,
    is spared the wait for the disk: only when the power fails could it be damaged.
    """
    try:
        with _temporary(path) as temporary:
            with open(temporary, mode, encoding=None if "b" in mode else "utf-8") as file:
                yield file
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
            temporary.replace(path)
    except OSError as error:
        raise disk_error(path, error) from error


@contextlib.contextmanager
def written_folder(path: Path) -> Iterator[Path]:
    """Fill a folder under a temporary name; it becomes `path` only when the block ends without an error.

    Raises
    ------
    FileExistsError
        If `path` exists by then; what was there stays.
    """
    try:
        with _temporary(path) as temporary:
            temporary.mkdir(parents=True)
            yield temporary
            if path.exists():
                raise FileExistsError(path)
            temporary.rename(path)
    except OSError as error:
        if path.exists():  # somebody else made it meanwhile; a rename onto a full folder fails
            raise FileExistsError(path) from error
        raise disk_error(path, error) from error


def abandon_unfinished() -> None:
    """Delete what other threads are writing at this moment; for a process that ends in the middle of it."""
    for temporary in list(_unfinished):
        _deleted(temporary)


@contextlib.contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Return a name beside `path` that nobody has or lists; what still has it at the end is deleted."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    _unfinished.add(temporary)
    try:
        yield temporary
    finally:
        _deleted(temporary)
        _unfinished.discard(temporary)


def _deleted(temporary: Path) -> None:
    """Delete a file or folder, if it is there; one that is open stays where the system does not let it go."""
    with contextlib.suppress(OSError):
        temporary.unlink()
    shutil.rmtree(temporary, ignore_errors=True)


def removed_folder(path: Path) -> None:
    """Delete a folder so that it is gone at once for readers, whatever interrupts the deletion."""
    with _temporary(path) as doomed:
        path.rename(doomed)


def write_json(path: Path, data: Any, *, lasting: bool = True) -> None:
    """Write `data` as JSON, as `written` does; a float that JSON cannot hold becomes null."""
    with written(path, "w", lasting=lasting) as file:
        json.dump(finite(data), file, indent=1, ensure_ascii=False, allow_nan=False)


def read_json(path: Path) -> Any:
    """Read a JSON file; a `LabError` names it when it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabError("{file} is missing from {folder}.", file=path.name, folder=path.parent.name) from None
    except (ValueError, OSError) as error:
        raise LabError(
            "{file} in {folder} is damaged ({reason}).", file=path.name, folder=path.parent.name, reason=reason(error)
        ) from None


def append_line(path: Path, data: Any) -> None:
    """Append `data` as one line of JSON, in a single write."""
    line = json.dumps(finite(data), ensure_ascii=False, allow_nan=False) + "\n"
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        raise disk_error(path, error) from error


def read_lines(path: Path) -> list[Any]:
    """Read a file of one JSON value a line; a half-written last line is left out."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    values = []
    for line in content.split(b"\n"):  # bytes: the end may be missing in the middle of a character
        try:
            values.append(json.loads(line))
        except ValueError:
            break
    return values


def finite(data: Any) -> Any:
    """Return `data` with every NaN and infinity replaced by None, as strict JSON requires."""
    if isinstance(data, float) and not math.isfinite(data):
        return None
    if isinstance(data, dict):
        return {key: finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(value) for value in data]
    return data


def reason(error: Exception) -> str:
    """Say why without where: the path in an `OSError` is nobody's business who looks at a page."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)


def disk_error(path: Path, error: OSError) -> LabError:
    """Say in one sentence that `path` could not be written and why."""
    return LabError(
        "{name} could not be written: {reason}. Free some space or move the artifacts folder with "
        "AELAB_ARTIFACTS, then try again.",
        name=path.name,
        reason=reason(error),
    )
