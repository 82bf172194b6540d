"""A walk through a latent space as a file: a table as PNG, and as a GIF that goes there and back.

The page offers the files that the command writes: their words are English, as those of other files are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from aelab.pixels import UInt8Images, to_uint8
from aelab.reports import tiles
from aelab.studies.arithmetic import Arithmetic
from aelab.studies.interpolation import Interpolation
from aelab.studies.manifold_grid import ManifoldGrid
from aelab.studies.traversals import Ranking, Traversals

_ROW = 6  # images of a frame that stand in one row; more stand in a rectangle that is
_WIDER = 1.6  # times as wide as high


@dataclass(frozen=True)
class Drawing:
    """What there is to be drawn of a walk.

    Attributes
    ----------
    table : ndarray, uint8 (R, S, H, W, C)
    rows, columns : tuple of str
        What stands beside and above them.
    film : ndarray, uint8 (R, S, H, W, C)
        The columns are the frames; of most walks it is the table.
    lines : tuple of str
        What stands below each frame.
    across : int
        How many images of a frame stand side by side.
    """

    table: UInt8Images
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    film: UInt8Images
    lines: tuple[str, ...]
    across: int

    @property
    def frames(self) -> int:
        """How many frames the GIF has, there and back."""
        return max(1, 2 * len(self.lines) - 2)

    def png(self) -> bytes:
        """Return the table as PNG."""
        return tiles.table_png(self.table, self.rows, self.columns)

    def gif(self) -> bytes:
        """Return the GIF, each frame `tiles.MILLISECONDS` long."""
        return tiles.walk_gif(self.film, self.lines, self.across)


def of_traversals(found: Traversals) -> Drawing:
    """Draw a row for each dimension; a frame has all of them at one step."""
    table = to_uint8(found.images)
    columns = tuple(f"{offset:+.3g}" for offset in found.offsets)
    rows = tuple(_row_name(found.ranked, int(each)) for each in found.dimensions)
    across = len(rows) if len(rows) <= _ROW else math.ceil(math.sqrt(_WIDER * len(rows)))
    return Drawing(table, rows, columns, table, columns, across)


def of_interpolation(found: Interpolation) -> Drawing:
    """Draw the line, the great circle and the blend; a frame has the three at one step."""
    table = to_uint8(found.table)
    shares = tuple(f"{share:.0%}" for share in found.shares)
    lines = tuple(f"linear, spherical, pixels blended: {share}" for share in shares)
    return Drawing(table, ("linear", "spherical", "pixels blended"), shares, table, lines, across=3)


def of_arithmetic(found: Arithmetic) -> Drawing:
    """Draw the base with more and more of the difference."""
    table = to_uint8(found.images[None])
    columns = tuple(f"{strength:.3g}" for strength in found.strengths)
    return Drawing(table, (), columns, table, tuple(f"strength {each}" for each in columns), across=1)


def of_plane(found: ManifoldGrid) -> Drawing:
    """Draw the plane; a frame has one row of it, the lowest first."""
    table = to_uint8(found.images)
    rows = tuple(f"{value:+.2f}" for value in found.y[::-1])
    columns = tuple(f"{value:+.2f}" for value in found.x)
    return Drawing(table, rows, columns, np.swapaxes(table[::-1], 0, 1), rows[::-1], across=len(columns))


def _row_name(ranked: Ranking, dimension: int) -> str:
    """Return what the row of a dimension, from 0 up, is called: its number from 1 up, and what it carries."""
    unused = "" if ranked.used[dimension] else ", unused"
    return f"{dimension + 1}: {ranked.figures[dimension]:.3g} {ranked.unit}{unused}"
