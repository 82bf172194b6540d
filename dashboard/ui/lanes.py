"""The runs that the time machine shows beside one another, opened once for a redraw."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab import runs
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.jobs.folder import OPEN
from aelab.models import models
from aelab.runs import Run
from aelab.studies.time_machine import Film
from ui import caches
from ui.i18n import plain, t

_SECONDS_BETWEEN_LOOKS = 2.0


@dataclass(frozen=True)
class Lane:
    """A run that is shown epoch by epoch.

    Attributes
    ----------
    run : Run
    film : Film
    dataset : Dataset or None
        What it was trained on, if that is still there.
    indices : ndarray or None
        Which images of the dataset the points of the map are, if that can be known.
    has_reconstructions, has_samples : bool
    working : bool
        Whether it is still being trained.
    """

    run: Run
    film: Film
    dataset: Dataset | None
    indices: npt.NDArray[np.intp] | None
    has_reconstructions: bool
    has_samples: bool
    working: bool

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """The class of each point, -1 where it is not known."""
        if self.dataset is None or self.indices is None:
            return np.full(self.film.positions.shape[1], -1, np.int32)
        return self.dataset.labels[self.indices]

    @property
    def classes(self) -> list[str]:
        """What the class of each point is called in files; nothing where it is not known."""
        names = [*(self.dataset.class_names if self.dataset else ()), ""]
        return [names[label] for label in self.labels]


def open_lane(run: Run) -> Lane:
    """Return a run to be shown; a `LabError` where it has no snapshot that can be read."""
    found = caches.film(run)
    dataset, indices, kept = None, None, {}
    with contextlib.suppress(LabError, KeyError):  # deleted, changed, damaged: the points stay, without their classes
        kept = run.snapshot(found.epochs[-1], ("target", "samples"))
        dataset = (
            caches.images_of(run) if caches.is_stored(run.dataset) else None
        )  # a built-in one is not made for this
        if dataset and found.has_map:
            indices = caches.shown_images(run, kept["target"], found.positions.shape[1])
    pictures = ("target" in kept, "samples" in kept)
    return Lane(run, found, dataset, indices, *pictures, runs.status(run).state in OPEN)


def epochs_of(lanes: Iterable[Lane]) -> list[int]:
    """Return every epoch that one of the runs can show, ascending."""
    return sorted({epoch for lane in lanes for epoch in lane.film.epochs})


def say_single(lanes: Sequence[Lane]) -> str:
    """Return why there is one epoch to see and no more."""
    if any(lane.working for lane in lanes):
        return t("It is training: this is the first epoch to be seen, and the next comes here when it ends.")
    if all(lane.run.model in models and models[lane.run.model].fit for lane in lanes):
        return t("There is nothing to scrub: this is the only snapshot. A closed form such as PCA learns in one step.")
    return t("There is nothing to scrub: this is the only snapshot that is kept.")


def begun(chosen: Iterable[Run]) -> list[Run]:
    """Return the runs that have a snapshot; say of each other what it waits for, and look again while it may get one.

    Draws no more of the page where there is none.
    """
    ready = []
    for run in chosen:
        if run.snapshot_epochs():
            ready.append(run)
        else:
            _wait_for_the_first(run)
    if not ready:
        st.stop()
    return ready


def _wait_for_the_first(run: Run) -> None:
    working = runs.status(run).state in OPEN

    @st.fragment(run_every=_SECONDS_BETWEEN_LOOKS if working else None)
    def look() -> None:
        if run.snapshot_epochs() or working != (runs.status(run).state in OPEN):
            st.rerun()
        if working:
            st.info(
                t(
                    "Run {run} is training its first epoch: its pictures come here when that ends.",
                    run=plain(run.id),
                ),
                icon=":material/hourglass:",
            )
        else:
            st.info(
                t("Run {run} has kept no snapshot. Choose another one, or train it again.", run=plain(run.id)),
                icon=":material/info:",
            )

    look()
