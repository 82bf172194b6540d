"""Which points are nearest to which, exactly and in bounded memory: maps, their quality and their colours ask it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from aelab.projections.spec import Progress, no_progress

Points = npt.NDArray[np.floating]

_MOST_AT_ONCE = 4_000_000  # distances in memory: 32 MB, and a few times as much where they are sorted


def blocks(
    points: Points, asked: npt.NDArray[np.intp] | None = None
) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]]:
    """Yield squared Euclidean distances from some points to all, a piece at a time.

    Parameters
    ----------
    points : ndarray (N, K)
    asked : ndarray, int (M,), optional
        Which of them; all without it.

    Yields
    ------
    ndarray, int (m,)
        The next of `asked`.
    ndarray, float64 (m, N)
        From these to every point; infinite to itself. Yours to change.
    """
    centred = points.astype(np.float64)
    centred -= centred.mean(axis=0)  # large numbers far from zero would lose the small differences between them
    asked = np.arange(len(points)) if asked is None else asked
    size = max(1, _MOST_AT_ONCE // max(1, len(points)))
    lengths = np.square(centred).sum(axis=1)
    for start in range(0, len(asked), size):
        rows = asked[start : start + size]
        squares = _squares(centred[rows], lengths[rows], centred, lengths)
        squares[np.arange(len(rows)), rows] = np.inf
        yield rows, squares


def nearest_others(
    points: Points, count: int, progress: Progress = no_progress
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return for each point which others are nearest (N, count), and how far away they are, the nearest first."""
    which = np.empty((len(points), count), np.intp)
    distances = np.empty((len(points), count))
    for rows, squares in blocks(points):
        which[rows], distances[rows] = _nearest(squares, count)
        progress((rows[-1] + 1) / len(points))
    return which, distances


def nearest_to(points: Points, new: Points, count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return for each new point (M, K) which points are nearest (M, count), and how far away, the nearest first."""
    mean = points.mean(axis=0, dtype=np.float64)
    centred, beside = points.astype(np.float64) - mean, new.astype(np.float64) - mean
    lengths = np.square(centred).sum(axis=1)
    size = max(1, _MOST_AT_ONCE // max(1, len(points)))
    found = [
        _nearest(_squares(part, np.square(part).sum(axis=1), centred, lengths), count)
        for part in (beside[start : start + size] for start in range(0, len(beside), size))
    ]
    return np.concatenate([which for which, _ in found]), np.concatenate([distances for _, distances in found])


def _squares(
    rows: npt.NDArray[np.float64],
    row_lengths: npt.NDArray[np.float64],
    points: npt.NDArray[np.float64],
    lengths: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return |a - b|² as |a|² + |b|² - 2ab, which is one matrix product."""
    squares: npt.NDArray[np.float64] = rows @ points.T
    squares *= -2
    squares += row_lengths[:, None]
    squares += lengths
    return np.maximum(squares, 0, out=squares)


def smallest(values: npt.NDArray[np.float64], count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return the columns of the `count` smallest numbers of each row of `values`, and these, the smallest first.

    Ten of ten thousand take a tenth of the time of sorting them all.
    """
    if count < values.shape[1]:
        which = np.argpartition(values, count - 1, axis=1)[:, :count]
    else:
        which = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    few = np.take_along_axis(values, which, axis=1)
    order = np.argsort(few, axis=1, kind="stable")
    return np.take_along_axis(which, order, axis=1), np.take_along_axis(few, order, axis=1)


def _nearest(squares: npt.NDArray[np.float64], count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return the columns of the smallest squares of each row and their roots, the smallest first."""
    which, found = smallest(squares, count)
    return which, np.sqrt(found)
