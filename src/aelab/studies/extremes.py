"""The images behind a mean: those that a method restores best, and those that it restores worst."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.filters import filters
from aelab.pixels import Images
from aelab.studies import cells
from aelab.studies._measures import capped
from aelab.studies._one_thread import one_thread
from aelab.studies.draws import Draw
from aelab.studies.methods import Method, OfFilter

_SHOWN = 4  # of each kind


@dataclass(frozen=True)
class Extremes:
    """A few test images, the best first: clean, noisy, restored.

    Attributes
    ----------
    indices : ndarray, int (K,)
        Into the dataset.
    clean, noisy, restored : ndarray, float32 (K, H, W, C) in [0, 1]
    before, after : ndarray, float64 (K,)
        PSNR of noisy and restored, in dB, beyond that of rounding to 8 bits as that.
    best : int
        How many of them are the best ones; the others are the worst, the very worst last.
    """

    indices: npt.NDArray[np.intp]
    clean: Images
    noisy: Images
    restored: Images
    before: npt.NDArray[np.float64]
    after: npt.NDArray[np.float64]
    best: int


def run(method: Method, draw: Draw, measure: str, shown: int = _SHOWN) -> Extremes:
    """Return the images of a draw that a method restores best and worst by a measure, or `GAIN`.

    Of few images none is shown twice.
    """
    cell = cells.measured(method, draw)
    before = cells.measured(OfFilter(filters["nothing"]), draw).values
    values = capped(cell.values, before)
    order = np.argsort(-values[measure], kind="stable")
    best = min(shown, -(-len(order) // 2))
    chosen = np.concatenate([order[:best], order[best:][-shown:]])
    clean, noisy, labels = (each[chosen] for each in draw.test)
    with one_thread():
        restored = method.ready(draw, cell.settings).restore(noisy, labels)
    return Extremes(
        draw.indices[chosen],
        clean,
        noisy,
        restored,
        capped(before, before)["psnr"][chosen],
        values["psnr"][chosen],
        best,
    )
