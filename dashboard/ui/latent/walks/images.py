"""From one image to another: the line, the great circle and the blend of the pixels, step by step."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.pixels import Images
from aelab.reports import walks
from aelab.runs import Run
from aelab.studies import interpolation
from aelab.studies.decoding import FAR, Surroundings
from aelab.studies.interpolation import Interpolation
from aelab.studies.walk_terms import WALKS
from ui import caches, definitions, figures, standing
from ui.figures import Figure, Shown
from ui.guards import guarded
from ui.i18n import t
from ui.latent.walks import distance_chart, ends, rows, takeaway
from ui.numbers import figure, percent

_STEPS = (5, 7, 9, 11, 15, 21)


def show(run: Run, label: int | None, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the choice of two images into `controls`, and what lies between them into `main`."""
    networks, around = caches.networks(run), caches.surroundings(run)
    usual = interpolation.usual_ends(caches.images_of(run)) if networks.encodes else (0, 1)
    with controls:
        first = ends.pick(run, "from", t("From"), usual[0])
        second = ends.pick(run, "to", t("To"), usual[1])
        standing.begin("walks.between", "steps", _STEPS, 11, int)
        steps = st.select_slider(t("Steps"), _STEPS, key="walks.between", persist_state="session")
        standing.keep("steps", steps, 11)
    with main:
        found = interpolation.between(networks, around, first, second, steps=steps, label=label)
        st.markdown(_answer(around, found))
        if not found.round:
            st.info(
                t(
                    "There is no one great circle between these two codes: they are the same, point the same or the "
                    "opposite way, or one is zero. The spherical row is the line."
                ),
                icon=":material/info:",
            )
        _large(around, found)
        st.html(rows.markup(_rows(found)))
        if found.linear.distances is not None:
            st.plotly_chart(_chart(around, found), key="walks.distances", alt=t("Distance from data at every step"))
        definitions.define_terms(WALKS["images"])
        takeaway.offer(run, "interpolation", walks.of_interpolation(found))


@st.fragment  # a slider that redraws the table too takes several times as long
def _large(around: Surroundings, found: Interpolation) -> None:
    """Draw one step large."""
    with guarded():
        count = len(found.shares)
        step = st.slider(t("Step"), 1, count, count // 2 + 1, key=f"walks.step.{count}") - 1
        st.html(
            figures.markup(
                [
                    Figure(
                        t("Linear"),
                        [Shown(found.linear.images[step], t("Decoded on the line"))],
                        _lines(around, found.linear.distances, step),
                    ),
                    Figure(
                        t("Spherical"),
                        [Shown(found.spherical.images[step], t("Decoded on the great circle"))],
                        _lines(around, found.spherical.distances, step),
                    ),
                    Figure(
                        t("Pixels blended"),
                        [Shown(found.blend[step], t("The pixels of both pictures blended"))],
                        [t("No network takes part.")],
                    ),
                ]
            )
        )
        st.caption(
            t(
                "Step {step} of {count}: {share} of the way.",
                step=step + 1,
                count=count,
                share=percent(found.shares[step], 0),
            )
        )


def _lines(around: Surroundings, distances: npt.NDArray[np.float64] | None, step: int) -> list[str]:
    if distances is None:
        return []
    away = float(distances[step])
    far = t("far from data: made up") if away > FAR * around.apart else t("near data")
    return [t("{distance} from the nearest code", distance=figure(away)), far]


def _answer(around: Surroundings, found: Interpolation) -> str:
    """Say in a sentence which way keeps nearer to real images."""
    line, arc = found.linear.distances, found.spherical.distances
    if line is None or arc is None:
        return t(
            "**Every step is something that the run draws**; it has no encoder, so that nobody knows where real images "
            "lie. The straight line passes nearer to the middle of the prior than draws do."
        )
    most = FAR * around.apart
    answers = {
        (True, True): t("Neither way leaves the data"),
        (True, False): t("The line stays near the data, the great circle leaves it"),
        (False, True): t("The great circle stays near the data, the line leaves it"),
        (False, False): t("Between these images the decoder makes things up"),
    }
    return t(
        "**{answer}**: at most {line} from the nearest code on the line and {arc} on the great circle, where codes of "
        "N = {count} test images are {usual} from one another at the median (lower is nearer).",
        answer=answers[bool(line.max() <= most), bool(arc.max() <= most)],
        line=figure(line.max()),
        arc=figure(arc.max()),
        usual=figure(around.apart),
        count=len(around.codes),
    )


def _rows(found: Interpolation) -> list[rows.Row]:
    said: tuple[tuple[str, str, Images], ...] = (
        (t("Linear"), t("Images decoded along the line"), found.linear.images),
        (t("Spherical"), t("Images decoded along the great circle"), found.spherical.images),
        (t("Pixels blended"), t("The two pictures blended, pixel by pixel"), found.blend),
    )
    return [rows.Row(name, (), images, alt) for name, alt, images in said]


def _chart(around: Surroundings, found: Interpolation) -> distance_chart.Chart:
    line, arc = found.linear.distances, found.spherical.distances
    assert line is not None
    assert arc is not None
    return distance_chart.chart(
        found.shares,
        {t("linear"): line, t("spherical"): arc},
        around.apart,
        title=t("Distance from the nearest of N = {count} codes (lower: nearer to data)", count=len(around.codes)),
        axes=(t("Share of the way"), t("Distance")),
        usual=t("usual between codes"),
    )
