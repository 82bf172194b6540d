"""Rows of images with what each row is, as one piece of HTML: a message instead of forty elements.

On a phone the words stand above the row; each pixel of a small image is a square (dashboard/style.css).
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ui import mosaic

_SMALL = 64  # pixels: images up to this wide are shown without smoothing


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes
    ----------
    name : str
        Plain text, as `lines` are.
    lines : sequence of str
    images : ndarray, (S, H, W, C)
    alt : str
    faint : bool
        Whether it is of less account than the others.
    """

    name: str
    lines: Sequence[str]
    images: npt.NDArray[np.generic]
    alt: str
    faint: bool = False


def markup(rows: Sequence[Row]) -> str:
    """Return HTML for `st.html`."""
    return f'<div class="aelab-rows">{"".join(map(_row, rows))}</div>'


def _row(row: Row) -> str:
    lines = "".join(f"<div>{html.escape(line)}</div>" for line in row.lines)
    uri = mosaic.exact_uri(mosaic.mosaic(row.images, len(row.images)))
    crisp = ' class="aelab-crisp"' if row.images.shape[2] <= _SMALL else ""
    faint = ' class="aelab-faint"' if row.faint else ""
    picture = f'<img{crisp} src="{uri}" alt="{html.escape(row.alt)}">'
    return f"<figure{faint}><figcaption><strong>{html.escape(row.name)}</strong>{lines}</figcaption>{picture}</figure>"
