"""Who is best, and could that be chance?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from aelab.metrics import metrics
from aelab.studies import comparison


@dataclass(frozen=True)
class Verdict:
    """The best of some runs on one measure.

    Attributes
    ----------
    run : str
    value : float
        Its mean over all images.
    rivals : tuple of str
        Runs whose 95% interval has values in common with that of the best: which of them is better on other images of
        this kind, nobody knows yet. Empty where no run comes near, and where a run has no interval.
    """

    run: str
    value: float
    rivals: tuple[str, ...]


def verdict(table: pd.DataFrame, measure: str) -> Verdict | None:
    """Return who is best in a table of `comparison.compare`, or None where the runs cannot be compared.

    They cannot where they were measured on different images, or none has the measure.
    """
    best = comparison.best(table).get(measure)
    if best is None:
        return None
    rows = comparison.competing(comparison.overall(table)).set_index("run")
    columns = (rows.get(f"{measure}{part}", pd.Series(float("nan"), rows.index)) for part in ("", "_low", "_high"))
    values, low, high = (column.astype(float).to_dict() for column in columns)
    lower = metrics[measure].direction == "lower"
    near = [run for run in values if (low[run] <= high[best] if lower else high[run] >= low[best])]
    return Verdict(best, values[best], tuple(str(run) for run in near if run != best))
