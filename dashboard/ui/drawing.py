"""A picture that is drawn on the page, with mouse, finger or pen."""

from __future__ import annotations

import base64
from typing import Final

from ui.component import component
from ui.i18n import t

_MOST_BYTES: Final = 2_000_000  # a drawing has some thousands; a browser can be made to send anything
_HEAD: Final = "data:image/png;base64,"


_canvas = component("drawing")


def draw(key: str, *, colored: bool) -> bytes | None:
    """Draw a canvas; return what is on it as PNG, 280 × 280 pixels, or None while it is empty.

    Parameters
    ----------
    key : str
    colored : bool
        Dark ink on white, with a choice of colours; else white ink on black, as in MNIST.
    """
    found = _canvas(
        key=key,
        data={
            "label": t("A canvas to draw on with mouse, finger or pen"),
            "undo": t("Undo"),
            "clear": t("Clear"),
            "width": t("Pen"),
            "color": t("Colour"),
            "colored": colored,
            "ink": "#1f6391" if colored else "#ffffff",
            "ground": "#ffffff" if colored else "#000000",
        },
        on_picture_change=_nothing,
    )
    return decoded(found.picture)


def _nothing() -> None:
    """Let the page be drawn anew with what has been drawn."""


def decoded(address: object) -> bytes | None:
    """Return the bytes of a PNG in a data URI; None where it is none."""
    if not isinstance(address, str) or not address.startswith(_HEAD) or len(address) > _MOST_BYTES:
        return None
    try:
        return base64.b64decode(address[len(_HEAD) :], validate=True)
    except ValueError:
        return None
