"""`aelab runs compare`: what differs between runs, and what it changed."""

from __future__ import annotations

import argparse
import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from aelab import runs
from aelab.commands.answer import Answer, place, save
from aelab.commands.tables import table, wrapped
from aelab.metrics import metrics
from aelab.runs import Run, about
from aelab.runs.about import About
from aelab.studies import comparison
from aelab.studies.differences import differences
from aelab.studies.pooling import FRECHET, MEASURES, pooled
from aelab.studies.verdict import Verdict, verdict

_SHOWN = (*MEASURES, FRECHET)
_MEANING = "mean ± half of its 95% interval"


def compare(arguments: argparse.Namespace) -> Answer:
    """Put runs side by side: settings that differ, measures, seeds pooled; and write them as CSV."""
    path = place(arguments.csv) if arguments.csv else None
    chosen = [runs.find(run_id) for run_id in dict.fromkeys(arguments.run)]
    measured = comparison.compare(chosen)
    overall = comparison.overall(measured).drop(columns="class").dropna(axis="columns", how="all")
    differing, pools = differences(chosen), pooled(chosen)
    if path is not None:
        save(differing.merge(overall[["run", *(name for name in overall if name not in differing)]], on="run"), path)
    words = [about.read(run.id) for run in chosen]
    verdicts = {name: verdict(measured, name) for name in _SHOWN}
    data = {
        "differences": differing.to_dict(orient="records"),
        "runs": [
            row | {"title": said.title, "imported": said.imported, "stopped_after": run.stopped_after()}
            for row, run, said in zip(overall.to_dict(orient="records"), chosen, words, strict=True)
        ],
        "best": {
            name: {"run": found.run, "value": found.value, "not_told_apart": list(found.rivals)}
            for name, found in verdicts.items()
            if found is not None
        },
        "pools": pools.to_dict(orient="records"),
        "csv": arguments.csv,
    }
    lines = [
        "Runs:",
        *_runs(chosen, words),
        *(line for name, found in verdicts.items() if found for line in wrapped(_sentence(name, found))),
        "Settings that differ:",
        *(_settings(differing) if len(differing.columns) > 1 else ["  none"]),
        f"Measures ({_MEANING} over n images):",
        *_measures(overall, list(range(1, 1 + len(chosen)))),
        *_seeds(pools, [run.id for run in chosen]),
    ]
    return Answer(data, lines)


def _runs(chosen: Sequence[Run], words: Sequence[About]) -> list[str]:
    """Return a line for each run, with the number that stands for it below, and what to beware of."""
    found = []
    for number, (run, about_it) in enumerate(zip(chosen, words, strict=True), start=1):
        parts = [
            about_it.title,
            "imported, its measures are as the file claims" if about_it.imported else "",
            "archived" if about_it.archived else "",
            "finished early" if run.stopped_after() is not None else "",
        ]
        found += wrapped(f"  {number}  {run.id}  {' · '.join(part for part in parts if part)}".rstrip())
    return found


def _settings(differing: pd.DataFrame) -> list[str]:
    """Return the settings in rows, the runs in columns: of settings there may be many, and names are long."""
    heads = ["", *map(str, range(1, 1 + len(differing)))]
    return table(heads, [[name, *differing[name]] for name in differing.columns if name != "run"])


def _measures(rows: pd.DataFrame, firsts: Sequence[object]) -> list[str]:
    names = [name for name in _SHOWN if name in rows and rows[name].notna().any()]
    heads = ["", *(["seeds"] if "seeds" in rows else []), *(_head(name) for name in names), "n", "split"]
    values = [
        [
            first,
            *([row["seeds"]] if "seeds" in rows else []),
            *(_value(row, name) for name in names),
            row["n"],
            row["split"],
        ]
        for first, row in zip(firsts, rows.to_dict(orient="records"), strict=True)
    ]
    return table(heads, values)


def _seeds(pools: pd.DataFrame, run_ids: Sequence[str]) -> list[str]:
    """Return what runs have in common that differ in the seed alone, if any do."""
    several = pools[pools["seeds"] > 1]
    if several.empty:
        return []
    firsts = [", ".join(str(1 + run_ids.index(run)) for run in pool) for pool in several["runs"]]
    return [f"Means over seeds ({_MEANING} over seeds):", *_measures(several, firsts)]


def _value(row: Mapping[Hashable, Any], name: str) -> str | None:
    """Return a mean with half of its interval, as far as it has one."""
    mean, decimals = row[name], metrics[name].decimals
    if mean is None or math.isnan(mean):
        return None
    half = row.get(f"{name}_high", math.nan) - mean
    return f"{mean:.{decimals}f} ± {half:.{decimals}f}" if math.isfinite(half) else f"{mean:.{decimals}f}"


def _head(measure: str) -> str:
    spec = metrics[measure]
    arrow = "↓" if spec.direction == "lower" else "↑"
    return f"{spec.symbol} ({spec.unit}) {arrow}" if spec.unit else f"{spec.symbol} {arrow}"


def _sentence(measure: str, found: Verdict) -> str:
    spec = metrics[measure]
    value = f"{found.value:.{spec.decimals}f} {spec.unit}".rstrip()
    said = f"{spec.symbol} ({spec.direction} is better): best is {found.run} with {value}"
    return f"{said}; its interval overlaps with {', '.join(found.rivals)}" if found.rivals else said
