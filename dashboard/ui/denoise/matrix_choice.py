"""What a matrix is of: runs on the same images, noises at some severities, and filters beside the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab import runs
from aelab.errors import LabError
from aelab.filters import filters
from aelab.metrics import metrics
from aelab.noise import noises
from aelab.runs import Run, about
from aelab.studies.columns import NUMBERS, Ladder
from aelab.studies.crossed import Matrix
from aelab.studies.matrix import ALL, Config, check
from aelab.studies.tuned_filters import SLOW
from ui import address, caches, linked
from ui.definitions import heading
from ui.denoise.limit import pick_limit
from ui.denoise.words import told
from ui.i18n import plain, say, t
from ui.known import named, offered
from ui.pickers import say_no_run

_AT_FIRST = ("nothing", "median_3", "gaussian", "linear_ridge")
_MEASURE = "measure"

#: Severities that are tested until somebody chooses: a light one, a middling one and a heavy one.
_NUMBERS_AT_FIRST = ("1", "3", "5")


@dataclass(frozen=True)
class Choice:
    """What a matrix is of."""

    runs: tuple[Run, ...]
    config: Config


def choose(current: Run, controls: DeltaGenerator, main: DeltaGenerator) -> Choice:
    """Draw the controls, long lists where there is room for them; every choice stands in the address."""
    with main:
        beside = _choose_runs(current)
        chosen = linked.select_several(
            t("Test noises"),
            _ladders(),
            "noises",
            key="matrix.noises",
            at_first=noises.names(),
            explain=_say_no_noise,
            words={ALL: noises.names()},
            format_func=lambda each: ladder_name(Ladder.parse(each)),
            help=t("Of two noises, one after the other, each is at the same severity. Write to search the list."),
        )
    with controls:
        return _choose_rest(current, beside, chosen)


def choose_measure(found: Matrix) -> str:
    """Draw the choice of what the cells say, and return its name; it stands in the address."""
    asked = st.query_params.get(_MEASURE, "")
    key = "matrix.measure"
    if st.session_state.get(key, asked) not in found.measures:
        st.session_state[key] = found.measures[0]
    else:
        st.session_state.setdefault(key, asked)
    picked: str = st.pills(
        t("Measure"),
        found.measures,
        required=True,
        format_func=measure_name,
        key=key,
        wrap=True,  # on a phone
        persist_state="session",
    )
    address.keep({_MEASURE: picked}, (_MEASURE,))
    return picked


def measure_name(measure: str) -> str:
    """Return what a measure is called, with its unit and an arrow to where better values are."""
    return heading(metrics[measure]) if measure in metrics else t("Gain in PSNR (dB) ↑")


def decimals(measure: str) -> int:
    """Return how many decimals of a measure mean something."""
    return metrics[measure if measure in metrics else "psnr"].decimals


def number(value: float, measure: str) -> str:
    """Return a value in as many decimals as mean something; a gain has a sign."""
    return f"{value:.{decimals(measure)}f}" if measure in metrics else f"{value:+.{decimals(measure)}f}"


def ladder_name(ladder: Ladder) -> str:
    """Return what a noise is called, or two of them one after the other."""
    said, *others = (t(noises[name].label) for name in ladder.names)
    for other in others:
        said = t("{first}, then {second}", first=said, second=other)
    return said


def row_name(row: str) -> str:
    """Return what a row of a matrix is called: a run by its name, which is the user's, a filter by its own."""
    return t(filters[row].label) if row in filters else named(row, about.read(row))


def trained(run: Run) -> str:
    """Return what a run was trained on, in words."""
    return told(run.corruption) if run.corruption is not None else t("not trained to denoise")


