"""A row of small images of which one is chosen by a click, or from the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from ui import mosaic
from ui.component import component

_strip = component("strip")


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
