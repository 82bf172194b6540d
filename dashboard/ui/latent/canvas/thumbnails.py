"""Small images on a map: one picture with all of them, in an order whose every beginning is spread over the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.studies.spreading import spread_order
from ui import mosaic
from ui.latent.canvas import files

_MOST: Final = 1500
_COLUMNS: Final = 40
_PIXELS: Final = 48  # a thumbnail is no larger


@dataclass(frozen=True)
class Thumbnails:
    """Images of some points of a map.

    Attributes
    ----------
    sheet : bytes
        A PNG with all of them, without gaps, row by row.
    rows : ndarray (n,)
        Their points, as rows of the map, the most widely spread first.
    width, height : int
        Of each, in pixels.
    """

    sheet: bytes
    rows: npt.NDArray[np.intp]
    width: int
    height: int

    def told(self, key: str) -> dict[str, Any]:
        """Return what the page is told of them."""
        return {
            "url": files.served(self.sheet, "image/png", f"{key}.thumbnails"),
            "rows": self.rows.tolist(),
            "columns": min(_COLUMNS, len(self.rows)),
            "width": self.width,
            "height": self.height,
        }


def thumbnails(
    data: Dataset, key: str, coordinates: npt.NDArray[np.float32], indices: npt.NDArray[np.intp]
) -> Thumbnails:
    """Return thumbnails of the images (N,) of a map (N, d); `key` says which map that is."""
    return _thumbnails(data.name, data.checksum, key, data, coordinates, indices)


@st.cache_data(max_entries=8, show_spinner=False)
def _thumbnails(
    name: str,
    checksum: str,
    key: str,
    _data: Dataset,
    _coordinates: npt.NDArray[np.float32],
    _indices: npt.NDArray[np.intp],
) -> Thumbnails:
    rows = spread_order(_coordinates, _MOST)
    small = mosaic.shrunk(_data.take(_indices[rows]), _PIXELS)
    return Thumbnails(mosaic.sheet(small, _COLUMNS), rows, small.shape[2], small.shape[1])
