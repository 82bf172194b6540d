"""The whole plane of two numbers of the code: spaced by quantiles, beside equal steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.inference import Codes
from aelab.reports import walks
from aelab.runs import Run
from aelab.studies import manifold_grid, places
from aelab.studies.decoding import Surroundings
from aelab.studies.manifold_grid import Config, ManifoldGrid, Spacing
from aelab.studies.walk_terms import WALKS
from ui import caches, definitions, mosaic, standing
from ui.i18n import t
from ui.latent.walks import kept, takeaway
from ui.numbers import figure

_STEPS = (7, 9, 11, 15, 20, 25)
_SMALL, _STEPS_OF_PHOTOS = 64 * 64, (5, 7, 9)


def show(run: Run, label: int | None, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw how many images and of which numbers into `controls`, and the two planes into `main`."""
    networks, around = caches.networks(run), caches.surroundings(run)
    height, width, _ = networks.shape
    with controls:
        steps = _pick_steps(_STEPS if height * width <= _SMALL else _STEPS_OF_PHOTOS)
        first, second = _pick_pair(run)
    spacing: Spacing = "codes" if kept.ranking(run).unit == "variance" else "normal"
    config = {"first": first, "second": second, "steps": steps, "label": label or 0}
    with main:
        spaced = manifold_grid.grid(networks, around, Config(spacing=spacing, **config))
        even = manifold_grid.grid(networks, around, Config(spacing=spacing, at="even", **config))
        st.markdown(_answer(around, (spaced, even), (first, second), spacing))
        left, right = st.columns(2, gap="medium")
        with left:
            _draw(spaced, _spaced_name(spacing))
        with right:
            _draw(even, t("At equal steps"))
        st.caption(_axes(networks.latent_dim, (first, second)))
        definitions.define_terms(WALKS["plane"])
        takeaway.offer(run, "plane", walks.of_plane(spaced))


def _pick_steps(offered: tuple[int, ...]) -> int:
    usual = 15 if 15 in offered else offered[-1]
    key = f"walks.side.{offered[0]}"
    standing.begin(key, "side", offered, usual, int)
    steps: int = st.select_slider(t("Images along each side"), offered, key=key, persist_state="session")
    standing.keep("side", steps, usual)
    return steps


def _pick_pair(run: Run) -> tuple[int, int]:
    """Draw the choice of two numbers of the code, those that carry most at first; return them from 1 up."""
    order = [int(each) + 1 for each in kept.ranking(run).order]
    if len(order) == 2:
        return 1, 2
    across = _pick_number(run, order, "across", t("To the right"))
    upwards = _pick_number(run, [each for each in order if each != across], "upwards", t("Upwards"))
    return across, upwards


def _pick_number(run: Run, offered: list[int], name: str, label: str) -> int:
    key = f"walks.{name}.{run.id}"
    standing.begin(key, name, offered, offered[0], int)
    picked: int = st.selectbox(
        label,
        offered,
        format_func=lambda each: t("Dimension {number}", number=each),
        key=key,
        persist_state="session",
    )
    standing.keep(name, picked, offered[0])
    return picked


def _draw(grid: ManifoldGrid, caption: str) -> None:
    count = len(grid.x)
    mosaic.show(
        grid.images.reshape(count * count, *grid.images.shape[2:]),
        count,
        alt=t("A plane of {count} × {count} decoded images", count=count),
        caption=f"{caption}: {grid.x[0]:+.2f} … {grid.x[-1]:+.2f} →, {grid.y[0]:+.2f} … {grid.y[-1]:+.2f} ↑",
    )


def _spaced_name(spacing: Spacing) -> str:
    return t("At quantiles of the standard normal") if spacing == "normal" else t("At quantiles of the codes")


def _axes(latent: int, pair: tuple[int, int]) -> str:
    said = t("To the right: dimension {first}; upwards: dimension {second}.", first=pair[0], second=pair[1])
    if latent == 2:
        return said
    return f"{said} {t('The other numbers of the code stay at their mean.')}"


def _answer(
    around: Surroundings, grids: tuple[ManifoldGrid, ManifoldGrid], pair: tuple[int, int], spacing: Spacing
) -> str:
    """Say in a sentence what each image stands for, and how near to real images the planes are."""
    percent = f"{100 / len(grids[0].x) ** 2:.2g}"
    share = (
        t("Each image of the first plane stands for {share}% of the prior.", share=percent)
        if spacing == "normal"
        else t(
            "Each image of the first plane stands for {share}% of the codes, as if their numbers were independent.",
            share=percent,
        )
    )
    distances = [_median_distance(around, grid, pair) for grid in grids]
    if not len(around.codes):
        return f"**{share}**"
    away = t(
        "From an image to the nearest of N = {count} codes it is {near} there and {far} at equal steps (median; lower "
        "is nearer to data).",
        count=len(around.codes),
        near=figure(distances[0]),
        far=figure(distances[1]),
    )
    return f"**{share}** {away}"


def _median_distance(around: Surroundings, grid: ManifoldGrid, pair: tuple[int, int]) -> float:
    found = places.nearest(around, _codes(around, grid, pair))
    return 0.0 if found is None else float(np.median(found.distances))


def _codes(around: Surroundings, grid: ManifoldGrid, pair: tuple[int, int]) -> Codes:
    x, y = (each.ravel() for each in np.meshgrid(grid.x, grid.y))
    codes: npt.NDArray[np.float32] = np.tile(around.mean, (len(x), 1)).astype(np.float32)
    codes[:, pair[0] - 1], codes[:, pair[1] - 1] = x, y
    return codes
