"""Text that a spreadsheet shows as text, whoever wrote it: never as a formula, never as a row of its own."""

from __future__ import annotations

import re
from typing import Final

# The wide forms of East Asian keyboards count: some spreadsheets take them for the narrow ones. (OWASP, CSV injection)
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")


def neutral(cell: object) -> object:
    """Return a cell as it can be written to CSV: a text that begins like a formula gets an apostrophe in front.

    What is no text, such as a negative number, stays as it is. Every line break within a text becomes a line feed:
    a lone carriage return is not put in quotes by every writer, and a reader would begin a new row there.
    """
    if not isinstance(cell, str):
        return cell
    text = re.sub(r"\r\n?", "\n", cell)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
