"""The class that a conditional run is told: chosen where images are drawn, found where somebody brings one."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import streamlit as st

from aelab.errors import LabError
from aelab.models import models
from aelab.pixels import Images
from aelab.runs import Run
from ui import caches
from ui.i18n import plain, t
from ui.labels import class_names

_ALL = -1


def pick_class(run: Run) -> int | None:
    """Draw the choice of a class to decode, and return its number; None where the run is told none."""
    if not caches.networks(run).classes:
        return None
    names = _names(run)
    chosen: int = st.selectbox(
        t("Class"),
        range(len(names)),
        format_func=names.__getitem__,
        key=f"told.class.{run.id}",
        help=t("This run is told the class of an image: the same code with another class is another image."),
    )
    return chosen


def pick_class_or_all(run: Run) -> int | None:
    """Draw the choice of a class to draw samples of; None for all in turn, or where the run is told none."""
    if not (run.model in models and models[run.model].conditional):
        return None
    names = _names(run)
    chosen = st.selectbox(
        t("Class to draw"),
        [_ALL, *range(len(names))],
        format_func=lambda label: names[label] if label != _ALL else t("all classes in turn"),
        key=f"told.samples.{run.id}",
    )
    return None if chosen == _ALL else int(chosen)


def say_found(chosen: Sequence[Run], image: Images) -> None:
    """Say which class each conditional run takes an image (1, H, W, C) to be of, since nobody has told it."""
    for run in chosen:
        networks = caches.networks(run)
        if networks.classes:
            st.caption(
                t(
                    "Nobody has told {run} the class of this picture: it tried every class, and **{label}** brings the "
                    "reconstruction that comes closest.",
                    run=plain(run.id),
                    label=plain(_names(run)[int(networks.closest_classes(image)[0])]),
                )
            )


def _names(run: Run) -> list[str]:
    """Return what the classes are called that a run is told; their numbers where its dataset is gone."""
    names: list[str] = []
    with contextlib.suppress(LabError):
        names = class_names(caches.images_of(run)) if caches.is_stored(run.dataset) else []
    return [names[label] if label < len(names) else str(label) for label in range(caches.networks(run).classes)]
