"""What runs and filters make of noises: a row for each of them, a column for each noise and severity."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aelab.metrics.estimate import Estimate


@dataclass(frozen=True)
class Lead:
    """By how much one is ahead of another, image by image; below 0 where it is behind.

    Attributes
    ----------
    over : str
        Whom: the id of a run, or the name of a filter.
    by : Estimate
    """

    over: str
    by: Estimate


@dataclass(frozen=True)
class Entry:
    """What a method makes of a column.

    Attributes
    ----------
    method : str
        The id of a run, or the name of a filter.
    noise : str
        As `Ladder` writes it.
    severity : int
    corruption : str
        As `Corruption` writes it.
    means : mapping of str to Estimate
        Each measure of pairs, and `GAIN`. PSNR beyond that of rounding to 8 bits (58.9 dB) counts as that, before and
        after restoring, so that no image that is left or comes back unchanged outweighs the others.
    milliseconds : float
        Of restoring one image, by the clock, when it was measured.
    settings : mapping
        What a filter was tuned to.
    over_filter : mapping of str to Lead
        Of a run, for each measure of pairs: over the best filter in this column. Empty without filters.
    """

    method: str
    noise: str
    severity: int
    corruption: str
    means: Mapping[str, Estimate]
    milliseconds: float
    settings: Mapping[str, float | str]
    over_filter: Mapping[str, Lead]


@dataclass(frozen=True)
class Average:
    """What a method comes to over all columns: each image's mean over them first, then the mean over images.

    Attributes
    ----------
    method : str
    means : mapping of str to Estimate
    over_run, over_filter : mapping of str to Lead
        Of a run, for each measure of pairs: over the best of the other runs, and of the filters; empty without others.
    """

    method: str
    means: Mapping[str, Estimate]
    over_run: Mapping[str, Lead]
    over_filter: Mapping[str, Lead]


@dataclass(frozen=True)
class Matrix:
    """Runs and filters against noises.

    Attributes
    ----------
    runs, filters : tuple of str
        The rows: ids and names.
    split : str
        Always ``"test"``.
    n, n_tuned, n_learned : int
        Test images measured, validation images that filters were tuned on, training images they learned from.
    entries : tuple of Entry
        Row by row, the runs first.
    averages : tuple of Average
        A row each.
    """

    runs: tuple[str, ...]
    filters: tuple[str, ...]
    split: str
    n: int
    n_tuned: int
    n_learned: int
    entries: tuple[Entry, ...]
    averages: tuple[Average, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """The runs, and the filters after them."""
        return self.runs + self.filters

    @property
    def measures(self) -> tuple[str, ...]:
        """What was measured, `GAIN` last."""
        return tuple(self.averages[0].means)

    def of(self, method: str) -> tuple[Entry, ...]:
        """Return the row of a method."""
        return tuple(each for each in self.entries if each.method == method)

    def average(self, method: str) -> Average:
        """Return what a method comes to over all columns."""
        return next(each for each in self.averages if each.method == method)

    def winners(self, measure: str) -> tuple[str, ...]:
        """Return who has the highest mean in each column; of equal ones the first row."""
        rows = [self.of(method) for method in self.rows]
        return tuple(
            max(column, key=lambda entry: entry.means[measure].mean).method for column in zip(*rows, strict=True)
        )

    def best_run(self, measure: str) -> str | None:
        """Return the run with the highest mean over all columns; None where there is no run."""
        return max(self.runs, key=lambda run: self.average(run).means[measure].mean, default=None)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data; `from_json` reads it back."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Matrix:
        """Return what `to_json` has written."""
        entries = tuple(Entry(**each | _means(each) | _leads(each, "over_filter")) for each in data["entries"])
        averages = tuple(
            Average(**each | _means(each) | _leads(each, "over_run") | _leads(each, "over_filter"))
            for each in data["averages"]
        )
        names = {name: tuple(data[name]) for name in ("runs", "filters")}
        return cls(**{**data, **names, "entries": entries, "averages": averages})


def table(found: Matrix, trained_on: Mapping[str, str]) -> pd.DataFrame:
    """Return a line for each cell, for a page or CSV: means with their intervals, and who is best in the column.

    Parameters
    ----------
    found : Matrix
    trained_on : mapping of str to str
        What each run was trained on, as `Corruption` writes it.
    """
    best = found.winners("psnr")
    return pd.DataFrame(
        [
            {
                "method": entry.method,
                "trained_on": trained_on.get(entry.method, ""),
                "noise": entry.noise,
                "severity": entry.severity,
                "corruption": entry.corruption,
                **{
                    f"{name}{end}": getattr(entry.means[name], which)
                    for name in found.measures
                    for end, which in (("", "mean"), ("_low", "low"), ("_high", "high"))
                },
                "best_psnr": entry.method == best[column],
                "milliseconds": entry.milliseconds,
                "settings": " ".join(f"{name}={value}" for name, value in entry.settings.items()),
                "n": found.n,
                "split": found.split,
            }
            for row in found.rows
            for column, entry in enumerate(found.of(row))
        ]
    )


def _means(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"means": {name: Estimate(**each) for name, each in data["means"].items()}}


def _leads(data: Mapping[str, Any], which: str) -> dict[str, Any]:
    return {which: {name: Lead(each["over"], Estimate(**each["by"])) for name, each in data[which].items()}}
