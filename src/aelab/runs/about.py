"""What people write about a run: a title, notes, tags, and whether it is put away.

It lies in the run's folder beside what the training wrote, and changes none of that: a run keeps its id and its
config, whatever it is called.  All of it is text, shown as text.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aelab import storage
from aelab.errors import LabError
from aelab.index import Index, Kind
from aelab.intake.names import cleaned
from aelab.jobs.people import SHELL, Person
from aelab.runs import owners
from aelab.runs.run import root
from aelab.runs.store import existing, lock, touch

FILE: Final = "about.json"
LONGEST_TITLE: Final = 80
LONGEST_NOTES: Final = 4000
LONGEST_TAG: Final = 30
MOST_TAGS: Final = 12


@dataclass(frozen=True)
class About:
    """What is known of a run beside its training.

    Attributes
    ----------
    title : str
        What people call it, a line; empty where it goes by its id.
    notes : str
        Lines of plain text.
    tags : tuple of str
        Different words, to find it by.
    archived : bool
        Put away: pages do not offer it.
    imported : str
        When it was brought from another lab (ISO 8601, UTC); empty where it was trained here. Its numbers are then
        what the file claimed.
    """

    title: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    archived: bool = False
    imported: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data; `parse` reads it back."""
        return dataclasses.asdict(self) | {"tags": list(self.tags)}


def parse(data: Any) -> About:
    """Return what JSON data says of a run.

    Raises
    ------
    LabError
        If a text is too long, there are too many tags, or the data is of another form.
    """
    names = {field.name for field in dataclasses.fields(About)}
    if not isinstance(data, Mapping) or not set(data) <= names:
        unknown = ", ".join(sorted(set(map(str, data)) - names)) if isinstance(data, Mapping) else type(data).__name__
        raise LabError("{file} has fields this lab does not know: {names}.", file=FILE, names=unknown[:200])
    texts = {name: data.get(name, "") for name in ("title", "notes", "imported")}
    tags, archived = data.get("tags", []), data.get("archived", False)
    if not (
        all(isinstance(text, str) for text in texts.values())
        and isinstance(tags, list | tuple)
        and all(isinstance(tag, str) for tag in tags)
        and isinstance(archived, bool)
    ):
        raise LabError("{file} must hold texts, a list of tags, and whether the run is archived.", file=FILE)
    return About(
        _line("title", texts["title"], LONGEST_TITLE),
        _lines(texts["notes"]),
        _tags(tags),
        archived,
        _line("imported", texts["imported"], LONGEST_TAG + 10),
    )


def split_tags(text: str) -> list[str]:
    """Return the tags in a text that somebody has typed: between commas, semicolons or ends of lines."""
    return re.split(r"[,;\n]", text)


def read(run_id: str) -> About:
    """Return what was written about a run; nothing where nobody wrote, or the file is damaged: it stops no page."""
    return _read(root() / storage.checked_id(run_id))


def read_all(run_ids: Iterable[str]) -> dict[str, About]:
    """Return what was written about each of many runs, from the index."""
    rows = _index.rows()
    return {run_id: rows.get(run_id, About()) for run_id in run_ids}


def _read(folder: Path) -> About:
    try:
        return parse(json.loads((folder / FILE).read_bytes()))
    except (OSError, ValueError, RecursionError):  # a LabError is a ValueError
        return About()


_index = Index(
    Kind(
        name="about",
        root=root,
        files=(FILE,),
        read=_read,
        settled=lambda written: True,
        to_json=About.to_json,
        from_json=lambda run_id, data: parse(data),
    )
)


def change(
    run_id: str,
    *,
    title: str | None = None,
    notes: str | None = None,
    tags: Sequence[str] | None = None,
    archived: bool | None = None,
    by: Person = SHELL,
) -> About:
    """Replace what is given, keep the rest, and return what is written now.

    Raises
    ------
    LabError
        If there is no such run, it is somebody else's, or a text is too long; then nothing is changed.
    """
    given = {"title": title, "notes": notes, "tags": tags, "archived": archived}
    with lock():  # two who write at once: each keeps what the other wrote in another field
        path = existing(run_id) / FILE
        owners.check(run_id, by)
        before = read(run_id).to_json()
        after = parse(before | {name: value for name, value in given.items() if value is not None})
        storage.write_json(path, after.to_json())
    touch()
    return after


def _line(field: str, text: str, most: int) -> str:
    return _bounded(field, " ".join(cleaned(" ".join(text.split())).split()), most)


def _lines(text: str) -> str:
    return _bounded("notes", "\n".join(cleaned(line) for line in text.splitlines()).strip(), LONGEST_NOTES)


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(tag for text in tags if (tag := _line("tag", text, LONGEST_TAG))))
    if len(found) > MOST_TAGS:
        raise LabError("A run may have up to {most} tags; these are {count}.", most=MOST_TAGS, count=len(found))
    return found


def _bounded(field: str, text: str, most: int) -> str:
    if len(text) > most:
        raise LabError(
            "{field} may have up to {most} characters; it has {count}. Shorten it.",
            field=field,
            most=most,
            count=len(text),
        )
    return text
