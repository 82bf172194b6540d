"""Decide which folders are the classes, from where the pictures lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from aelab.errors import LabError
from aelab.intake.entries import Entry, Listing
from aelab.intake.kinds import PEEK, PICTURES, kind_of
from aelab.intake.limits import MOST_CLASSES
from aelab.intake.names import Parts, printable

#: The head of the list that the lab's own exports have beside the pictures, as `LIST_NAME`.
LIST_COLUMNS: Final = ("file", "split", "class", "original")
LIST_NAME: Final = "manifest.csv"

_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif"})


@dataclass(frozen=True)
class Arrangement:
    """The pictures, class by class.

    Attributes
    ----------
    class_names : tuple of str
        Empty where the pictures lie in no class folder.
    pictures : tuple of (Entry, int)
        Each with the index of its class, -1 without classes.
    left_out : tuple of LabError
        About what is no picture, or lies in no class.
    """

    class_names: tuple[str, ...]
    pictures: tuple[tuple[Entry, int], ...]
    left_out: tuple[LabError, ...]


def arrange(listing: Listing, what: str) -> Arrangement:
    """Sort the pictures of `what`, a folder or archive, into classes.

    The classes are the folders of the first level that has more than one, so that a zip with a single
    folder around everything is understood; pictures further down belong to the class above them.

    Raises
    ------
    LabError
        If there is no picture at all, a class folder without one, or more of them than there can be classes.
    """
    pictures: list[Entry] = []
    others: list[Entry] = []
    for entry in listing.entries:
        if not _is_own_list(entry):
            (pictures if _is_picture(entry) else others).append(entry)
    left_out = [*listing.left_out, *_said_of_others(others)]
    if not pictures:
        raise _no_picture(what, left_out)
    level = _class_level(listing.folders, {entry.parts[:-1] for entry in pictures})
    folders = _inside(level, listing.folders)
    if not folders:
        return Arrangement((), tuple((entry, -1) for entry in pictures), tuple(left_out))
    _check_count(folders, what)
    labels = {name: label for label, name in enumerate(folders)}
    placed: list[tuple[Entry, int]] = []
    for entry in pictures:
        inside = entry.parts[len(level) : -1]
        if inside:
            placed.append((entry, labels[inside[0]]))
        else:
            left_out.append(LabError("{file} is left out: it lies beside the class folders.", file=entry.name))
    _check_all_used(placed, folders, what)
    return Arrangement(tuple(map(printable, folders)), tuple(placed), tuple(left_out))


def _no_picture(what: str, left_out: list[LabError]) -> LabError:
    if not left_out:
        return LabError("{what} has no picture in it; the lab reads JPEG, PNG, WebP, BMP and GIF.", what=what)
    return LabError(
        "{what} has no picture in it; the lab reads JPEG, PNG, WebP, BMP and GIF. {complaint}",
        what=what,
        complaint=left_out[0],
    )


def _is_picture(entry: Entry) -> bool:
    """Return whether a file is a picture, or is called one, and will have to be explained if it is none."""
    if PurePosixPath(entry.parts[-1]).suffix.lower() in _SUFFIXES:
        return True
    try:
        return kind_of(entry.peek()) in PICTURES
    except LabError:
        return False


def _is_own_list(entry: Entry) -> bool:
    """Return whether a file is the list in a zip that the lab has exported: nothing is left out with it."""
    if entry.parts[-1] != LIST_NAME:
        return False
    try:
        return entry.peek().startswith(",".join(LIST_COLUMNS).encode()[:PEEK])
    except LabError:
        return False


def _said_of_others(others: list[Entry]) -> list[LabError]:
    """Return one sentence about all files that are no pictures: there can be as many as there are pictures."""
    if not others:
        return []
    return [
        LabError(
            "Files left out: {count}, such as {example}. They are not JPEG, PNG, WebP, BMP or GIF pictures.",
            count=len(others),
            example=others[0].name,
        )
    ]


def _class_level(folders: frozenset[Parts], with_pictures: set[Parts]) -> Parts:
    """Return the folder whose folders are the classes: go down while a folder only wraps another."""
    level: Parts = ()
    while level not in with_pictures:
        inner = _inside(level, folders)
        if len(inner) != 1:
            break
        only = (*level, inner[0])
        below = len(_inside(only, folders))
        if below == 0 or (below == 1 and only in with_pictures):  # a class, rather than a wrapper of classes
            break
        level = only
    return level


def _inside(level: Parts, folders: frozenset[Parts]) -> list[str]:
    depth = len(level)
    return sorted(parts[depth] for parts in folders if len(parts) == depth + 1 and parts[:depth] == level)


def _check_count(folders: list[str], what: str) -> None:
    if len(folders) > MOST_CLASSES:
        raise LabError(
            "{what} has {count} folders side by side, each of which would be a class; there can be up to {most}.",
            what=what,
            count=len(folders),
            most=MOST_CLASSES,
        )


def _check_all_used(placed: list[tuple[Entry, int]], folders: list[str], what: str) -> None:
    used = {label for _, label in placed}
    for label, name in enumerate(folders):
        if label not in used:
            raise LabError(
                "The class folder {name} in {what} has no picture in it; put some there, or remove the folder.",
                name=printable(name),
                what=what,
            )
