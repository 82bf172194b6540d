"""A picture that is drawn on the page, with mouse, finger or pen."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

import streamlit as st

from ui.i18n import t

_MOST_BYTES: Final = 2_000_000  # a drawing has some thousands; a browser can be made to send anything
_HEAD: Final = "data:image/png;base64,"

_HTML: Final = """
<canvas width="280" height="280" role="img"></canvas>
<div class="tools">
  <button type="button"></button>
  <button type="button"></button>
  <label><span data-role="width"></span> <input type="range" name="width" min="6" max="60" step="2" value="22"></label>
  <label><span data-role="color"></span> <input type="color" name="color"></label>
</div>
"""
_CSS: Final = """
canvas {
  display: block;
  width: 100%;
  max-width: 280px;
  aspect-ratio: 1;
  border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius);
  cursor: crosshair;
  touch-action: none;
}
.tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5rem 0.75rem;
  margin-top: 0.5rem;
  font-size: 0.875rem;
  color: var(--st-text-color);
}
button {
  font: inherit;
  padding: 0.35rem 0.75rem;
  color: var(--st-text-color);
  background: var(--st-background-color);
  border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius);
  cursor: pointer;
}
button:disabled { opacity: 0.5; cursor: default; }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
label { display: flex; align-items: center; gap: 0.5rem; }
label[hidden] { display: none; }
input { accent-color: var(--st-primary-color); max-width: 7rem; }
"""

_canvas = st.components.v2.component(
    "aelab_drawing", html=_HTML, css=_CSS, js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


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
