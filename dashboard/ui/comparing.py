"""Runs side by side: which ones can be compared, which is best at what, and on which class."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.metrics import metrics
from aelab.metrics.spec import MetricSpec
from aelab.runs import Run
from aelab.studies import comparison
from aelab.studies.pooling import FRECHET, MEASURES
from ui import caches, linked
from ui.definitions import direction, heading
from ui.guards import empty
from ui.i18n import plain, say, t
from ui.known import offered
from ui.labels import class_name
from ui.pickers import DATASET_KEY, name_damaged, say_no_dataset, say_no_run
from ui.tables import shown, with_half

_AT_FIRST = 8  # runs compared until somebody chooses
_BEST_WIDTH = 168  # pixels, for a run that is best at everything
_BEST = "background-color: rgba(63, 144, 218, 0.3); font-weight: bold"  # readable on light and dark pages


@dataclass(frozen=True)
class Compared:
    """Runs on the same images.

    Attributes
    ----------
    dataset : str
    images : Dataset or None
        What they were trained on; None where it is deleted or damaged.
    runs : list of Run
        At least one.
    """

    dataset: str
    images: Dataset | None
    runs: list[Run]


def pick_runs() -> Compared:
    """Draw the pickers of a dataset and of runs on its images; stop the page where there is nothing to compare."""
    done = offered()
    if not done:
        empty(t("No run is done yet. Start one on the Train page, or wait for the starter lab on Home."))
    left, right = st.columns([1, 3])
    names = sorted({run.dataset for run in done})
    with left:
        name = linked.select(
            t("Dataset"), names, DATASET_KEY, explain=say_no_dataset, help=t("Only runs on the same images compare.")
        )
    images = _stored(name)
    of_name = [run for run in done if run.dataset == name]
    checksum = of_name[0].dataset_checksum if images is None else images.checksum
    same = [run for run in of_name if run.dataset_checksum == checksum]
    options = [run.id for run in same]
    with right:
        chosen = linked.select_several(
            t("Runs"),
            options,
            "runs",
            key=f"runs.{name}",
            at_first=options[:_AT_FIRST],
            explain=lambda missing, _: None if any(run.id == missing for run in done) else say_no_run(missing, None),
        )
    name_damaged()
    _name_others([run.id for run in of_name if run not in same], name)
    if not same:
        empty(
            t(
                "No run was trained on the images that {dataset} holds now. Start one on the Train page.",
                dataset=plain(name),
            )
        )
    if not chosen:
        empty(t("Choose one run or more."))
    return Compared(name, images, [run for run in same if run.id in chosen])


def _stored(name: str) -> Dataset | None:
    """Return a dataset as it is stored now, if it is; say what is wrong with one that is damaged."""
    if not caches.is_stored(name):
        return None
    try:
        return caches.dataset(name)
    except LabError as error:
        st.warning(say(error), icon=":material/warning:")
        return None


def _name_others(others: Sequence[str], dataset: str) -> None:
    if others:
        st.warning(
            t(
                "Not compared, since they were trained on other images under the name {dataset}: {runs}",
                dataset=plain(dataset),
                runs=plain(", ".join(others)),
            ),
            icon=":material/warning:",
        )


def measured(table: pd.DataFrame) -> list[str]:
    """Return the measures that at least one run in a table of `comparison.compare` has, in order."""
    found = [name for name in (*MEASURES, FRECHET) if name in table and table[name].notna().any()]
    return found or list(MEASURES)


def pick_measure(key: str, table: pd.DataFrame) -> str:
    """Draw the choice of a measure that one of the compared runs has, and return its name."""
    options = measured(table)
    if st.session_state.get(key) not in {None, *options}:  # other runs are compared now
        del st.session_state[key]
    return st.segmented_control(
        t("Measure"),
        options,
        default=options[0],
        required=True,
        key=key,
        format_func=lambda name: heading(metrics[name]),
    )


def say_best(table: pd.DataFrame) -> None:
    """Say of each measure which run is best, and with what value."""
    means = comparison.overall(table).set_index("run")
    winners = comparison.best(table)
    st.markdown(
        "  \n".join(
            _said_best(metrics[name], winners[name], means[name].astype(float))
            for name in (*MEASURES, FRECHET)
            if name in winners
        )
    )


def _said_best(measure: MetricSpec, winner: str, means: pd.Series) -> str:
    """Say who is best, or only the value where nobody else has one."""
    told = {
        "measure": heading(measure),
        "direction": direction(measure),
        "run": plain(winner),
        "value": f"{means[winner]:.{measure.decimals}f}",
    }
    if means.notna().sum() < 2:
        return t("**{measure}** ({direction}): **{value}**, {run}", **told)
    return t("**{measure}** ({direction}): best is {run} with **{value}**", **told)


def show_measures(table: pd.DataFrame, *, names: Mapping[str, str] | None = None) -> None:
    """Draw the measures of every run over all images, each with half of its interval.

    Parameters
    ----------
    table : DataFrame
        Of `comparison.compare`.
    names : mapping of str to str, optional
        What to call each run instead of its id; the best value of each measure is then marked, and a column says in
        words what a run is best at.
    """
    overall = comparison.overall(table)
    names_of = measured(overall)
    about = ["model", "latent_dim"]
    rows = shown(
        overall[["run", *about, *names_of, "n", "split"] if names is None else ["run", *names_of, "n", "split", *about]]
    )
    winners = comparison.best(table) if names is not None and len(rows) > 1 else {}
    marked = [[winners.get(name) == run for name in names_of] for run in rows["run"]]
    if names is not None:
        rows["run"] = [names[run] for run in rows["run"]]
    if winners:
        symbols = [t(metrics[name].symbol) for name in names_of]
        rows.insert(1 + len(names_of), "best", [", ".join(itertools.compress(symbols, best)) for best in marked])
    st.dataframe(
        _styled(rows, overall, marked, names_of),
        hide_index=True,
        placeholder="–",
        column_config={
            "run": t("Run"),
            "model": t("Model"),
            "latent_dim": t("Latent dimension"),
            "best": st.column_config.TextColumn(t("Best at"), width=_BEST_WIDTH),
            "n": "N",
            "split": t("Split"),
        }
        | {name: st.column_config.Column(heading(metrics[name]), width=_width(name)) for name in names_of},
        alt=t("Measures of every chosen run"),
    )
    st.caption(t("Means with ± half of their 95% interval over the N images."))


def _width(measure: str) -> int:
    """Return the pixels of a column of means with halves of intervals, in bold."""
    return 20 + 13 * len(with_half(0.1, 0.2, measure)) // 2


def _styled(
    rows: pd.DataFrame, overall: pd.DataFrame, marked: Sequence[Sequence[bool]], measured: Sequence[str]
) -> Any:
    """Return the rows with intervals and marks: shown as text, while the values stay numbers, which sort."""
    styles = pd.DataFrame(
        [[_BEST if best else "" for best in row] for row in marked], index=rows.index, columns=list(measured)
    )
    styler = rows.style.apply(lambda values: styles, axis=None, subset=list(measured))
    for index in rows.index:
        texts = {
            name: with_half(overall.loc[index, name], overall.loc[index].get(f"{name}_high", math.nan), name)
            for name in measured
        }
        shown_as = {name: (lambda value, text=text: text) for name, text in texts.items()}
        styler.format(shown_as, subset=([index], list(measured)))
    return styler


def show_classes(table: pd.DataFrame, measure: str, images: Dataset | None) -> None:
    """Draw a measure by run and class."""
    if measure == FRECHET:
        st.info(t("The Fréchet distance is of all samples together: there is none of a class."), icon=":material/info:")
        return
    by_class = comparison.by_class(table, measure)
    if by_class.empty:
        st.info(t("These images have no classes."), icon=":material/info:")
        return
    spec = metrics[measure]
    st.dataframe(
        by_class,
        hide_index=True,
        alt=t("The chosen measure by run and class"),
        column_config={"run": t("Run")}
        | {
            name: st.column_config.NumberColumn(class_name(images, name), format=f"%.{spec.decimals}f")
            for name in by_class.columns
            if name != "run"
        },
    )
    st.caption(
        t(
            "{measure}, {direction}; the CSV has N and interval of each class.",
            measure=heading(spec),
            direction=direction(spec),
        )
    )
