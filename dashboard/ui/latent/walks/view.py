"""The Latent page's view of walks: along dimensions, between two images, by arithmetic of groups, over a plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.errors import N_
from aelab.inference import Inference
from aelab.runs import Run
from aelab.studies import arithmetic, interpolation, manifold_grid, traversals
from ui import caches, standing, told
from ui.guards import empty
from ui.i18n import t
from ui.latent.walks import dimensions, groups, images, plane

#: What the page asks as long as no walk is chosen.
QUESTION = N_("What changes on the way from one place of the latent space to another?")


@dataclass(frozen=True)
class _Kind:
    """One kind of walk, and what it answers."""

    label: str
    question: str
    show: Callable[[Run, int | None, DeltaGenerator, DeltaGenerator], None]
    fits: Callable[[Inference], bool] = lambda networks: True


_KINDS = {
    "dimensions": _Kind(N_("Dimensions"), traversals.SPEC.question, dimensions.show),
    "images": _Kind(N_("Two images"), interpolation.SPEC.question, images.show),
    "groups": _Kind(N_("Groups"), arithmetic.SPEC.question, groups.show, lambda networks: networks.encodes),
    "plane": _Kind(N_("Plane"), manifold_grid.SPEC.question, plane.show, lambda networks: networks.latent_dim > 1),
}


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the choice of a walk into `controls`, and the walk into `main`."""
    networks = caches.networks(run)
    if networks.encodes and not caches.images_of(run).counts["test"]:
        with main:
            empty(t("A walk needs test images, around whose codes it is; this dataset has none."))
    fitting = {name: t(kind.label) for name, kind in _KINDS.items() if kind.fits(networks)}
    with controls:
        picked = standing.pills(t("Walk"), fitting, "walks.kind", "walk", next(iter(fitting)))
        label = told.pick_class(run)
    with main, st.spinner(t("Encoding the test images…")):
        caches.surroundings(run)
    main.caption(t(_KINDS[picked].question))
    _KINDS[picked].show(run, label, controls, main)
