"""Tables as the pages show them: translated heads, decimals that mean something, a CSV to take away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from aelab.metrics import metrics
from aelab.reports.csv import to_csv
from ui.definitions import heading
from ui.i18n import t
from ui.labels import PARTS


def denoising_columns() -> dict[str, Any]:
    """Return the heads and formats of the table of a `Denoising`."""
    number = st.column_config.NumberColumn
    return {
        "noise": None,  # one for the whole page, and two of them would fill a phone
        "measure": t("Measure"),
        "noisy": number(t("Noisy"), format="%.3f"),
        "restored": number(t("Restored"), format="%.3f"),
        "gain": number(t("Gain"), format="%+.3f"),
        "n": number("N", format="%d"),
        "infinite": number(
            t("Identical"), format="%d", help=t("Images left out: the same as the clean ones, noisy or restored.")
        ),
        "split": t("Split"),
    }


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the lab's words in the language that is shown; in its CSV they stay identifiers."""
    words = {
        "measure": lambda name: heading(metrics[name]),
        "split": lambda part: t(PARTS[part]),
    }
    return table.assign(**{column: table[column].map(word) for column, word in words.items() if column in table})


def with_half(mean: float, high: float, measure: str) -> str:
    """Return a mean with half of its interval, as far as there is one."""
    decimals = metrics[measure].decimals
    if not math.isfinite(mean):
        return "–" if math.isnan(mean) else f"{mean}"
    return f"{mean:.{decimals}f} ± {high - mean:.{decimals}f}" if math.isfinite(high) else f"{mean:.{decimals}f}"


def measures_columns(names: Sequence[str]) -> dict[str, Any]:
    """Return the heads and formats of columns named like measures."""
    return {
        name: st.column_config.NumberColumn(heading(metrics[name]), format=f"%.{metrics[name].decimals}f")
        for name in names
    }


def offer_csv(table: pd.DataFrame, file_name: str, label: str = "") -> None:
    """Draw a button that downloads a table; its label says what, where it is not just the table above."""
    st.download_button(
        label or t("Download as CSV"),
        to_csv(table).encode("utf-8-sig"),
        file_name,
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"csv.{file_name}",
    )
