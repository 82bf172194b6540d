"""Tables as CSV that a spreadsheet shows as text and numbers, never as formulas."""

from __future__ import annotations

import pandas as pd

from aelab.spreadsheet import neutral


def to_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV, its names of columns and its texts neutralised; numbers, negative ones too, stay numbers.

    See `aelab.spreadsheet.neutral` for what becomes of a text.
    """
    safe = table.rename(columns=neutral)
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(neutral)
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text
