"""What a browser asks of a map, read with care: it can be made to send anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.studies.lasso import inside

_MOST_CORNERS = 20_000  # a hand draws some hundreds
_LARGEST = 1e30

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """Points that are to be selected.

    Attributes
    ----------
    rows : ndarray (n,)
        Of the map, ascending; none to select nothing.
    add : bool
        Whether what is selected already stays so.
    """

    rows: npt.NDArray[np.intp]
    add: bool


def asked(
    value: object, coordinates: npt.NDArray[np.float32], classes: npt.NDArray[np.generic] | None = None
) -> Asked | None:
    """Return what a message asks for; None where it makes no sense.

    Parameters
    ----------
    value : object
        ``{"polygon": [[x, y], ...], "right": [x, y, z], "up": [x, y, z], "hidden": [code, ...], "add": bool}``, the
        corners in the plane that two directions of the map span; ``{"point": row, "add": bool}``; or
        ``{"clear": True}``.
    coordinates : ndarray (N, 2) or (N, 3)
    classes : ndarray, int (N,)
        What hidden codes refer to: what is not seen is not selected.
    """
    if not isinstance(value, dict):
        return None
    add = value.get("add") is True
    if value.get("clear") is True:
        return Asked(np.zeros(0, np.intp), add=False)
    if "point" in value:
        row = row_of(value["point"], len(coordinates))
        return None if row is None else Asked(np.array([row], np.intp), add)
    right, up = _numbers(value.get("right"), 3), _numbers(value.get("up"), 3)
    corners = value.get("polygon")
    if right is None or up is None or not isinstance(corners, list) or not 3 <= len(corners) <= _MOST_CORNERS:
        return None
    polygon = [_numbers(corner, 2) for corner in corners]
    if any(corner is None for corner in polygon):
        return None
    sheet = coordinates.astype(np.float64) @ np.array([right, up])[:, : coordinates.shape[1]].T
    within = inside(sheet, [corner for corner in polygon if corner is not None])
    hidden = value.get("hidden")
    if classes is not None and isinstance(hidden, list):
        codes = int(classes.max(initial=0)) + 1
        within &= ~np.isin(classes, [code for code in hidden if row_of(code, codes) is not None])
    return Asked(np.flatnonzero(within), add)


def place_of(value: object, dimensions: int) -> Floats | None:
    """Return a position on a map, (dimensions,); None where it is none."""
    return _numbers(value, dimensions)


def row_of(value: object, count: int) -> int | None:
    """Return the row of a point, below `count`; None where it is none."""
    return value if type(value) is int and 0 <= value < count else None  # True is an int to Python, not to us


def _numbers(value: object, count: int) -> Floats | None:
    if not isinstance(value, list) or len(value) != count:
        return None
    # No number that is not finite is below the bound; an int may be too large to become a float, but not to compare.
    if not all(type(each) in (int, float) and abs(each) < _LARGEST for each in value):
        return None
    return np.array(value, np.float64)
