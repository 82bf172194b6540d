"""Corruptions and filters in words: what images are put through, and by what they are restored."""

from __future__ import annotations

from typing import Final

from aelab.filters import filters
from aelab.noise import noises
from aelab.noise.corruption import Corruption, Part
from ui.i18n import plain, t

NOTHING: Final = "nothing"  # among the filters


def told(corruption: Corruption) -> str:
    """Return what is done to images, each noise with its level, safe to put into Markdown."""
    parts = [_told(part) for part in corruption.parts]
    if len(parts) == 1:
        return parts[0]
    if corruption.how == "or":
        return t("for each image one of {parts}", parts=", ".join(parts))
    said = parts[0]
    for part in parts[1:]:
        said = t("{first}, then {second}", first=said, second=part)
    return said


def _told(part: Part) -> str:
    label = t(noises[part.noise].label) if part.noise in noises else plain(part.noise)  # a run of another lab's noise
    return f"{label} {part.level:g}"


def filter_in_words(name: str) -> str:
    """Return what a filter is called in a sentence; the one that leaves images alone is no way to restore."""
    return t("doing nothing") if name == NOTHING else t(filters[name].label)
