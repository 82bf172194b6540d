"""Images drawn from the prior of generative runs, and how far they are from real ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from aelab.models import models
from aelab.runs import Run
from aelab.studies import comparison, generation
from ui import caches, mosaic, told
from ui.i18n import plain, say, t
from ui.pickers import describe

_DRAWN, _COLUMNS = 40, 20


def show_samples(runs: Sequence[Run], table: pd.DataFrame) -> None:
    """Draw samples of each generative run with its Fréchet distance; nothing where no run is generative."""
    for run in runs:
        if not run.decodes:
            st.caption(say(run.lacks_code()))
    generative = [run for run in runs if run.model in models and models[run.model].generative]
    if not generative:
        return
    st.subheader(t(generation.SPEC.label))
    st.caption(t(generation.SPEC.question))
    rows = comparison.overall(table).set_index("run")
    for run in generative:
        if np.isfinite(rows.loc[run.id].get("frechet", np.nan)):  # a single test image has nothing to compare
            st.markdown(_distance_sentence(run, rows.loc[run.id]))
        mosaic.show(
            caches.drawn_samples(run, _DRAWN, 0, told.pick_class_or_all(run)),
            _COLUMNS,
            alt=t("Images drawn from the prior of {run}", run=run.id),
            caption=describe(run),
        )


def _distance_sentence(run: Run, row: pd.Series) -> str:
    return t(
        "**{run}**: Fréchet distance **{value}** between {samples} samples and {count} test images (lower is better; "
        "{floor_count} real training images get {floor}), on the first {features} principal components of other "
        "training images. It is not the published FID, whose features come from a classifier of photographs.",
        run=plain(run.id),
        value=f"{row['frechet']:.2f}",
        samples=int(row["frechet_n"]),
        count=int(row["n"]),
        floor_count=int(row["frechet_floor_n"]),
        floor=f"{row['frechet_floor']:.2f}",
        features=int(row["frechet_features"]),
    )
