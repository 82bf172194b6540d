"""Pictures side by side, each with its name above and its numbers below, as one piece of HTML.

A slider redraws them at every move: one message with everything in it is painted in a fraction of the time that a
dozen elements and as many requests for files take.  They flow into as many columns as fit, and each pixel of a small
image is a square (dashboard/style.css).
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from plotly import colors

from ui import mosaic

_SMALL = 64  # pixels: images up to this wide are shown without smoothing
_STOPS = 256
_SEEN = 0.3, 0.9  # the part of the scale that stands out from dark and from bright pages
#: Cividis, which looks the same to people who see colours differently (Nuñez et al. 2018, PLOS ONE 13(7) e0199239).
_SCALE = np.array([colors.hex_to_rgb(stop) for stop in colors.sequential.Cividis], float)
_PLACES = np.linspace(0, 1, len(_SCALE))
_TABLE = np.stack(
    [np.interp(np.linspace(0, 1, _STOPS), _PLACES, channel) for channel in _SCALE.T], axis=-1
).round().astype(np.uint8)  # fmt: skip

Box = tuple[float, float, float, float]  # left, top, width, height, as shares of the image


@dataclass(frozen=True)
class Shown:
    """One picture of a figure.

    Attributes
    ----------
    image : ndarray, (H, W, C)
    alt : str
    box : (float, float, float, float), optional
        A place to be framed: left, top, width and height as shares of the image.
    crisp : bool
        Whether each pixel is to be seen as a square however many there are.
    """

    image: npt.NDArray[np.generic]
    alt: str
    box: Box | None = None
    crisp: bool = False


@dataclass(frozen=True)
class Figure:
    """One column: a name, pictures below one another, and what is said of them.

    Attributes
    ----------
    name : str
        Plain text, as `lines` are.
    pictures : sequence of Shown
    lines : sequence of str
    marked : bool
        Whether the name stands out.
    """

    name: str
    pictures: Sequence[Shown]
    lines: Sequence[str] = ()
    marked: bool = False


def markup(figures: Sequence[Figure]) -> str:
    """Return HTML for `st.html`."""
    return f'<div class="aelab-figures">{"".join(map(_figure, figures))}</div>'


def coloured(values: npt.NDArray[np.floating], highest: float) -> npt.NDArray[np.uint8]:
    """Return numbers (H, W) from 0 to `highest` in the colours of the scale, uint8 (H, W, 3)."""
    shares = np.nan_to_num(values) / highest if highest > 0 else np.zeros_like(values)
    coded: npt.NDArray[np.uint8] = _TABLE[np.round(np.clip(shares, 0, 1) * (_STOPS - 1)).astype(int)]
    return coded


def ramp(count: int) -> list[str]:
    """Return `count` colours of points from the lowest to the highest value, as `#rrggbb`.

    Without the ends of the scale: a dark page would swallow points of the one, a bright page those of the other.
    """
    return ["#{:02x}{:02x}{:02x}".format(*color) for color in coloured(np.linspace(*_SEEN, count), 1.0)]


def scale(low: str, high: str, alt: str) -> str:
    """Return the bar of the scale with what its ends mean, as HTML."""
    stops = ", ".join(f"rgb({red:.0f}, {green:.0f}, {blue:.0f})" for red, green, blue in _SCALE)
    bar = f'<span role="img" aria-label="{html.escape(alt)}" style="background: linear-gradient(90deg, {stops})">'
    return f'<div class="aelab-scale">{html.escape(low)} {bar}</span> {html.escape(high)}</div>'


def _figure(figure: Figure) -> str:
    name = html.escape(figure.name)
    lines = "".join(f"<div>{html.escape(line)}</div>" for line in figure.lines)
    head, *others = map(_picture, figure.pictures)
    marked = ' class="aelab-marked"' if figure.marked else ""
    rows = f' style="grid-row: span {len(figure.pictures) + 2}"'  # with a name and numbers
    return (
        f"<figure{marked}{rows}><strong>{name}</strong>{head}<figcaption>{lines}</figcaption>{''.join(others)}</figure>"
    )


def _picture(shown: Shown) -> str:
    crisp = shown.crisp or shown.image.shape[1] <= _SMALL
    uri, alt = mosaic.exact_uri(shown.image), html.escape(shown.alt)
    frame = ""
    if shown.box is not None:
        left, top, width, height = (100 * share for share in shown.box)
        frame = f'<i style="left: {left:.2f}%; top: {top:.2f}%; width: {width:.2f}%; height: {height:.2f}%"></i>'
    kind = ' class="aelab-crisp"' if crisp else ""
    return f'<div class="aelab-picture"><img{kind} src="{uri}" alt="{alt}">{frame}</div>'
