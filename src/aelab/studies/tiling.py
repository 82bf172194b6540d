"""Restore a picture of any size with a network of one size: by tiles that overlap and fade into one another.

Cut side by side, tiles would leave seams, since a network knows least about what is at its border.  So each pixel is a
mean of the tiles that hold it, weighed by a raised cosine: most in the middle of a tile, almost nothing at its edge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError
from aelab.pixels import Images

#: Pixels of a picture that is restored by tiles: half a minute's work for a U-Net, on two cores.
MOST_PIXELS: Final = 4_000_000

#: Share of a tile, at least, that its neighbour holds as well.
OVERLAP: Final = 0.5

_AT_ONCE = 64  # tiles

Picture = npt.NDArray[np.float32]


def restore(
    restorer: Callable[[Images], Images],
    picture: Picture,
    tile: tuple[int, int],
    overlap: float = OVERLAP,
    progress: Callable[[float], None] = lambda share: None,
) -> Picture:
    """Return a picture restored tile by tile, in memory of a few times its own size.

    Parameters
    ----------
    restorer : callable
        ``restorer(images) -> images``, float32 (n, H, W, C) of `tile`, both in and out.
    picture : ndarray, float32 (h, w, C) in [0, 1]
        Of any size. Where it is smaller than a tile it goes on as in a mirror.
    tile : (int, int)
        Height and width.
    overlap : float
        As `OVERLAP`, from 0 to 0.9.
    progress : callable
        Is told the share that is done, 0 to 1.

    Returns
    -------
    ndarray, float32 (h, w, C) in [0, 1]

    Raises
    ------
    LabError
        If the picture has more than `MOST_PIXELS` pixels, or none.
    """
    height, width = picture.shape[:2]
    check_size(height, width)
    missing = [(0, max(0, side - whole)) for side, whole in zip(tile, (height, width), strict=True)]
    wide = np.pad(picture, [*missing, (0, 0)], mode="symmetric")
    rows, columns = (starts(whole, side, overlap) for whole, side in zip(wide.shape[:2], tile, strict=True))
    places = [(top, left) for top in rows for left in columns]
    weights = np.outer(_fading(tile[0]), _fading(tile[1])).astype(np.float32)[..., None]
    total, weight = np.zeros(wide.shape, np.float32), np.zeros((*wide.shape[:2], 1), np.float32)
    for first in range(0, len(places), _AT_ONCE):
        some = places[first : first + _AT_ONCE]
        tiles = np.stack([wide[top : top + tile[0], left : left + tile[1]] for top, left in some])
        for (top, left), restored in zip(some, restorer(tiles), strict=True):
            part = np.s_[top : top + tile[0], left : left + tile[1]]
            total[part] += weights * restored
            weight[part] += weights
        progress((first + len(some)) / len(places))
    total /= weight
    return np.clip(total, 0, 1, out=total)[:height, :width]


def check_size(height: int, width: int) -> None:
    """Refuse a picture of more than `MOST_PIXELS` pixels with a `LabError`, and one of none."""
    if not 0 < height * width <= MOST_PIXELS:
        raise LabError(
            "A picture to restore may have up to {most} million pixels; this one has {width} × {height}. Make it "
            "smaller, or cut out the part that counts.",
            most=MOST_PIXELS // 1_000_000,
            width=width,
            height=height,
        )


def starts(whole: int, tile: int, overlap: float) -> list[int]:
    """Return where tiles begin along one side: evenly spread, the first at 0 and the last ending with the side."""
    step = max(1, round(tile * (1 - min(max(overlap, 0), 0.9))))
    count = 1 + -(-(whole - tile) // step)
    return [int(start) for start in np.linspace(0, whole - tile, count).round()]


def _fading(side: int) -> npt.NDArray[np.float64]:
    """Return the raised cosine over a side, of pixels' middles, so that no weight is 0."""
    faded: npt.NDArray[np.float64] = np.sin(np.pi * (np.arange(side) + 0.5) / side) ** 2
    return faded
