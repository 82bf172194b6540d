"""What there is to see of a run that restores images: a line for each view, in the order of the choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.errors import N_
from aelab.runs import Run
from aelab.studies import denoising, severity_curve
from ui import address
from ui.denoise import curves, matrix, measured, own, single
from ui.i18n import t

_VIEW, _KEY = "view", "denoise.view"

#: Draws into the column of controls and into the one beside it.
Show: TypeAlias = Callable[[Run, DeltaGenerator, DeltaGenerator], None]


@dataclass(frozen=True)
class View:
    """One question about what a run restores: what it is called, the question itself, and what draws the answer."""

    label: str
    question: str
    show: Show


VIEWS = {
    "measured": View(N_("Test images"), denoising.SPEC.question, measured.show),
    "image": View(
        N_("One image"), N_("What does a run make of one noisy image, and what do filters make of it?"), single.show
    ),
    "curves": View(severity_curve.SPEC.label, severity_curve.SPEC.question, curves.show),
    "matrix": View(N_("All noises"), N_("Which noise should I train on?"), matrix.show),
    "own": View(N_("Own pictures"), N_("What does a run make of my own noisy pictures?"), own.show),
}


def pick_view() -> View:
    """Draw the choice of a view; it stands in the address, unless it is the first."""
    asked = st.query_params.get(_VIEW, "")
    st.session_state.setdefault(_KEY, asked if asked in VIEWS else next(iter(VIEWS)))
    picked: str = st.pills(
        t("Show"),
        list(VIEWS),
        required=True,
        format_func=lambda name: t(VIEWS[name].label),
        key=_KEY,
        wrap=True,  # the column is narrow
        persist_state="session",
    )
    address.keep({_VIEW: picked} if picked != next(iter(VIEWS)) else {}, [_VIEW])
    return VIEWS[picked]
