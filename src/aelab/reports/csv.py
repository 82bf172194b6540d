"""Tables as CSV that a spreadsheet shows as text and numbers, never as formulas."""

from __future__ import annotations

import re

import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n")


def to_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV.

    A text cell that a spreadsheet would run as a formula gets an apostrophe in front; numbers, negative
    ones too, stay numbers. Every line break within a text becomes a line feed: pandas puts no quotes
    around a lone carriage return, and a reader would begin a new row there.
    """
    safe = table.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(_neutral)
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text


def _neutral(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    text = re.sub(r"\r\n?", "\n", cell)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
