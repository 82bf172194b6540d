"""Which code belongs to a place on a map, exactly where the projection has an inverse; and a map of decoded images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from aelab.inference import Codes
from aelab.pixels import Images
from aelab.projections.spec import Affine

_NEIGHBOURS = 8
_EDGE = 0.02  # of the map's width, beyond the outermost points

Box = tuple[float, float, float, float]


def codes_at(positions: Codes, coordinates: Codes, codes: Codes, inverse: Affine | None) -> Codes:
    """Return a code (n, K) for each position (n, d) on a map.

    Without an inverse it is a guess: the mean of the codes (N, K) of the eight nearest points (N, d), each weighted by
    one over its squared distance (Shepard [1]_).

    References
    ----------
    .. [1] D. Shepard, "A two-dimensional interpolation function for irregularly-spaced data", Proc. 23rd ACM national
       conference, 1968. https://doi.org/10.1145/800186.810616
    """
    if inverse is not None:
        return inverse(positions)
    from scipy.spatial import cKDTree  # noqa: PLC0415 - only for maps without an inverse

    distances, rows = cKDTree(coordinates).query(positions, min(_NEIGHBOURS, len(coordinates)))
    distances, rows = distances.reshape(len(positions), -1), rows.reshape(len(positions), -1)
    weights = 1 / np.maximum(np.square(distances), 1e-12)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray((codes[rows] * weights[:, :, None]).sum(axis=1), np.float32)


def box_around(coordinates: Codes) -> Box:
    """Return a square around all points (N, 2) of a map: low x, high x, low y, high y."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    half = max(float((high - low).max()), 1e-6) * (0.5 + _EDGE)
    x, y = (float(each) for each in (low + high) / 2)
    return x - half, x + half, y - half, y + half


def tiles(
    decode: Callable[[Codes], Images],
    coordinates: Codes,
    codes: Codes,
    inverse: Affine | None,
    steps: int,
) -> tuple[Images, Box]:
    """Decode the middle of each of steps × steps squares of a map, row by row from the upper left.

    Returns
    -------
    images : ndarray, float32 (steps * steps, H, W, C)
    box : (float, float, float, float)
        What the squares cover together, as `box_around` has it.
    """
    box = box_around(coordinates)
    middles = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    x, y = box[0] + (box[1] - box[0]) * middles, box[3] - (box[3] - box[2]) * middles
    positions: npt.NDArray[np.float32] = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float32)
    return decode(codes_at(positions, coordinates, codes, inverse)), box
