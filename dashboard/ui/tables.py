"""Tables as the pages show them: translated heads, decimals that mean something, a CSV to take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from aelab.metrics import metrics
from aelab.noise import noises
from aelab.reports.csv import to_csv
from aelab.studies.denoising import Denoising
from ui.definitions import heading
from ui.i18n import t
from ui.labels import PARTS


def denoising(results: Sequence[Denoising]) -> pd.DataFrame:
    """Return a row for each noise."""
    return pd.DataFrame(
        [
            {
                "noise": found.noise,
                "level": found.level,
                "psnr_noisy": found.noisy["psnr"].mean,
                "psnr_restored": found.restored["psnr"].mean,
                "gain": found.gain.mean,
                "ssim_noisy": found.noisy["ssim"].mean,
                "ssim_restored": found.restored["ssim"].mean,
                "n": found.n,
                "split": found.split,
            }
            for found in results
        ]
    )


def denoising_columns() -> dict[str, Any]:
    """Return the heads and formats of `denoising`."""
    number = st.column_config.NumberColumn
    psnr, ssim = metrics["psnr"], metrics["ssim"]
    return {
        "noise": t("Noise"),
        "level": number(t("Severity"), format="%.2f"),
        "psnr_noisy": number(t("{measure} of noisy", measure=heading(psnr)), format="%.2f"),
        "psnr_restored": number(t("{measure} of restored", measure=heading(psnr)), format="%.2f"),
        "gain": number(t("Gain (dB)"), format="%+.2f"),
        "ssim_noisy": number(t("{measure} of noisy", measure=heading(ssim)), format="%.3f"),
        "ssim_restored": number(t("{measure} of restored", measure=heading(ssim)), format="%.3f"),
        "n": number("N", format="%d"),
        "split": t("Split"),
    }


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the lab's words in the language that is shown; in its CSV they stay identifiers."""
    words = {"noise": lambda name: t(noises[name].label), "split": lambda part: t(PARTS[part])}
    return table.assign(**{column: table[column].map(word) for column, word in words.items() if column in table})


def measures_columns(names: Sequence[str]) -> dict[str, Any]:
    """Return the heads and formats of columns named like measures."""
    return {
        name: st.column_config.NumberColumn(heading(metrics[name]), format=f"%.{metrics[name].decimals}f")
        for name in names
    }


def offer_csv(table: pd.DataFrame, file_name: str) -> None:
    """Draw a button that downloads a table."""
    st.download_button(
        t("Download as CSV"),
        to_csv(table).encode("utf-8-sig"),
        file_name,
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"csv.{file_name}",
    )
