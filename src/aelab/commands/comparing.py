"""`aelab runs compare`: what differs between runs, and what it changed."""

from __future__ import annotations

import argparse

import pandas as pd

from aelab import runs
from aelab.commands.answer import Answer, place, save
from aelab.metrics import metrics
from aelab.runs import about
from aelab.studies import comparison
from aelab.studies.differences import differences
from aelab.studies.pooling import MEASURES, pooled
from aelab.studies.verdict import verdict

_MEASURES = {name: metrics[name].label for name in MEASURES}


def compare(arguments: argparse.Namespace) -> Answer:
    """Put runs side by side: settings that differ, measures, seeds pooled; and write them as CSV."""
    path = place(arguments.csv) if arguments.csv else None
    chosen = [runs.find(run_id) for run_id in dict.fromkeys(arguments.run)]
    table = comparison.compare(chosen)
    overall = comparison.overall(table).drop(columns="class").dropna(axis="columns", how="all")
    differing, pools = differences(chosen), pooled(chosen)
    if path is not None:
        save(differing.merge(overall[["run", *(name for name in overall if name not in differing)]], on="run"), path)
    words = [about.read(run.id) for run in chosen]
    verdicts = {name: verdict(table, name) for name in _MEASURES}
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
    several = pools[pools["seeds"] > 1]
    shown = ["run", "seeds", *(name for name in _MEASURES if name in pools), "n", "split"]
    lines = [
        *(_sentence(name, found.run, found.value, found.rivals) for name, found in verdicts.items() if found),
        *(
            f"{run.id} was imported; its measures are as the file claims"
            for run, said in zip(chosen, words, strict=True)
            if said.imported
        ),
        *(f"{run.id} was finished early" for run in chosen if run.stopped_after() is not None),
        "Settings that differ:",
        _text(differing) if len(differing.columns) > 1 else "  none",
        "Measures:",
        _text(overall),
        *(["Means over seeds:", _text(several[shown])] if len(several) else []),
    ]
    return Answer(data, lines)


def _sentence(measure: str, run: str, value: float, rivals: tuple[str, ...]) -> str:
    spec = metrics[measure]
    said = (
        f"{spec.symbol} ({spec.direction} is better): best is {run} with {value:.{spec.decimals}f} {spec.unit}".rstrip()
    )
    return f"{said}; its interval overlaps with {', '.join(rivals)}" if rivals else said


def _text(table: pd.DataFrame) -> str:
    return str(table.to_string(index=False))
