"""The images behind a cell: those that gain most, and those that gain least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.filters import filters
from aelab.runs import Run
from aelab.studies import extremes
from aelab.studies.columns import Column
from aelab.studies.crossed import Matrix
from aelab.studies.draws import Draw
from aelab.studies.extremes import Extremes
from aelab.studies.matrix import Config
from aelab.studies.methods import Method, OfFilter, OfRun
from ui import mosaic
from ui.denoise.matrix_choice import ladder_name, measure_name, row_name
from ui.i18n import t

_ROW, _COLUMN, HEAT = "matrix.row", "matrix.column", "matrix.heat"
_ENTRIES = 64


def chosen(found: Matrix, columns: Sequence[Column], measure: str) -> tuple[int, int]:
    """Return row and column of the cell whose images are shown: at first the first one of the best run."""
    best = found.best_run(measure)
    usual = {_ROW: found.rows.index(best) if best else 0, _COLUMN: 0}
    counts = {_ROW: len(found.rows), _COLUMN: len(columns)}
    for key, first in usual.items():
        if not 0 <= st.session_state.get(key, -1) < counts[key]:
            st.session_state[key] = first
    return st.session_state[_ROW], st.session_state[_COLUMN]


def read_click() -> None:
    """Move to the cell that was clicked."""
    points = st.session_state[HEAT]["selection"]["points"]
    if points:
        st.session_state[_ROW], st.session_state[_COLUMN] = map(int, points[0]["customdata"])


def show(
    found: Matrix, columns: Sequence[Column], config: Config, runs: Mapping[str, Run], data: Dataset, measure: str
) -> None:
    """Draw the choice of a cell, for who does not click, and its images; `runs` by id."""
    st.subheader(t("Images of a cell"))
    left, right = st.columns(2)
    row = left.selectbox(
        t("Run or filter"),
        range(len(found.rows)),
        format_func=lambda index: row_name(found.rows[index]),
        key=_ROW,
    )
    column = columns[
        right.selectbox(
            t("Test noise and severity"),
            range(len(columns)),
            format_func=lambda index: f"{ladder_name(columns[index].noise)} · {columns[index].severity}",
            key=_COLUMN,
        )
    ]
    name = found.rows[row]
    method: Method = OfRun(runs[name]) if name in runs else OfFilter(filters[name])
    draw = Draw(data, column.corruption, config.seed, config.limit)
    with st.spinner(t("Restoring some images…")):
        shown = _extremes(str(method.key), data.checksum, str(column.corruption), config, measure, method, draw)
    best, worst = slice(0, shown.best), slice(shown.best, None)
    for place, part, title in zip(
        st.columns(2), (best, worst), (t("Best by {measure}"), t("Worst by {measure}")), strict=True
    ):
        with place:
            _show_part(shown, part, title.format(measure=measure_name(measure)))


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _extremes(
    method: str, checksum: str, corruption: str, config: Config, measure: str, _method: Method, _draw: Draw
) -> Extremes:
    return extremes.run(_method, _draw, measure)


def _show_part(shown: Extremes, part: slice, title: str) -> None:
    """Draw some of the images under one another: clean, noisy, restored."""
    count = len(shown.indices[part])
    if not count:
        return
    mosaic.show(
        np.concatenate([shown.clean[part], shown.noisy[part], shown.restored[part]]),
        count,
        alt=t("{title}: rows of clean, noisy and restored test images", title=title),
        caption=t(
            "{title}. Rows from the top: clean, noisy, restored. PSNR in dB, from the left: noisy {before}; restored "
            "{after} (higher is better).",
            title=title,
            before=_numbers(shown.before[part]),
            after=_numbers(shown.after[part]),
        ),
    )


def _numbers(values: np.ndarray) -> str:
    return ", ".join(f"{each:.1f}" for each in values)
