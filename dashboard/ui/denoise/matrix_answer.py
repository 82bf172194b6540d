"""Which run is best on average, by how much, and where a filter beats it: the answer of a matrix in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from aelab.metrics import metrics
from aelab.runs import Run
from aelab.studies.columns import Ladder
from aelab.studies.crossed import Entry, Lead, Matrix
from ui.denoise.matrix_choice import decimals, ladder_name, number, row_name, trained
from ui.i18n import plain, t

_MOST_NAMED = 5


def sentences(found: Matrix, measure: str, runs: Mapping[str, Run]) -> list[str]:
    """Return the answer by one measure; `runs` by id."""
    best = found.best_run(measure)
    if best is None:
        return []
    pairs = measure if measure in metrics else "psnr"  # who gains more PSNR has more
    average = found.average(best)
    said = [_best(found, best, measure, trained(runs[best]))]
    if pairs in average.over_run:
        said.append(_lead(average.over_run[pairs], pairs))
    if pairs in average.over_filter:
        said.append(_against_filters(found, best, pairs))
    return said


def _best(found: Matrix, best: str, measure: str, noise: str) -> str:
    mean = found.average(best).means[measure]
    return t(
        "**{run}**, trained on: {noise}, is the best run on average: {measure} **{value}** (95% interval {low} to "
        "{high}), over {columns} columns and N = {count} test images.",
        run=plain(row_name(best)),
        noise=noise,
        measure=t(metrics[measure].symbol) if measure in metrics else t("gain in PSNR"),
        value=number(mean.mean, measure) + _unit(measure),
        low=number(mean.low, measure),
        high=number(mean.high, measure),
        columns=len(found.of(best)),
        count=found.n,
    )


def _lead(lead: Lead, measure: str) -> str:
    values = _of(lead, measure)
    if lead.by.low > 0:
        return t("It is {by} ahead of the next run, {other} (95% interval {low} to {high}).", **values)
    return t(
        "These images do not tell it apart from the next run, {other}: {by} ahead (95% interval {low} to {high}).",
        **values,
    )


def _against_filters(found: Matrix, best: str, measure: str) -> str:
    entries = found.of(best)
    lost = sorted(
        (each for each in entries if _loses(each, measure)), key=lambda each: each.over_filter[measure].by.mean
    )
    lead = found.average(best).over_filter[measure]
    if lead.by.high < 0:
        beside = t(
            "On average {other} is better still, by {less} (95% interval {least} to {most}).", **_of(lead, measure)
        )
    else:
        beside = t(
            "The best filter on average is {other}: the run is {by} ahead (95% interval {low} to {high}).",
            **_of(lead, measure),
        )
    if not lost:
        return beside + " " + t("In no column does a filter beat it.")
    named = "; ".join(_loss(each, measure) for each in lost[:_MOST_NAMED])
    where = t(
        "**It loses to a filter** in {lost} of {columns} columns, most of all: {named}.",
        lost=len(lost),
        columns=len(entries),
        named=named,
    )
    return f"{beside} {where}"


def _loses(entry: Entry, measure: str) -> bool:
    """Return whether the best filter of the column is ahead, by more than chance explains."""
    by = entry.over_filter[measure].by
    return by.high < 0 or (by.mean < 0 and by.n < 2)


def _loss(entry: Entry, measure: str) -> str:
    return t(
        "{noise}, severity {number}, to {other} by {less}",
        noise=ladder_name(Ladder.parse(entry.noise)),
        number=entry.severity,
        **_of(entry.over_filter[measure], measure),
    )


def _of(lead: Lead, measure: str) -> dict[str, str]:
    """Return who is ahead of whom, and by how much, both ways."""
    ahead, low, high = lead.by.mean, lead.by.low, lead.by.high
    values = {"by": ahead, "low": low, "high": high, "less": -ahead, "least": -high, "most": -low}
    units = {name: _unit(measure) if name in {"by", "less"} else "" for name in values}
    texts = {name: f"{value:.{decimals(measure)}f}{units[name]}" for name, value in values.items()}
    return {"other": plain(row_name(lead.over)), **texts}


def _unit(measure: str) -> str:
    unit = metrics[measure if measure in metrics else "psnr"].unit
    return f" {unit}" if unit else ""
