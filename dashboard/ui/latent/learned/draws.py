"""Holes of a latent space: how far draws of a prior are from codes, and what they decode to."""

from __future__ import annotations

import numpy as np
import streamlit as st

from aelab.jobs import folder
from aelab.pixels import to_unit
from aelab.runs import Run
from aelab.studies.holes import Config, Holes, Shown
from aelab.studies.prior import Prior
from aelab.tasks.holes import JOB
from ui import caches, mosaic, visitor
from ui.i18n import t
from ui.latent.learned import answer, charts, kept
from ui.numbers import figure
from ui.waiting import is_done


def find(run: Run, prior: Prior) -> Holes | None:
    """Return the holes among the draws of a prior; None, and how the job stands on the page, until it has them."""
    config = Config(prior=prior)
    job = folder.find(JOB.id(run, config)) or JOB.submit(run.id, config, owner=visitor.owner())
    titles = {
        "normal": t("Distances of draws of the standard normal to codes"),
        "mixture": t("Distances of draws of a fitted mixture to codes"),
    }
    return kept.found_holes(job) if is_done(job, titles[prior]) else None


def show(run: Run, found: Holes) -> None:
    """Draw the distances of draws and of test images, and the draws that are farthest and nearest."""
    if found.prior == "mixture":  # what the standard normal comes to is said at the top of the page
        st.markdown(answer.holes(found))
    drawn = t("draws of the standard normal") if found.prior == "normal" else t("draws of the fitted mixture")
    st.plotly_chart(
        charts.distances(
            found.drawn,
            found.real,
            found.threshold,
            (drawn, t("codes of test images")),
            title=t(
                "How far from a code: {draws} draws, N = {count} test images",
                draws=len(found.drawn),
                count=len(found.real),
            ),
            x=t("Distance to the nearest code of a training image (lower: nearer to what was trained)"),
            y=t("Share (%)"),
            mark=t("holes from {threshold} on", threshold=figure(found.threshold)),
        ),
        key=f"learned.distances.{found.prior}",
        alt=t("Histograms of the distances of draws and of test images to the nearest code of a training image"),
    )
    reach = charts.reach(found.drawn, found.real, found.threshold)
    if max(found.drawn.max(), found.real.max()) > reach:
        st.caption(t("The last bin holds everything from {reach} on.", reach=figure(reach)))
    for shown, name in (
        (found.farthest, t("The draws farthest from every code, at distances of {span}:", span=_span(found.farthest))),
        (found.nearest, t("The draws nearest to a code, at distances of {span}:", span=_span(found.nearest))),
    ):
        _show_draws(run, shown, name)


def _span(shown: Shown) -> str:
    return f"{figure(shown.distances[0])}–{figure(shown.distances[-1])}"


def _show_draws(run: Run, shown: Shown, name: str) -> None:
    made = kept.hole_images(run, shown)
    neighbours = to_unit(caches.images_of(run).take(np.array(shown.neighbours)))
    st.markdown(name)
    mosaic.show(
        np.concatenate([made, neighbours]),
        len(made),
        alt=t("Upper row: what draws decode to; lower row: the training images of the nearest codes"),
        caption=t("Upper row: what they decode to. Lower row: the training images with the nearest codes."),
    )
