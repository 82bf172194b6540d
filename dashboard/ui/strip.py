"""A row of small images of which one is chosen by a click, or from the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import streamlit as st

from ui import mosaic

_JS: Final = """
export default function ({ parentElement, data, setTriggerValue }) {
  const row = parentElement.querySelector("[role=group]");
  row.setAttribute("aria-label", data.label);
  row.replaceChildren(...data.images.map(({ id, source, name }) => {
    const button = document.createElement("button"), image = document.createElement("img");
    button.type = "button";
    button.title = name;
    button.setAttribute("aria-pressed", id === data.chosen);
    button.onclick = () => setTriggerValue("picked", id);
    image.src = source;
    image.alt = name;
    button.append(image);
    return button;
  }));
}
"""
_CSS: Final = """
[role="group"] { display: flex; flex-wrap: wrap; gap: 0.35rem; }
button {
  padding: 2px;
  width: 3rem;
  line-height: 0;
  background: none;
  border: 2px solid transparent;
  border-radius: var(--st-base-radius);
  cursor: pointer;
}
button[aria-pressed="true"] { border-color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
img { width: 100%; image-rendering: pixelated; border-radius: 3px; }
"""

_strip = st.components.v2.component("aelab_strip", html='<div role="group"></div>', css=_CSS, js=_JS)


def pick(
    label: str,
    images: npt.NDArray[np.generic],
    names: Mapping[int, str],
    chosen: int,
    on_pick: Callable[[int], None],
    *,
    key: str,
) -> None:
    """Draw images (N, H, W, C) as a row.

    Parameters
    ----------
    label : str
        What the row is called by screen readers.
    images : ndarray
    names : mapping of int to str
        The number of each image, and what it is called.
    chosen : int
        The number of the one that is framed.
    on_pick : callable
        Is given the number of an image that is clicked, before the page is drawn anew.
    key : str
    """
    shown = [
        {"id": number, "source": mosaic.exact_uri(image), "name": name}
        for image, (number, name) in zip(images, names.items(), strict=True)
    ]
    _strip(
        key=key,
        data={"label": label, "images": shown, "chosen": chosen},
        on_picked_change=partial(_tell, key, frozenset(names), on_pick),
    )


def _tell(key: str, known: frozenset[int], on_pick: Callable[[int], None]) -> None:
    picked = st.session_state[key].picked
    if picked in known:  # a browser can be made to say anything
        on_pick(int(picked))
