"""Which noise should I train on?  Runs, and filters beside them, against noises at several severities.

Everybody restores the same draws of the same test images, so that every difference is paired, image by image.  What was
measured before is taken from its cell.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.filters import filters
from aelab.metrics.estimate import mean_with_interval
from aelab.noise import noises
from aelab.runs import Run
from aelab.runs.run import no_encoder
from aelab.studies import cells
from aelab.studies._measures import GAIN, Values, capped, estimates
from aelab.studies._threads import in_order
from aelab.studies.cells import Cell
from aelab.studies.columns import Column, Ladder, columns, read_numbers
from aelab.studies.crossed import Average, Entry, Lead, Matrix
from aelab.studies.draws import Draw
from aelab.studies.methods import Method, OfFilter, OfRun

ALL: Final = "all"
NONE: Final = "none"

Floats = npt.NDArray[np.float64]

_MOST_CELLS: Final = 3000
_NOISY: Final = ""  # no method has this name


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which noises, severities and filters, and how many test images."""

    noises: str = field(
        ALL,
        "Test noises",
        "What corrupts the test images: names with commas between them, gaussian+jpeg for one after the other, or all.",
    )
    severities: str = field("1,2,3,4,5", "Severities", "Numbers from 1 (light) to 5 (heavy), with commas between them.")
    filters: str = field(
        "nothing,median_3,gaussian,linear_ridge", "Filters", "Which filters stand beside the runs, or all, or none."
    )
    seed: int = field(0, "Seed", "The same seed draws the same noise for everybody.", low=0, high=2**31 - 1)
    limit: int = field(1000, "Images", "Test images to measure; 0 measures all of them.", low=0, high=100_000_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        ladders = [Ladder.parse(each) for each in _listed(self.noises, noises.names())]
        chosen = [filters[each].name for each in _listed(self.filters, filters.names())]
        usual = {"noises": ladders, "severities": read_numbers(self.severities), "filters": chosen}
        for name, each in usual.items():  # one question has one form, and so one job
            object.__setattr__(self, name, ",".join(map(str, each)))

    @property
    def columns(self) -> tuple[Column, ...]:
        """What runs are tested on."""
        ladders = [Ladder.parse(each) for each in _listed(self.noises, ())]
        return columns(ladders, read_numbers(self.severities))

    @property
    def methods(self) -> tuple[OfFilter, ...]:
        """The filters beside the runs."""
        return tuple(OfFilter(filters[name]) for name in _listed(self.filters, ()))


def run(
    found_runs: Sequence[Run], dataset: Dataset, config: Config, progress: Callable[[float], None] = lambda share: None
) -> Matrix:
    """Measure runs, and filters beside them, on every noise at every severity; what is measured is kept at once.

    Parameters
    ----------
    found_runs : sequence of Run
        Trained on the images of the dataset.
    dataset : Dataset
    config : Config
    progress : callable, optional
        Is told the share that is done, and may raise to stop.

    Raises
    ------
    LabError
        As `check`, and if there are no test images, or none to tune filters on.
    """
    check(found_runs, config)
    methods: list[Method] = [*(OfRun(each) for each in found_runs), *config.methods]
    of_runs, of_filters = [each.id for each in found_runs], [each.name for each in config.methods]
    draws = [Draw(dataset, column.corruption, config.seed, config.limit) for column in config.columns]
    draws[0].check()
    tally = _Tally(of_runs, of_filters, {})
    entries: list[Entry] = []
    for column, found in zip(config.columns, _measured(methods, draws, progress), strict=True):
        values = {method.name: capped(found[method.name].values, found[_NOISY].values) for method in methods}
        tally.add(values)
        entries += [_entry(each.name, column, found[each.name], values, of_filters) for each in methods]
    cells.prune()
    rows = [*of_runs, *of_filters]
    entries.sort(key=lambda entry: rows.index(entry.method))
    counts = draws[0].n, draws[0].n_tuned, draws[0].n_learned
    return Matrix(tuple(of_runs), tuple(of_filters), "test", *counts, tuple(entries), tally.averages())


def _measured(
    methods: Sequence[Method], draws: Sequence[Draw], progress: Callable[[float], None]
) -> Iterator[dict[str, Cell]]:
    """Yield the cells of each draw by method, those of the noisy images as `_NOISY`."""
    done: list[None] = []
    stopped = Event()

    def measured(draw: Draw) -> dict[str, Cell]:
        draw = dataclasses.replace(draw)  # whose images are gone as soon as they are measured
        found = {_NOISY: cells.measured(OfFilter(filters["nothing"]), draw)}
        for method in methods:
            if stopped.is_set():
                break
            found[method.name] = cells.measured(method, draw)
            done.append(None)
        return found

    try:
        yield from in_order(
            [partial(measured, draw) for draw in draws], lambda: progress(len(done) / (len(methods) * len(draws)))
        )
    finally:
        stopped.set()


def check(found_runs: Sequence[Run], config: Config) -> None:
    """Refuse what cannot be a matrix.

    Raises
    ------
    LabError
        If it has no rows, columns or far too many cells, or the runs draw only, have twins or were trained on different
        images.
    """
    rows, wide = len(found_runs) + len(config.methods), len(config.columns)
    if not found_runs or not wide:
        raise LabError(
            "This would be a matrix of nothing: runs {runs}, noises {noises}, severities {severities}. Choose at least "
            "one of each.",
            runs=len(found_runs),
            noises=len(_listed(config.noises, ())),
            severities=len(read_numbers(config.severities)),
        )
    if rows * wide > _MOST_CELLS:
        raise LabError(
            "A matrix has at most {most} cells; {rows} runs and filters on {columns} noises at a severity are {cells}. "
            "Choose fewer.",
            most=_MOST_CELLS,
            rows=rows,
            columns=wide,
            cells=rows * wide,
        )
    for each in found_runs:
        if not each.reconstructs:
            raise no_encoder(each.id)
        if each.dataset_checksum != found_runs[0].dataset_checksum:
            raise LabError(
                "Runs {first} and {other} were trained on different images ({one} and {two}): only runs on the same "
                "images can stand in one matrix.",
                first=found_runs[0].id,
                other=each.id,
                one=found_runs[0].dataset,
                two=each.dataset,
            )


def _listed(text: str, everything: Iterable[str]) -> tuple[str, ...]:
    """Return the names in a text with commas between them, each once; a `LabError` where all or none has company."""
    parts = tuple(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))
    if parts == (ALL,):
        return tuple(everything)
    if parts == (NONE,):
        return ()
    for word in (ALL, NONE):
        if word in parts:
            raise LabError(
                "The word {word} stands alone: leave out the other names beside it, or {word} itself; they are "
                "{names}.",
                word=word,
                names=", ".join(part for part in parts if part != word)[:80],
            )
    return parts


