"""In what do these runs differ?

No SPEC: it asks nothing of images, it puts what was asked for side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from aelab.runs import Run

#: After how many epochs a run was finished early: no setting either, but what was learned hangs on it.
STOPPED = "stopped_after"

#: What is no setting of a config, and yet decides what a training does.
QUESTION = ("model", "dataset", "dataset_checksum", "parent")


def differences(runs: Sequence[Run]) -> pd.DataFrame:
    """Return the settings in which at least two of the runs differ.

    Returns
    -------
    DataFrame
        A row a run, in the order given: `run`, then a column for each setting whose values differ, `model`, `dataset`,
        `dataset_checksum` and `parent` (the id of the run that it continues) first. None where a run has no such
        setting. `stopped_after` comes after the settings if at least one was finished early: after how many epochs,
        None for those that came to their end.
    """
    asked = [_asked(run) for run in runs]
    names = [*QUESTION, *sorted({name for values in asked for name in values} - set(QUESTION))]
    table = pd.DataFrame({"run": [run.id for run in runs]})
    for name in names:
        values = [values.get(name) for values in asked]
        if any(value != values[0] for value in values[1:]):
            table[name] = pd.Series(values, dtype=object)
    early = [run.stopped_after() for run in runs]
    if len(runs) > 1 and any(epochs is not None for epochs in early):
        table[STOPPED] = pd.Series(early, dtype=object)
    return table


def _asked(run: Run) -> dict[str, Any]:
    return {
        **run.all_settings,
        "model": run.model,
        "dataset": run.dataset,
        "dataset_checksum": run.dataset_checksum,
        "parent": run.parent.run if run.parent else None,
    }
