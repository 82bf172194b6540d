"""Which run is best on average, by how much, and where a filter beats it: the answer of a matrix in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aelab.metrics import metrics
from aelab.runs import Run
from aelab.studies.columns import Ladder
from aelab.studies.crossed import Entry, Lead, Matrix
from ui.denoise.matrix_choice import decimals, ladder_name, number, row_name, trained
from ui.denoise.words import NOTHING, filter_in_words
from ui.i18n import plain, t

_MOST_NAMED = 5


def sentences(found: Matrix, measure: str, runs: Mapping[str, Run]) -> list[str]:
    """Return the answer by one measure; `runs` by id."""
    best = found.best_run(measure)
    if best is None:
        return []
    pairs = measure if measure in metrics else "psnr"  # who gains more PSNR has more
    average, run = found.average(best), plain(row_name(best))
    said = [_best(found, best, measure), _trained(runs[best], run)]
    if pairs in average.over_run:
        said.append(_lead(average.over_run[pairs], pairs, run))
    if pairs in average.over_filter:
        entries = found.of(best)
        said += [_beside(average.over_filter[pairs], pairs, run, several=len(entries) > 1)]
        said += _losses(entries, pairs, run) if len(entries) > 1 else []
    return said


def _best(found: Matrix, best: str, measure: str) -> str:
    mean = found.average(best).means[measure]
    values = {
        "run": plain(row_name(best)),
        "measure": t(metrics[measure].symbol) if measure in metrics else t("gain in PSNR"),
        "value": number(mean.mean, measure) + _unit(measure),
        "low": number(mean.low, measure),
        "high": number(mean.high, measure),
        "runs": len(found.runs),
        "columns": len(found.of(best)),
        "count": found.n,
    }
    if len(found.runs) > 1 and len(found.of(best)) > 1:
        return t(
            "**{run}** is the best of {runs} runs on average over {columns} columns: {measure} **{value}** (95% "
            "interval {low} to {high}, N = {count} test images).",
            **values,
        )
    if len(found.runs) > 1:
        return t(
            "**{run}** is the best of {runs} runs: {measure} **{value}** (95% interval {low} to {high}, N = {count} "
            "test images).",
            **values,
        )
    if len(found.of(best)) > 1:
        return t(
            "**{run}** on average over {columns} columns: {measure} **{value}** (95% interval {low} to {high}, N = "
            "{count} test images).",
            **values,
        )
    return t(
        "**{run}**: {measure} **{value}** (95% interval {low} to {high}, N = {count} test images).",
        **values,
    )


def _trained(run: Run, name: str) -> str:
    if run.corruption is None:
        return t("**{run}** was not trained to denoise.", run=name)
    return t("**{run}** was trained on: {noise}.", run=name, noise=trained(run))


def _lead(lead: Lead, measure: str, run: str) -> str:
    values = {"run": run, **_of(lead, measure)}
    if lead.by.low > 0:
        return t("**{run}** is {by} ahead of the next run, {other} (95% interval {low} to {high}).", **values)
    return t(
        "These images do not tell **{run}** apart from the next run, {other}: {by} ahead (95% interval {low} to "
        "{high}).",
        **values,
    )


def _beside(lead: Lead, measure: str, run: str, *, several: bool) -> str:
    """Say how a run stands to the best of what stands beside the runs, over `several` columns or in the only one."""
    values = {"run": run, **_of(lead, measure)}
    if lead.by.high < 0 and several:
        return t(
            "On average **{run}** is {less} behind {other}, the best of what stands beside the runs (95% interval "
            "{least} to {most}).",
            **values,
        )
    if lead.by.high < 0:
        return t(
            "**{run}** is {less} behind {other}, the best of what stands beside the runs (95% interval {least} to "
            "{most}).",
            **values,
        )
    if lead.by.low > 0 and several:
        return t(
            "On average **{run}** is {by} ahead of {other}, the best of what stands beside the runs (95% interval "
            "{low} to {high}).",
            **values,
        )
    if lead.by.low > 0:
        return t(
            "**{run}** is {by} ahead of {other}, the best of what stands beside the runs (95% interval {low} to "
            "{high}).",
            **values,
        )
    return t(
        "These images do not tell **{run}** apart from {other}, the best of what stands beside the runs: {by} ahead "
        "(95% interval {low} to {high}).",
        **values,
    )


def _losses(entries: Sequence[Entry], measure: str, run: str) -> list[str]:
    """Say in which columns a run is clearly behind: a filter, or an image that nobody has touched."""
    lost = sorted(
        (each for each in entries if each.over_filter[measure].by.high < 0),
        key=lambda each: each.over_filter[measure].by.mean,
    )
    to_nothing = [each for each in lost if each.over_filter[measure].over == NOTHING]
    to_filters = [each for each in lost if each not in to_nothing]
    if not lost:
        return [
            t("In no column does **{run}** clearly (95% interval) lose to what stands beside the runs.", run=run),
        ]
    said = []
    if to_filters:
        said.append(
            t(
                "**{run} loses to a filter** clearly (95% interval) in {lost} of {columns} columns, most of all: "
                "{named}.",
                run=run,
                lost=len(to_filters),
                columns=len(entries),
                named=_named(to_filters, measure),
            )
        )
    if to_nothing:
        said.append(
            t(
                "**{run} loses to doing nothing** clearly (95% interval) in {lost} of {columns} columns, most of all: "
                "{named}.",
                run=run,
                lost=len(to_nothing),
                columns=len(entries),
                named=_named(to_nothing, measure),
            )
        )
    return said


def _named(lost: Sequence[Entry], measure: str) -> str:
    return "; ".join(
        t(
            "{noise}, severity {number}, to {other} by {less}",
            noise=ladder_name(Ladder.parse(each.noise)),
            number=each.severity,
            **_of(each.over_filter[measure], measure),
        )
        for each in lost[:_MOST_NAMED]
    )


def _of(lead: Lead, measure: str) -> dict[str, str]:
    """Return who is ahead of whom, and by how much, both ways."""
    ahead, low, high = lead.by.mean, lead.by.low, lead.by.high
    values = {"by": ahead, "low": low, "high": high, "less": -ahead, "least": -high, "most": -low}
    units = {name: _unit(measure) if name in {"by", "less"} else "" for name in values}
    texts = {name: f"{value:.{decimals(measure)}f}{units[name]}" for name, value in values.items()}
    other = filter_in_words(lead.over) if lead.over == NOTHING else plain(row_name(lead.over))
    return {"other": other, **texts}


def _unit(measure: str) -> str:
    unit = metrics[measure if measure in metrics else "psnr"].unit
    return f" {unit}" if unit else ""
