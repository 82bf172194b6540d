"""Take the film of a run away: moving pictures as GIF, positions as a table."""

from __future__ import annotations

import functools

import numpy as np
import streamlit as st
from PIL import Image

from aelab.errors import LabError
from aelab.reports import tiles
from aelab.reports.csv import to_csv
from aelab.runs import Run
from aelab.studies import time_machine
from ui.i18n import plain, t
from ui.lanes import Lane

_MOST_FRAMES = 60
_MILLISECONDS = 250  # a frame; the last one stays longer
_LAST_MILLISECONDS = 2000


def offer(lane: Lane) -> None:
    """Draw the buttons that download what a run's snapshots show."""
    if not lane.film.has_map and len(lane.film.epochs) < 2:
        return
    st.caption(t("Take {run} away:", run=plain(lane.run.id)))
    with st.container(horizontal=True):
        if len(lane.film.epochs) > 1:
            if lane.has_reconstructions:
                _offer_gif(lane, ("target", "output"), t("Reconstructions as GIF"), "reconstructions")
            if lane.has_samples:
                _offer_gif(lane, ("samples",), t("Samples as GIF"), "samples")
        if not lane.film.has_map:
            return
        st.download_button(
            t("Positions as CSV"),
            functools.partial(positions, lane),  # of a long training, a quarter of a second's work
            f"positions-{lane.run.id}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"time.csv.{lane.run.id}",
        )


def positions(lane: Lane) -> bytes:
    """Return where every code was after every epoch, as CSV."""
    return to_csv(time_machine.table(lane.film, lane.indices, lane.classes)).encode("utf-8-sig")


def _offer_gif(lane: Lane, names: tuple[str, ...], label: str, kind: str) -> None:
    st.download_button(
        label,
        functools.partial(gif, lane.run, lane.film.epochs, names, word=t("epoch")),
        f"{kind}-{lane.run.id}.gif",
        "image/gif",
        icon=":material/gif_box:",
        on_click="ignore",
        key=f"time.gif.{kind}.{lane.run.id}",
    )


def gif(run: Run, epochs: tuple[int, ...], names: tuple[str, ...], *, word: str = "epoch") -> bytes:
    """Return the pictures of a run after its epochs, or an even choice of them, as a GIF that moves.

    Parameters
    ----------
    run : Run
    epochs : tuple of int
    names : tuple of str
        Of the arrays of a snapshot whose images are shown, eight in a row.
    word : str
        What stands before the number of the epoch; it is translated beforehand, since the file is made when no page
        is drawn.

    Raises
    ------
    LabError
        If no snapshot has such pictures any more.
    """
    step = -(-len(epochs) // _MOST_FRAMES)
    chosen = epochs[::-1][::step][::-1]  # with the last
    frames = [frame for epoch in chosen if (frame := _frame(run, epoch, names, f"{word} {epoch}")) is not None]
    if not frames:
        raise LabError("Run {run} has kept no snapshot yet: the first comes after its first epoch.", run=run.id)
    return tiles.gif(frames, [*[_MILLISECONDS] * (len(frames) - 1), _LAST_MILLISECONDS])


def _frame(run: Run, epoch: int, names: tuple[str, ...], line: str) -> Image.Image | None:
    """Return the pictures after an epoch with a line below, in 256 colours; None where they cannot be read."""
    try:
        kept = run.snapshot(epoch, names)
        images = np.concatenate([kept[name] for name in names])
    except (LabError, KeyError):
        return None
    return tiles.frame(images, 8, line)
