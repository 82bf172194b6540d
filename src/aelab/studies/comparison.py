"""Which run is better, at what, and on which class?

No SPEC: it asks nothing new, it puts beside one another what the trainings measured when they ended.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from aelab.metrics import metrics, of_pairs
from aelab.runs import Run

ALL_CLASSES = ""  # the row over all images; no class has an empty name


def compare(runs: list[Run]) -> pd.DataFrame:
    """Return a row for each run and class, from the runs' `metrics.json`.

    Returns
    -------
    DataFrame
        Columns run, model, latent_dim, dataset, dataset_checksum (of the images it was trained and measured on),
        split, class (empty for all images), n, then for each measure of pairs its mean and the bounds of its 95%
        interval (`mse`, `mse_low`, `mse_high`, ...), then `frechet`, `frechet_floor`, `frechet_features`,
        `frechet_n` (samples) and `frechet_floor_n` (real images) where the run is generative. A run that only
        draws has no measures of pairs: NaN; one without codes has no `latent_dim`: None.
    """
    rows = []
    for run in runs:
        measured = run.metrics()
        common = {
            "run": run.id,
            "model": run.model,
            "latent_dim": run.settings.get("latent_dim"),
            "dataset": run.dataset,
            "dataset_checksum": run.dataset_checksum,
            "split": measured["split"],
        }
        for name, values in [(ALL_CLASSES, measured["overall"]), *measured["classes"].items()]:
            count = measured["n"] if name == ALL_CLASSES else values["mse"]["n"]
            row = {**common, "class": name, "n": count} | _bounds(values)
            generation = measured.get("generation") or {}
            if name == ALL_CLASSES and "n_floor" in generation:  # without it, it was measured in another way, earlier
                row |= {
                    "frechet": generation["distance"],
                    "frechet_floor": generation["floor"],
                    "frechet_features": generation["features"],
                    "frechet_n": generation["n_samples"],
                    "frechet_floor_n": generation["n_floor"],
                }
            rows.append(row)
    pairs = [f"{spec.name}{part}" for spec in of_pairs() for part in ("", "_low", "_high")]
    table = pd.DataFrame(rows)
    table["latent_dim"] = pd.Series([row["latent_dim"] for row in rows], dtype=object)  # whole, or None
    return table.assign(**{name: np.nan for name in pairs if name not in table})


def overall(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of `compare` that are over all images: one a run."""
    return table[table["class"] == ALL_CLASSES]


def competing(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the runs that can be the best, of those over all images.

    What has no bottleneck gives images back for nothing: beside runs that have one it is out of competition.
    """
    squeezed = rows[rows.get("latent_dim", rows["run"]).notna()]
    return squeezed if len(squeezed) else rows


def by_class(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure's means with a row a run and a column a class; without rows where there are no classes."""
    return table[table["class"] != ALL_CLASSES].pivot(index="run", columns="class", values=measure).reset_index()


def best(table: pd.DataFrame) -> dict[str, str]:
    """Return, for each measure in a table of `compare`, the run with the best mean over all images.

    Numbers on different images do not compare, whatever the images are called: where the runs' datasets have
    more than one checksum there is no best.
    """
    if table["dataset_checksum"].nunique() > 1:
        return {}
    means = competing(overall(table)).set_index("run")
    winners = {}
    for spec in metrics:
        values = means[spec.name] if spec.name in means else pd.Series(dtype=float)
        values = values.astype(float)
        if values.notna().any():
            winners[spec.name] = str(values.idxmin() if spec.direction == "lower" else values.idxmax())
    return winners


def _bounds(values: dict[str, dict[str, float | None]]) -> dict[str, float]:
    columns = {}
    for name, estimate in values.items():
        for suffix, part in (("", "mean"), ("_low", "low"), ("_high", "high")):
            value = estimate[part]
            columns[f"{name}{suffix}"] = np.nan if value is None else float(value)
    return columns
