"""All noises: runs, and filters beside them, against test noises at several severities, as a heat map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.jobs import folder
from aelab.jobs.folder import OPEN, Job
from aelab.metrics import metrics
from aelab.runs import Run
from aelab.studies import cells
from aelab.studies.columns import Column
from aelab.studies.crossed import Entry, Matrix
from aelab.studies.draws import Draw
from aelab.studies.matrix import check
from aelab.studies.methods import Method, OfRun
from aelab.tasks import matrix as task
from ui import caches, charts, definitions, visitor
from ui.denoise import heat_map, matrix_answer, matrix_cell, matrix_choice, matrix_table, matrix_training
from ui.denoise.heat_map import Heat
from ui.denoise.matrix_choice import Choice, ladder_name, measure_name, row_name, trained
from ui.i18n import say, t
from ui.waiting import is_done

_ENTRIES = 24
_SCROLLED = "matrix_heat"  # style.css lets it be scrolled where it does not fit
_SPANS = {"dB": 5.0, "": 0.1}  # of the colours at least, by unit: less is hardly seen in images
_OFFERED = "matrix.offered"  # the matrix that the button was drawn for: between that and a click, a run can be deleted


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the choice of a matrix, and the matrix as soon as somebody has asked for it."""
    choice = matrix_choice.choose(run, controls, main)
    with main:
        data = caches.images_of(run)
        try:
            check(choice.runs, choice.config)
        except LabError as error:
            st.info(say(error), icon=":material/info:")
        else:
            _answer(choice, data)
        if choice.config.columns:
            matrix_training.offer(run, choice.config, data)


def _answer(choice: Choice, data: Dataset) -> None:
    """Draw the matrix if it is made, how far it is if it is on its way, else a button that asks for it."""
    job = folder.find(task.job_id(choice.runs, choice.config, data))
    if job is None:
        _offer(choice, data)
        return
    title = t("Runs against noises, cells: {count}", count=_count(choice))
    if is_done(job, title):
        _show(choice, data, _found(job.id, job.created, job))
    elif folder.status(job).state not in OPEN:
        st.caption(
            t(
                "Cells that were measured and are kept: {kept} of {count}. The next start goes on from there.",
                kept=_kept(choice, data),
                count=_count(choice),
            )
        )


def _offer(choice: Choice, data: Dataset) -> None:
    """Draw a button that asks for the matrix; where every cell has been measured before, it is not needed."""
    kept = _kept(choice, data)
    if kept == _count(choice):
        _ask(choice)
    st.markdown(
        t(
            "Every chosen run and filter restores the same draws of the same test images. Cells: {count}; measured "
            "before, and taken as they are: {kept}.",
            count=_count(choice),
            kept=kept,
        )
    )
    offered = task.job_id(choice.runs, choice.config, data)
    seen = st.session_state.get(_OFFERED)
    st.session_state[_OFFERED] = offered
    if not st.button(t("Measure all cells"), type="primary", icon=":material/grid_on:", key="matrix.ask"):
        return
    if offered == seen:
        _ask(choice)
    st.warning(
        t(
            "What you chose was not there any more when you pressed, so nothing was measured. Press again to measure "
            "what is left."
        ),
        icon=":material/search_off:",
    )


def _ask(choice: Choice) -> None:
    task.submit([run.id for run in choice.runs], choice.config, owner=visitor.owner())
    st.rerun()


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _found(job_id: str, created: float, _job: Job) -> Matrix:
    return task.result(_job)


def _show(choice: Choice, data: Dataset, found: Matrix) -> None:
    runs = {run.id: run for run in choice.runs}
    measure = matrix_choice.choose_measure(found)
    st.markdown("\n\n".join(matrix_answer.sentences(found, measure, runs)))
    columns = choice.config.columns
    place = matrix_cell.chosen(found, columns, measure)
    heat = _heat(found, columns, measure, runs)
    widths = f"--least: {heat.least_width}px; --phone: {heat.phone_width}px"
    st.html(f"<style>.st-key-{_SCROLLED} {{ {widths} }}</style>")  # what style.css cannot know
    with st.container(key=_SCROLLED):
        st.plotly_chart(
            heat_map.figure(
                heat,
                place,
                title=t("{measure}, mean over N = {count} test images", measure=measure_name(measure), count=found.n),
                x=t("Test noise, and its severity from 1 to 5"),
                y=t("Run or filter"),
            ),
            key=matrix_cell.HEAT,
            on_select=matrix_cell.read_click,
            selection_mode="points",
            alt=t("Heat map: a row for each run and filter, a column for each test noise and severity"),
        )
    if measure in metrics:
        st.caption(t("Click a cell to see its images. Yellow is best, dark blue is worst."))
    else:
        st.caption(t("Click a cell to see its images. Blue is a gain, white is none, red is harm."))
    matrix_table.show(found, runs, measure)
    matrix_cell.show(found, columns, choice.config, runs, data, measure)
    definitions.define([name for name in found.measures if name in metrics])


def _heat(found: Matrix, columns: Sequence[Column], measure: str, runs: Mapping[str, Run]) -> Heat:
    rows = [found.of(row) for row in found.rows]
    values = np.array([[entry.means[measure].mean for entry in row] for row in rows])
    return Heat(
        rows=[heat_map.wrapped(row_name(row), trained(runs[row]) if row in runs else "") for row in found.rows],
        columns=columns,
        noises=[ladder_name(column.noise) for column in columns],
        values=values,
        text=np.array([[_short(value, measure) for value in row] for row in values]),
        hover=np.array(
            [[_hover(entry, column, measure) for entry, column in zip(row, columns, strict=True)] for row in rows]
        ),
        centred=measure not in metrics,
        span=_SPANS["dB" if measure not in metrics else metrics[measure].unit],
    )


def _short(value: float, measure: str) -> str:
    """Return a value in as few letters as tell cells apart."""
    if measure not in metrics:
        return f"{value:+.1f}"
    return f"{value:.1f}" if metrics[measure].unit else f"{value:.2f}"


def _hover(entry: Entry, column: Column, measure: str) -> str:
    return "<br>".join(
        [
            charts.text(row_name(entry.method)),
            t("{noise}, severity {number}", noise=ladder_name(column.noise), number=column.severity),
            f"{measure_name(measure)}: {matrix_table.with_half(entry.means[measure], measure)}",
        ]
    )


def _methods(choice: Choice) -> list[Method]:
    return [*(OfRun(run) for run in choice.runs), *choice.config.methods]


def _draws(choice: Choice, data: Dataset) -> list[Draw]:
    config = choice.config
    return [Draw(data, column.corruption, config.seed, config.limit) for column in config.columns]


def _kept(choice: Choice, data: Dataset) -> int:
    return sum(cells.is_kept(method, draw) for method in _methods(choice) for draw in _draws(choice, data))


def _count(choice: Choice) -> int:
    return len(_methods(choice)) * len(choice.config.columns)
