"""Take a walk away: the table as PNG, and as a GIF that goes there and back."""

from __future__ import annotations

import streamlit as st

from aelab.reports import tiles
from aelab.reports.walks import Drawing
from aelab.runs import Run
from ui.i18n import t


def offer(run: Run, kind: str, drawing: Drawing) -> None:
    """Draw the two buttons; `kind` is a part of the files' names."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            t("Download as PNG"),
            drawing.png,  # a tenth of a second's work, for those who ask for it
            f"{kind}-{run.id}.png",
            "image/png",
            icon=":material/image:",
            on_click="ignore",
            key=f"walks.png.{kind}",
        )
        st.download_button(
            t("Download as GIF"),
            drawing.gif,
            f"{kind}-{run.id}.gif",
            "image/gif",
            icon=":material/gif_box:",
            on_click="ignore",
            key=f"walks.gif.{kind}",
        )
        st.caption(
            t(
                "The GIF goes there and back: {count} frames of {time} ms, without smoothing.",
                count=drawing.frames,
                time=tiles.MILLISECONDS,
            )
        )
