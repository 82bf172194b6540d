"""What differs between chosen runs, and what it changed: sentence, settings, curves, seeds, boards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from aelab.errors import N_, LabError
from aelab.fields import Knob
from aelab.metrics import metrics
from aelab.models import models
from aelab.runs import Run
from aelab.studies.curves import curve_groups
from aelab.studies.differences import STOPPED, differences
from aelab.studies.pooling import FRECHET, MEASURES, Place, pooled
from aelab.studies.verdict import verdict
from aelab.training.config import TrainingConfig
from ui import caches, charts
from ui.definitions import direction, heading
from ui.i18n import plain, t
from ui.known import Known, remarks
from ui.labels import PARTS, choice_name
from ui.tables import measures_columns

_QUESTION = {
    "model": N_("Model"),
    "dataset": N_("Dataset"),
    "dataset_checksum": N_("Images"),
    "parent": N_("Continues"),
    STOPPED: N_("Finished early, after epoch"),
}
_CHECKSUM = 8  # letters that tell images apart


def say_verdict(chosen: Sequence[Known], table: pd.DataFrame, measure: str) -> None:
    """Say who is best on a measure, and whether that could be chance."""
    names = {each.id: plain(each.name) for each in chosen}
    spec = metrics[measure]
    found = verdict(table, measure)
    if found is None:
        st.markdown(
            t(
                "These runs were measured on different images, or not by {measure}: none is best. The boards below "
                "keep datasets apart.",
                measure=heading(spec),
            )
        )
        return
    value = f"{found.value:.{spec.decimals}f}"
    if len(chosen) == 1:
        said = t("{measure} of this run: **{value}**. Choose another beside it.", measure=heading(spec), value=value)
        st.markdown(said)
        return
    said = t(
        "**{run}** is best on {measure} ({direction}) with **{value}**.",
        run=names[found.run],
        measure=heading(spec),
        direction=direction(spec),
        value=value,
    )
    if measure == FRECHET:
        more = t("It has no interval: runs with other seeds show how much is chance.")
    elif found.rivals:
        others = ", ".join(names[run] for run in found.rivals)
        more = t("Its 95% interval overlaps with that of {runs}: other test images could turn that round.", runs=others)
    else:
        more = t("Its 95% interval overlaps with that of no other.")
    st.markdown(f"{said} {more}")


def say_remarks(chosen: Sequence[Known]) -> None:
    """Say what has to be known of some runs before their numbers are believed."""
    said = [f"{plain(each.name)}: {'; '.join(found)}" for each in chosen if (found := remarks(each.run, each.about))]
    if said:
        st.caption("  \n".join(said))


def show_differences(chosen: Sequence[Known]) -> None:
    """Draw the settings in which runs differ, and nothing else."""
    st.subheader(t("What was set differently"))
    table = differences([each.run for each in chosen])
    names = [name for name in table.columns if name != "run"]
    if not names:
        st.caption(t("Nothing: choose another run beside it, or look at the seeds below.") if chosen else "")
        return
    rows = pd.DataFrame({"run": [each.name for each in chosen]})
    for name in names:
        rows[name] = [_value(name, value) for value in table[name]]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"run": t("Run")} | {name: _label(name, [each.run for each in chosen]) for name in names},
        alt=t("Settings in which the chosen runs differ"),
    )


def show_curves(chosen: Sequence[Known], places: Mapping[str, Place]) -> None:
    """Draw the validation losses over one another, apart where they do not compare."""
    groups = curve_groups([each.run for each in chosen])
    left_out = [each for each in chosen if each.run.model in models and models[each.run.model].opponent]
    drawn = {curve.run for group in groups for curve in group.curves}
    short = [each for each in chosen if each.id not in drawn and each not in left_out]
    if not groups and not left_out:
        return
    st.subheader(t("How they learned"))
    if short:
        names = plain(", ".join(each.name for each in short))
        st.caption(t("Not drawn, since a single epoch makes no curve: {runs}", runs=names))
    if left_out:
        st.caption(
            t(
                "Not drawn, since each is judged by a critic of its own that learns as it does; the Train page has its "
                "curves: {runs}",
                runs=plain(", ".join(each.name for each in left_out)),
            )
        )
    if len(groups) > 1:
        st.caption(t("Drawn apart: these losses are counted in different units, or on different images."))
    by_id = {each.id: each for each in chosen}
    repeated = Counter(places[curve.run].experiment for group in groups for curve in group.curves)
    if any(count > 1 for count in repeated.values()):
        st.caption(
            t("One colour is one choice of settings: runs that differ in the seed alone differ in their dashes.")
        )
    for group in groups:
        curves = sorted(group.curves, key=lambda curve: (places[curve.run].experiment, places[curve.run].repeat))
        names = [_curve_name(by_id[curve.run], repeated[places[curve.run].experiment]) for curve in curves]
        figure = charts.overlaid(
            [(name, curve.epochs, curve.losses) for name, curve in zip(names, curves, strict=True)],
            [places[curve.run] for curve in curves],
            title=t("Validation loss on {dataset} (lower is better)", dataset=charts.text(group.dataset)),
            x=t("Epoch"),
            y=t(group.unit),
        )
        st.plotly_chart(
            figure,
            key=f"compare.curves.{group.unit}.{group.checksum}",
            alt=t("Validation loss of each chosen run over epochs"),
        )


def _curve_name(known: Known, repeated: int) -> str:
    """Return what a curve is called: the run, and its seed where others have only that to tell them apart."""
    if repeated < 2:
        return known.name
    return t("{run}, seed {seed}", run=known.name, seed=known.run.settings.get("seed", "?"))


def show_pools(chosen: Sequence[Known]) -> None:
    """Draw mean and interval over the seeds of runs that differ in nothing else."""
    st.subheader(t("How much is the seed's?"))
    table = pooled([each.run for each in chosen])
    several = table[table["seeds"] > 1]
    if several.empty:
        st.caption(
            t(
                "No two of these runs differ in the seed alone. Train the same settings with three seeds or more to "
                "see how much is chance."
            )
        )
        return
    names = {each.id: each.name for each in chosen}
    rows = several.assign(run=[names[run] for run in several["run"]])
    _show_pooled(rows, (*MEASURES, FRECHET), t("Means over seeds with their intervals"))
    st.caption(t("Means over seeds with Student's 95% interval: how far a mean would move if all were trained again."))


def show_board(known: Sequence[Known], measure: str, checksum: str) -> None:
    """Draw the leaderboard of a dataset that is chosen, seeds pooled."""
    st.subheader(t("Leaderboard"))
    boards = caches.boards([each.run for each in known], measure)
    if not boards:
        st.caption(t("No run has been measured by {measure}.", measure=heading(metrics[measure])))
        return
    places = {f"{board.checksum}.{board.split}": board for board in boards}
    twice = len({board.dataset for board in boards}) < len(boards)
    usual = next((place for place, board in places.items() if board.checksum == checksum), None)
    place = st.selectbox(
        t("Images"),
        list(places),
        index=list(places).index(usual) if usual else 0,
        format_func=lambda place: f"{places[place].dataset} · {place[:_CHECKSUM]}" if twice else places[place].dataset,
        help=t("A board is of one dataset's images: numbers on others would say something about the images."),
    )
    board = places[place]
    names = {each.id: each.name for each in known}
    rows = board.table.assign(run=[names[run] for run in board.table["run"]])
    _show_pooled(rows, [measure], t("Leaderboard of the chosen dataset"))
    st.caption(
        t(
            "By {measure}, {direction}. Means over seeds, with ± half of the 95% interval where there are two or more; "
            "N = {count} images ({part}).",
            measure=heading(metrics[measure]),
            direction=direction(metrics[measure]),
            count=board.n,
            part=t(PARTS[board.split]),
        )
    )


def _show_pooled(table: pd.DataFrame, measures: Sequence[str], alt: str) -> None:
    """Draw means over seeds; those of `measures` with their intervals."""
    rows = table[[*(["rank"] if "rank" in table else []), "run", "seeds"]].copy()
    for name in dict.fromkeys([*measures, *MEASURES]):
        if table[name].isna().all():
            continue
        rows[name] = table[name]
        if name in measures:
            half = table[f"{name}_high"] - table[name]
            rows[f"{name}_half"] = [f"{each:.{metrics[name].decimals}f}" if np.isfinite(each) else "–" for each in half]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"rank": t("Rank"), "run": t("Run (newest of its seeds)"), "seeds": t("Seeds")}
        | measures_columns((*MEASURES, FRECHET))
        | {f"{name}_half": f"± {t(metrics[name].symbol)}" for name in measures},
        alt=alt,
    )


def _value(name: str, value: object) -> str:
    if value is None:
        return "–"
    if name == "model" and value in models:
        return t(models[str(value)].label)
    if name == "dataset_checksum":
        return str(value)[:_CHECKSUM]
    return choice_name(value, name) if isinstance(value, str) and name not in _QUESTION else f"{value}"


def _label(name: str, runs: Sequence[Run]) -> str:
    """Return what a setting is called on the Train page, with its name on the command line."""
    if name in _QUESTION:
        return t(_QUESTION[name])
    for run in runs:
        knob = _knob(run, name)
        if knob is not None:
            return f"{t(knob.label)} ({t(knob.unit)})" if knob.unit else t(knob.label)
    return name


def _knob(run: Run, name: str) -> Knob | None:
    try:
        configs = (models[run.model].config, TrainingConfig)
    except LabError:
        return None
    return next((config.knob(name) for config in configs if name in config.names()), None)
