"""How much of a difference is the seed's?

Runs that differ in nothing but the seed are one experiment done several times.  The interval over images says how the
mean would move with other images; the one over seeds, made here, how it would move if the training were done again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aelab.metrics import of_pairs
from aelab.metrics.estimate import mean_with_interval
from aelab.runs import Run

#: A run with its `metrics.json`.
_Measured = tuple[Run, Mapping[str, Any]]

MEASURES = tuple(spec.name for spec in of_pairs())
FRECHET = "frechet"  # of all samples together, of a generative run


@dataclass(frozen=True)
class Place:
    """Where a run stands among others: in which experiment, and as which of its runs; both are counted from 0."""

    experiment: int
    repeat: int


def places(runs: Sequence[Run]) -> dict[str, Place]:
    """Return the place of each run by its id, from settings alone; it is the same whatever runs come after it."""
    experiments: dict[str, int] = {}
    repeats: Counter[int] = Counter()
    found = {}
    for run in runs:
        experiment = experiments.setdefault(_question(run), len(experiments))
        found[run.id] = Place(experiment, repeats[experiment])
        repeats[experiment] += 1
    return found


def pools(runs: Sequence[Run]) -> list[tuple[Run, ...]]:
    """Return finished runs in groups that differ in the seed only, in the order in which the first of each comes.

    A run that was finished early is an experiment of its own. Of two with one seed, which can only be one training
    under two names of a dataset, the first counts.
    """
    return [tuple(run for run, _ in group) for group in _measured_pools(runs)]


def pooled(runs: Sequence[Run]) -> pd.DataFrame:
    """Return the measures of each pool.

    Returns
    -------
    DataFrame
        A row a pool: `run` (the id of its first), `runs` (all ids), `seeds` (how many), `model`, `latent_dim`,
        `dataset`, `dataset_checksum`, `split`, `n` (images); then for each measure of pairs, and for `frechet`, the
        mean over the seeds that have it and the bounds of Student's 95% interval of it (`mse`, `mse_low`, `mse_high`,
        ...), NaN for a single seed.
    """
    rows = [_row(pool) for pool in _measured_pools(runs)]
    return pd.DataFrame(rows).assign(latent_dim=pd.Series([row["latent_dim"] for row in rows], dtype=object))


def _measured_pools(runs: Sequence[Run]) -> list[list[_Measured]]:
    groups: dict[str, dict[object, _Measured]] = {}
    for run in runs:
        measured = run.metrics()
        groups.setdefault(_experiment(run, measured), {}).setdefault(run.settings.get("seed"), (run, measured))
    return [list(group.values()) for group in groups.values()]


def _row(pool: list[_Measured]) -> dict[str, object]:
    first, measured = pool[0][0], [each for _, each in pool]
    row: dict[str, object] = {
        "run": first.id,
        "runs": tuple(run.id for run, _ in pool),
        "seeds": len(pool),
        "model": first.model,
        "latent_dim": first.settings.get("latent_dim"),
        "dataset": first.dataset,
        "dataset_checksum": first.dataset_checksum,
        "split": measured[0]["split"],
        "n": measured[0]["n"],
    }
    for name in (*MEASURES, FRECHET):
        means = _means(measured, name)
        found = mean_with_interval([float("nan") if mean is None else mean for mean in means])
        row |= {name: found.mean, f"{name}_low": found.low, f"{name}_high": found.high}
    return row


def _means(measured: Sequence[Mapping[str, Any]], name: str) -> list[float | None]:
    """Return a measure of those runs that have it."""
    if name == FRECHET:
        generations = [each.get("generation") or {} for each in measured]
        return [each["distance"] for each in generations if "n_floor" in each]  # others were measured in another way
    return [each["overall"][name]["mean"] for each in measured if name in each["overall"]]


def _experiment(run: Run, measured: Mapping[str, Any]) -> str:
    """Return what two runs of one experiment have in common."""
    return json.dumps([_question(run), measured.get("stopped"), measured["split"]], sort_keys=True)


def _question(run: Run) -> str:
    """Return everything that was asked but for the seed."""
    settings = {name: value for name, value in run.settings.items() if name != "seed"}
    return json.dumps([run.dataset_checksum, run.model, settings, _begun_at(run)], sort_keys=True, default=str)


def _begun_at(run: Run) -> int:
    """Return the epochs of the run that this one continues; its learning rate began anew after them."""
    return run.parent.epochs if run.parent else 0
