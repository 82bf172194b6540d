"""A picture of one's own, uploaded or taken, and what a run makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.metrics.mse import mse
from aelab.pixels import Images
from aelab.runs import Run
from aelab.studies import probing
from ui import bring, caches, mosaic, told
from ui.i18n import plain, t
from ui.numbers import figure


def offer_to_place(run: Run) -> Images | None:
    """Let the visitor bring a picture, and show its reconstruction and the test images it is taken to be like.

    Return it as an image of the dataset, float32 (1, H, W, C); None as long as there is none.
    """
    data = caches.images_of(run)
    image = _ask(data)
    if image is None:
        return None
    around = caches.surroundings(run)
    found = probing.run(caches.networks(run), image, around.codes, around.indices)
    usual = run.metrics()["overall"]["mse"]["mean"]
    mosaic.show(
        np.concatenate([found.given, found.made]),
        2,
        alt=t("Your picture and its reconstruction"),
        caption=t(
            "Your picture, and what {run} makes of it: squared error {error} (lower is better; the mean over the "
            "N = {count} test images is {usual})",
            run=plain(run.id),
            error=f"{found.error:.5f}",
            usual=f"{usual:.5f}",
            count=data.counts["test"],
        ),
    )
    told.say_found([run], image)
    mosaic.show(
        data.take(found.nearest),
        len(found.nearest),
        alt=t("The test images with the most similar codes"),
        caption=t(
            "Of N = {count} test images those with the most similar codes, {low} to {high} away",
            count=len(around.codes),
            low=figure(found.distances[0]),
            high=figure(found.distances[-1]),
        ),
    )
    return image


def offer_to_compare(chosen: Sequence[Run]) -> None:
    """Let the visitor bring a picture, and show what each of some runs on the same images makes of it, if it can."""
    chosen = [run for run in chosen if run.reconstructs]
    if not chosen:
        return
    image = _ask(caches.images_of(chosen[0]))
    if image is None:
        return
    made = [caches.networks(run).reconstruct(image) for run in chosen]
    errors = [float(mse(image, each, data_range=1.0)[0]) for each in made]
    mosaic.show(
        np.concatenate([image, *made]),
        len(made) + 1,
        alt=t("Your picture, and what each run makes of it"),
        caption=t(
            "From the left: your picture; what each run makes of it, with its squared error (lower is better): {runs}",
            runs=plain("; ".join(f"{run.id} {error:.5f}" for run, error in zip(chosen, errors, strict=True))),
        ),
    )
    told.say_found(chosen, image)


def _ask(data: Dataset) -> Images | None:
    """Draw the ways to bring a picture, folded away; return it as an image of the dataset, float32 (1, H, W, C)."""
    with st.expander(t("Try a picture of your own"), icon=":material/add_a_photo:"):
        return bring.bring(data, "probe")
