"""Two runs of one dataset beside each other: two maps with one selection, and how alike their neighbourhoods are."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.runs import Run
from ui import caches, linked, told
from ui.guards import empty
from ui.i18n import plain, t
from ui.known import offered
from ui.latent import charted, selected_images, selection
from ui.latent.beside import answer, kept, maps
from ui.pickers import describe, say_no_run

#: What the second run is called in the address, here and on the page of the time machine.
_BESIDE = "beside"
_FEWEST = 3  # test images that make a map


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the choice of a second run, and the maps of both."""
    with controls:
        other = _pick(run)
    if other is None:
        with main:
            empty(
                t(
                    "There is no other run with codes of the images of {dataset}. Train one on the Train page: another "
                    "model, another latent dimension, or another seed.",
                    dataset=plain(run.dataset),
                )
            )
    with controls:
        st.caption(describe(other))
        labels = told.pick_class(run), told.pick_class(other)
        charted.ask()
    with main:
        if caches.images_of(run).counts["test"] < _FEWEST:
            empty(t("A map needs at least three test images; this dataset has fewer."))
        _show(run, other, labels)


def _pick(run: Run) -> Run | None:
    """Draw the picker of another run that was trained on the same images; None where there is none."""
    known = {
        each.id: each
        for each in offered()
        if each.id != run.id and each.encodes and each.dataset_checksum == run.dataset_checksum
    }
    if not known:
        return None
    chosen = linked.select(
        t("Beside"),
        list(known),
        _BESIDE,
        explain=lambda missing, shown: None if missing == run.id else _say_other(missing, shown),
        help=t("Runs that were trained on the same images, and have codes."),
    )
    return known[chosen]


def _say_other(missing: str, shown: str | None) -> str:
    """Return the sentence on a run that an address asks for and that cannot stand beside this one."""
    if missing not in {each.id for each in offered()}:
        return say_no_run(missing, shown)
    said = t("Run {missing} has other images or no codes, and cannot stand beside this one.", missing=plain(missing))
    return f"{said} {t('You see {name}.', name=plain(shown or ''))}"


def _show(run: Run, other: Run, labels: tuple[int | None, int | None]) -> None:
    data = caches.images_of(run)
    with st.spinner(t("Encoding the test images…")):
        planes = [kept.plane(each) for each in (run, other)]
        found = kept.agreed(run, other)
    st.markdown(answer.agreement(found, (run, other), planes))
    maps.show(data, (run, other), planes, labels)
    chosen = selection.selected(data)
    if len(chosen):
        st.markdown(answer.of_selection(found, planes[0].indices, chosen))
    selected_images.show(run, planes[0].codes, planes[0].indices, other if other.decodes else None)
    answer.show_table((run, other), planes)
    answer.define()
