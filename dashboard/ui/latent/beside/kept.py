"""What the view of two runs keeps between script runs: shared by every session, and bounded."""

from __future__ import annotations

from typing import Final

import streamlit as st

from aelab.runs import Run
from aelab.studies import agreement
from aelab.studies.agreement import Agreement
from aelab.studies.latent_map import Config, LatentMap
from ui import caches
from ui.latent import caches_maps

_ENTRIES = 24
_MOST_COMPARED: Final = 2000


def plane_config(run: Run) -> Config:
    """Return how a run's codes are drawn beside another's: its two numbers as they are, or the PCA of more."""
    two = caches.networks(run).latent_dim == 2
    return Config(method="raw" if two else "pca", limit=_MOST_COMPARED)


def plane(run: Run) -> LatentMap:
    """Return a map of a run's test images: the same images for every run on them."""
    return caches_maps.quick_map(run, plane_config(run))


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _agreement(one: str, created: str, other: str, others_created: str, _one: Run, _other: Run) -> Agreement:
    return agreement.agreement(plane(_one).codes, plane(_other).codes)


def agreed(one: Run, other: Run) -> Agreement:
    """Compare the neighbourhoods of the images of `plane` in two runs' codes."""
    return _agreement(one.id, one.created, other.id, other.created, one, other)