def _entry(name: str, column: Column, cell: Cell, values: Mapping[str, Values], of_filters: Sequence[str]) -> Entry:
    return Entry(
        name,
        str(column.noise),
        column.severity,
        str(column.corruption),
        estimates(values[name]),
        cell.milliseconds,
        cell.settings,
        {} if name in of_filters else _leads(name, of_filters, values),
    )


def _leads(name: str, others: Sequence[str], values: Mapping[str, Values]) -> dict[str, Lead]:
    """Return for each measure of pairs by how much a run is ahead of the best of some others."""
    if not others:
        return {}
    found = {}
    for measure, own in values[name].items():
        if measure == GAIN:
            continue
        best = max(others, key=lambda other: values[other][measure].mean())
        found[measure] = Lead(best, mean_with_interval(own - values[best][measure]))
    return found


@dataclass
class _Tally:
    """Adds up what each image comes to over the columns."""

    runs: Sequence[str]
    filters: Sequence[str]
    sums: dict[str, dict[str, Floats]]
    columns: int = 0

    def add(self, values: Mapping[str, Values]) -> None:
        """Add a column."""
        self.columns += 1
        for name, measures in values.items():
            sums = self.sums.setdefault(name, {})
            for measure, each in measures.items():
                sums[measure] = sums[measure] + each if measure in sums else each

    def averages(self) -> tuple[Average, ...]:
        """Return the mean over the columns so far."""
        means = {
            name: {measure: each / self.columns for measure, each in sums.items()} for name, sums in self.sums.items()
        }
        return tuple(
            Average(
                name,
                estimates(means[name]),
                _leads(name, [other for other in self.runs if other != name], means) if name in self.runs else {},
                _leads(name, self.filters, means) if name in self.runs else {},
            )
            for name in means
        )
