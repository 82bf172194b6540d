"""A page with several views of one run: each answers a question of its own, and its name stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.runs import Run
from ui import address
from ui.i18n import plain, t

_VIEW = "view"

#: Draws into the column of controls and into the one beside it.
Show: TypeAlias = Callable[[Run, DeltaGenerator, DeltaGenerator], None]


def _any(run: Run) -> bool:
    return True


@dataclass(frozen=True)
class View:
    """One question about a run.

    Attributes
    ----------
    label, question : str
        What it is called, and the question itself.
    show : callable
        Draws the answer.
    fits : callable
        Whether a run can be asked; a view is not offered for others.
    """

    label: str
    question: str
    show: Show
    fits: Callable[[Run], bool] = _any


def pick_view(room: str, views: Mapping[str, View], run: Run) -> View:
    """Draw the choice among the views that fit a run; it stands in the address, unless it is the first."""
    key = f"{room}.view"
    fitting = [name for name, view in views.items() if view.fits(run)]
    in_address = st.query_params.get(_VIEW, "")
    asked = in_address if address.went_back() else st.session_state.get(key) or in_address
    st.session_state[key] = asked if asked in fitting else fitting[0]
    if in_address and in_address not in fitting:
        st.caption(t("This run has no view called {asked}; this is the first one.", asked=plain(in_address[:40])))
    picked: str = st.pills(
        t("Show"),
        fitting,
        required=True,
        format_func=lambda name: t(views[name].label),
        key=key,
        wrap=True,  # the column is narrow
        persist_state="session",
    )
    address.keep({_VIEW: picked} if picked != fitting[0] else {}, [_VIEW])
    return views[picked]
