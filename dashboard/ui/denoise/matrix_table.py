"""The numbers behind the colours: a line for each run and filter, every cell below it, and a CSV to take away."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from aelab.metrics import metrics
from aelab.metrics.estimate import Estimate
from aelab.runs import Run
from aelab.studies import crossed
from aelab.studies.columns import Ladder
from aelab.studies.crossed import Matrix
from ui import tables
from ui.denoise.matrix_choice import decimals, ladder_name, measure_name, number, row_name, trained
from ui.i18n import t
from ui.labels import PARTS

_NUMBERS = 110  # pixels of a mean with half of its interval


def show(found: Matrix, runs: Mapping[str, Run], measure: str) -> None:
    """Draw both tables and the CSV; `runs` by id, and of measures with several definitions the one that is shown."""
    st.dataframe(
        _averages(found, runs, measure),
        hide_index=True,
        column_config=_heads(found) | _narrow_heads(found),
        height="content",
        alt=t("What each run and filter comes to on average"),
    )
    st.caption(
        t(
            "Mean over the columns and N = {count} test images ({split}), ± half of the 95% interval, image by image. "
            "PSNR beyond 58.9 dB, that of rounding to 8 bits, counts as that. Filters were tuned on {tuned} validation "
            "images for each column; those that learn did so from {learned} training images.",
            count=found.n,
            split=t(PARTS[found.split]),
            tuned=found.n_tuned,
            learned=found.n_learned,
        )
    )
    with st.expander(t("Every cell")):
        st.dataframe(
            _cells(found, runs),
            hide_index=True,
            column_config=_heads(found),
            alt=t("Every cell of the heat map in numbers"),
        )
    table = crossed.table(found, {run_id: str(run.corruption or "") for run_id, run in runs.items()})
    tables.offer_csv(table, "matrix.csv")


def with_half(estimate: Estimate, measure: str) -> str:
    """Return a mean with half of its interval, as far as there is one."""
    half = f" ± {estimate.high - estimate.mean:.{decimals(measure)}f}" if estimate.n > 1 else ""
    return number(estimate.mean, measure) + half


def _averages(found: Matrix, runs: Mapping[str, Run], measure: str) -> pd.DataFrame:
    """Return a line for each row, as narrow as a page: what is said of every line stands below."""
    best = found.winners("psnr")
    shown = [name for name in found.measures if name == _definition(name, measure)]
    return pd.DataFrame(
        [
            {
                "row": row_name(row),
                "trained": trained(runs[row]) if row in runs else "",
                **{name: with_half(found.average(row).means[name], name) for name in shown},
                "best": best.count(row),
            }
            for row in found.rows
        ]
    )


def _cells(found: Matrix, runs: Mapping[str, Run]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "row": row_name(row),
                "trained": trained(runs[row]) if row in runs else "",
                "noise": ladder_name(Ladder.parse(entry.noise)),
                "severity": entry.severity,
                **{name: with_half(each, name) for name, each in entry.means.items()},
                "settings": " ".join(f"{name}={value}" for name, value in entry.settings.items()),
                "milliseconds": entry.milliseconds,
                "n": found.n,
                "split": t(PARTS[found.split]),
            }
            for row in found.rows
            for entry in found.of(row)
        ]
    )


def _definition(name: str, measure: str) -> str:
    """Return which of several definitions of a measure the averages have: the one of the heat map, else the first."""
    family = _family(name)
    return measure if _family(measure) == family else family


def _family(name: str) -> str:
    return (metrics[name].variant_of or name) if name in metrics else name


def _narrow_heads(found: Matrix) -> dict[str, object]:
    """Return the heads of the averages, which together are as wide as the page leaves them on a small screen."""
    column = st.column_config
    measured = {
        name: column.TextColumn(
            measure_name(name) if name in metrics else t("Gain (dB) ↑"),
            width=165 if name in metrics and not metrics[name].unit else 92,  # the window of an SSIM is named
        )
        for name in found.measures
    }
    best = column.NumberColumn(
        t("Best in"), format="%d", width=62, help=t("In how many columns it has the highest PSNR.")
    )
    named = {
        "row": column.TextColumn(t("Run or filter"), width=140),
        "trained": column.TextColumn(t("Trained on"), width=90),
    }
    return {**named, **measured, "best": best}


def _heads(found: Matrix) -> dict[str, object]:
    column = st.column_config.NumberColumn
    return {
        "row": t("Run or filter"),
        "trained": st.column_config.TextColumn(t("Trained on"), width=138),
        "noise": t("Test noise"),
        "severity": column(t("Severity"), format="%d", width="small"),
        **{name: st.column_config.TextColumn(measure_name(name), width=_NUMBERS) for name in found.measures},
        "settings": t("Tuned to"),
        "milliseconds": column(t("Milliseconds an image"), format="%.2f"),
        "n": column("N", format="%d", width="small"),
        "split": t("Split"),
    }
