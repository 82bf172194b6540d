"""Tables as CSV that a spreadsheet shows as text and numbers, never as formulas."""

from __future__ import annotations

import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV.

    A text cell that a spreadsheet would run as a formula gets an apostrophe in front; numbers, negative
    ones too, stay numbers.
    """
    safe = table.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(_neutral)
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text


def _neutral(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
