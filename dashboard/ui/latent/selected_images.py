"""The images that are selected on a map: what they are, what a run makes of them, what is like them, where they go."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.inference import Codes
from aelab.metrics.mse import mse
from aelab.pixels import Images, to_unit
from aelab.runs import Run
from ui import caches, mosaic
from ui.i18n import plain, t
from ui.labels import class_names
from ui.latent import alike, selection, taking_away

_A_PAGE = 20

Indices = npt.NDArray[np.intp]


def show(run: Run, codes: Codes, mapped: Indices, beside: Run | None = None) -> None:
    """Draw what is selected.

    Parameters
    ----------
    run : Run
    codes : ndarray, float32 (N, K)
        Of the images on the map.
    mapped : ndarray, int (N,)
        Which images of the dataset these are.
    beside : Run, optional
        Another run of the same dataset, whose reconstructions are shown too; codes and neighbours are those of `run`.
    """
    data, networks = caches.images_of(run), caches.networks(run)
    chosen = selection.selected(data)
    st.subheader(t("Images selected: {count}", count=len(chosen)), anchor=False)
    if not len(chosen):
        _invite(data)
        return
    _say_mix(data, chosen, mapped)
    _offer_ways_back(data)
    shown = _leafed(data, chosen)
    _show_reconstructions(run, data, shown, len(chosen))
    if beside is not None:
        _show_others(beside, data, shown)
    alike.show(data, codes, mapped, shown, coder="" if beside is None else run.id)
    taking_away.offer(networks, data, chosen)


def _invite(data: Dataset) -> None:
    st.info(
        t("Draw a lasso around some points, or click one, to see the images behind them."),
        icon=":material/gesture:",
    )
    _offer_ways_back(data)


def _offer_ways_back(data: Dataset) -> None:
    """Draw what undoes a selection: the one before, none, or all others."""
    row = st.container(horizontal=True)
    chosen = len(selection.selected(data))
    row.button(
        t("Undo"),
        icon=":material/undo:",
        disabled=not selection.can_undo(data),
        on_click=selection.undo,
        args=(data,),
        key="latent.selected.undo",
        help=t("Go back to what was selected before."),
    )
    row.button(
        t("Select nothing"),
        icon=":material/deselect:",
        disabled=not chosen,
        on_click=selection.clear,
        args=(data,),
        key="latent.selected.clear",
    )


def _say_mix(data: Dataset, chosen: Indices, mapped: Indices) -> None:
    """Say which classes the selection is made of, the most frequent first, and which share they have on the map."""
    names = [*class_names(data), t("unlabelled")]  # an unlabelled image's code is -1: the last
    labels = data.labels[chosen]
    codes, counts = np.unique(labels, return_counts=True)
    parts = []
    for place in np.argsort(-counts, kind="stable"):
        usual = float(np.mean(data.labels[mapped] == codes[place]))
        parts.append(
            t(
                "{label}: {count} ({percent}%; on the map {usual}%)",
                label=plain(names[codes[place]]),
                count=int(counts[place]),
                percent=f"{100 * counts[place] / len(chosen):.0f}",
                usual=f"{100 * usual:.0f}",
            )
        )
    st.markdown(t("**Class mix**, N = {count}: {mix}", count=len(chosen), mix=" · ".join(parts)))
    elsewhere = len(chosen) - int(np.isin(chosen, mapped).sum())
    if elsewhere:
        st.caption(t("Of them {count} are not on this map, which shows other images.", count=elsewhere))


def _leafed(data: Dataset, chosen: Indices) -> Indices:
    """Draw the pages where there are several; return the images of one."""
    pages = -(-len(chosen) // _A_PAGE)
    key = f"latent.selected.page.{data.name}.{hash(chosen.tobytes())}"
    page = st.pagination(pages, key=key) if pages > 1 else 1
    return chosen[(page - 1) * _A_PAGE : page * _A_PAGE]


def _show_reconstructions(run: Run, data: Dataset, shown: Indices, count: int) -> None:
    given, made = _remade(run, data, shown)
    errors = mse(given, made, data_range=1.0)
    mosaic.show(
        np.concatenate([given, made]),
        len(shown),
        alt=t("Upper row: the selected images; lower row: their reconstructions"),
        caption=t(
            "Upper row: the images; lower row: what {run} makes of them ({shown} of {count} shown). Squared error of "
            "the {shown} shown, lower is better: mean {mean}, from {low} to {high}.",
            run=plain(run.id),
            shown=len(shown),
            count=count,
            mean=f"{errors.mean():.5f}",
            low=f"{errors.min():.5f}",
            high=f"{errors.max():.5f}",
        ),
    )


def _show_others(run: Run, data: Dataset, shown: Indices) -> None:
    given, made = _remade(run, data, shown)
    mosaic.show(
        made,
        len(shown),
        alt=t("The reconstructions of the selected images by {run}", run=run.id),
        caption=t(
            "What {run} makes of the same images (N = {count}). Squared error, lower is better: mean {mean}.",
            run=plain(run.id),
            count=len(shown),
            mean=f"{mse(given, made, data_range=1.0).mean():.5f}",
        ),
    )


def _remade(run: Run, data: Dataset, shown: Indices) -> tuple[Images, Images]:
    """Return some images, in [0, 1], and what a run makes of them."""
    given = to_unit(data.take(shown))
    return given, caches.networks(run).reconstruct(given, data.labels[shown])
