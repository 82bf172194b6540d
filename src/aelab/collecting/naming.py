"""Name folders after classes so that every file system takes them and people still read their own words."""

from __future__ import annotations

import re
from typing import Final

from aelab.errors import LabError
from aelab.intake.names import cleaned, hidden

LONGEST: Final = 60  # characters of a class name, of up to four bytes each; file systems take 255

_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows' own


def checked_class(text: str) -> str:
    """Return a class name in its normal form.

    Raises
    ------
    LabError
        If it is empty or too long.
    """
    name = " ".join(cleaned(" ".join(text.split())).split())
    if not name or len(name) > LONGEST:
        raise LabError(
            "class must be a name of 1 to {most} characters, such as apples; it is {name}.",
            most=LONGEST,
            name=repr(text)[:100],
        )
    return name


def folder_name(class_name: str) -> str:
    """Return the name of the folder for a class: its own, but for what a file system cannot hold or would hide.

    Examples
    --------
    >>> folder_name("red/green apples")
    'red_green apples'
    """
    name = _FORBIDDEN.sub("_", class_name).rstrip(". ")
    return f"_{name}" if not name or hidden(name) or _RESERVED.fullmatch(name) else name
