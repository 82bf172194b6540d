"""Clusters of a run's codes against the classes, beside those of raw pixels and of principal components."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.clustering import algorithms
from aelab.jobs import folder
from aelab.runs import Run
from aelab.studies import clustered
from aelab.studies.clustered import Clusters
from aelab.studies.clusters import Config
from aelab.tasks.clusters import JOB
from ui import caches, definitions, tables, visitor
from ui.forms import config_form
from ui.i18n import t
from ui.latent.caches_clusters import found_clusters
from ui.latent.clusters import confusion, images, numbers, words
from ui.waiting import wait_for

_FIRST = ("algorithm", "clusters")  # what one changes; the rest is folded away
_OTHERS = ("part", "limit", "restarts", "seed", "highest")


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw what to put into clusters into `controls`, and what came of it into `main`."""
    with controls:
        config = _ask()
    with main:
        job = folder.find(JOB.id(run, config)) or JOB.submit(run.id, config, owner=visitor.owner())
        wait_for(job, t("Clusters of the codes"))
        _show(run, found_clusters(job))


def _ask() -> Config:
    values = config_form(Config, "latent.clusters", without=_OTHERS)
    with st.expander(t("More settings"), icon=":material/tune:"):
        values |= config_form(Config, "latent.clusters", without=_FIRST)
    return Config.parse(values)


def _show(run: Run, found: Clusters) -> None:
    data = caches.images_of(run)
    st.markdown(words.answer(found))
    st.caption(words.conditions(found))
    if caches.networks(run).classes:
        st.caption(
            t("This run is told the class of every image while it encodes it: its codes are not made without classes.")
        )
    text = st.column_config.TextColumn
    st.dataframe(
        words.rows(found),
        hide_index=True,
        column_config={
            "measure": text(t("Measure"), help=t(algorithms[found.algorithm].objective), width=188),
            **{space: text(t(name), width=150) for space, name in words.SPACES.items()},
        },
        alt=t("Agreement of clusters with classes for codes, raw pixels and principal components"),
    )
    with st.container(horizontal=True):
        tables.offer_csv(clustered.table(found), f"clusters-{run.id}.csv")
        definitions.define_specs(words.measures(found), (algorithms[found.algorithm],), words.intervals())
    numbers.show(found)
    if not found.reason:
        confusion.show(data, found)
    images.show(run, data, found)
