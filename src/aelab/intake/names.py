"""What becomes of the names in a stranger's archive: something to read, and never a path.

Names are kept in one Unicode form, since "ä" written in two ways is two classes to a computer and one to
everybody else, and without the characters that make a text look like another.
"""

from __future__ import annotations

import re
import unicodedata

Parts = tuple[str, ...]

_LONGEST = 160
_END = 40  # characters of a long name's end that are shown
# Marks, embeddings, overrides and isolates of writing direction: with them "gpj.exe" reads "exe.jpg". (UAX 9)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CONTROL = frozenset({"Cc", "Zl", "Zp"})  # general categories of Unicode
_DRIVE = re.compile(r"^[A-Za-z]:")
_CLUTTER = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "@eadir"})


def printable(text: str) -> str:
    """Return a name as it can be shown: no control or direction characters, the middle of a long one left out."""
    text = cleaned(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - _END - 1]}…{text[-_END:]}"


def cleaned(text: str) -> str:
    """Return a name in Unicode's composed form (NFC), without characters that cannot be seen or that mislead.

    Joiners stay: emoji and many scripts need them.  Bytes that are not Unicode become question marks.
    """
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    return "".join(
        character for character in text if character not in _BIDI and unicodedata.category(character) not in _CONTROL
    )


def parts_of(path: str) -> Parts | None:
    """Return the names in a path, from the outside in, or None for what systems put beside people's files.

    Roots, drives, ``.`` and ``..`` are dropped: a name in an archive says what a file is called, not where to go.
    """
    pieces = _DRIVE.sub("", path.replace("\\", "/")).split("/")
    parts = tuple(cleaned(piece) or "?" for piece in pieces if piece not in ("", ".", ".."))
    return None if not parts or any(hidden(part) for part in parts) else parts


def hidden(name: str) -> bool:
    """Return whether a file or folder is hidden, or one of those that systems make for themselves."""
    return name.startswith(".") or name.lower() in _CLUTTER
