"""The map of a run's codes, and the images behind the points that are selected."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.projections.spec import Floats
from aelab.runs import Run
from aelab.studies import colouring, latent_map
from aelab.studies.colouring import Colouring
from aelab.studies.latent_map import Config, LatentMap
from ui import caches, probe, tables, told
from ui.guards import empty
from ui.i18n import t
from ui.latent import charted, projecting, selected_images, worth

_FEWEST = 3


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw what to project by into `controls`, and the map into `main`."""
    with controls:
        config = projecting.ask(caches.networks(run), caches.images_of(run))
    with main:
        if caches.images_of(run).counts[config.part] < _FEWEST:
            empty(t("A map needs at least three images; this part of the dataset has fewer. Choose another part."))
        map_above = st.container()
        image = probe.offer_to_place(run)  # first: while a map is awaited, the picture would be forgotten
    with map_above:
        found = projecting.find(run, config)
    with controls:
        colours = projecting.pick_colours(run, found, config)
        label = told.pick_class(run)
        charted.ask()
    star = None if image is None else projecting.place(run, config, found, image)
    with map_above:
        _show_map(run, found, config, colours, star, label)
        if image is not None:
            worth.say_place(config, star)


def _show_map(
    run: Run, found: LatentMap, config: Config, colours: Colouring, star: Floats | None, label: int | None
) -> None:
    """Draw the map, what it is worth, and what is selected on it."""
    data = caches.images_of(run)
    worth.say(found, config)
    words = charted.Words(
        projecting.title(found, config), tuple(projecting.axes(found, config)), measured=found.linear is not None
    )
    charted.show(run, data, found, words, repr(config), colours, star, label)
    selected_images.show(run, found.codes, found.indices)
    table = colouring.with_column(latent_map.table(found, data.class_names), colours)
    tables.offer_csv(table, f"latent-{config.method}-{run.id}.csv", t("Download the map as CSV"))
