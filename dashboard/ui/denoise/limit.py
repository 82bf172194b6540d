"""How many of many test images are measured: some at once, or all with more patience."""

from __future__ import annotations

import streamlit as st

from aelab.datasets.store import Dataset
from ui.i18n import t

_SOME = 1000  # test images: a second's work for a run


def pick_limit(data: Dataset, key: str) -> int:
    """Draw the choice between some and all of many test images and return it; 0 is all."""
    count = data.counts["test"]
    if count <= _SOME:
        return 0
    chosen: int = st.segmented_control(
        t("Test images measured"),
        [_SOME, 0],
        default=_SOME,
        required=True,
        key=key,
        format_func=lambda limit: str(limit) if limit else t("all {count}", count=count),
        persist_state="session",
    )
    return chosen