def _choose_runs(current: Run) -> list[Run]:
    """Draw the choice of runs on the images of the current one; those trained to denoise come first."""
    fitting = [each for each in offered() if each.reconstructs and each.dataset_checksum == current.dataset_checksum]
    by_id = {each.id: each for each in sorted(fitting, key=lambda each: each.corruption is None)}
    key = f"matrix.runs.{current.dataset_checksum[:8]}"
    chosen = linked.select_several(
        t("Runs"),
        list(by_id),
        "runs",
        key=key,
        at_first=_runs_at_first(current, list(by_id.values())),
        explain=lambda missing, _: _why_not(missing, current),
        format_func=lambda run_id: named(run_id, about.read(run_id)),
        help=t("Runs that were trained on the same images. Those that were trained to denoise come first."),
    )
    _offer_others(
        key, [run_id for run_id, each in by_id.items() if each.corruption is not None and run_id not in chosen]
    )
    strangers = [run_id for run_id in chosen if by_id[run_id].corruption is None]
    if strangers:
        names = ", ".join(plain(named(run_id, about.read(run_id))) for run_id in strangers)
        st.caption(t("Not trained to denoise, and measured all the same: {runs}", runs=names))
    return [by_id[run_id] for run_id in chosen]


def _choose_rest(current: Run, rows: Sequence[Run], chosen: Sequence[str]) -> Choice:
    severities = linked.select_several(
        t("Severities"),
        [str(number) for number in NUMBERS],
        "severities",
        key="matrix.severities",
        at_first=_NUMBERS_AT_FIRST,
        explain=_say_no_number,
        help=t("From light to heavy. The same number costs about the same PSNR whatever the noise."),
    )
    beside = linked.select_several(
        t("Filters beside the runs"),
        filters.names(),
        "filters",
        key="matrix.filters",
        at_first=_AT_FIRST,
        explain=_say_no_filter,
        words={ALL: filters.names(), linked.NONE: ()},
        format_func=_filter_in_list,
        help=t("Tuned on validation images for every noise and severity, never on test images."),
    )
    config = Config(
        noises=",".join(chosen),
        severities=",".join(severities),
        filters=",".join(beside),
        limit=pick_limit(caches.images_of(current), "matrix.limit"),
    )
    return Choice(tuple(rows), config)


def _offer_others(key: str, others: Sequence[str]) -> None:
    """Offer to choose the denoising runs that are not: some may have been trained since for want of them."""
    if others:
        st.button(
            t("Add the other denoising runs: {count}", count=len(others)),
            icon=":material/add:",
            key="matrix.others",
            on_click=_add,
            args=(key, others),
        )


def _add(key: str, others: Sequence[str]) -> None:
    st.session_state[key] = [*st.session_state[key], *others]


def _runs_at_first(current: Run, fitting: Sequence[Run]) -> list[str]:
    """Return the current run and the denoising ones beside it."""
    return list(dict.fromkeys([current.id, *(each.id for each in fitting if each.corruption is not None)]))[:8]


def _ladders() -> list[str]:
    """Return the noises, and two of them one after the other."""
    pairs = [f"{first}+{second}" for first in noises.names() for second in noises.names() if first != second]
    return [*noises.names(), *pairs]


def _filter_in_list(name: str) -> str:
    label = t(filters[name].label)
    return t("{filter} (slow)", filter=label) if name in SLOW else label


def _why_not(missing: str, current: Run) -> str:
    """Return why a run cannot stand beside the current one: as the command line says it, where there is such a run."""
    if any(row.id == missing and row.state == "done" for row in runs.listed()):
        try:
            check([current, runs.find(missing)], Config())
        except LabError as error:
            return say(error)
    return say_no_run(missing, None)


def _say_no_noise(missing: str, shown: str | None) -> str:
    return t("There is no test noise called {missing}.", missing=plain(missing[:80]))


def _say_no_number(missing: str, shown: str | None) -> str:
    return t("A severity is a number from 1 to 5; {missing} is none.", missing=plain(missing[:80]))


def _say_no_filter(missing: str, shown: str | None) -> str:
    return t("There is no filter called {missing}.", missing=plain(missing[:80]))
