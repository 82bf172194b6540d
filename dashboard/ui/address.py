"""Settings in the address, called as on the command line: a reload or a link restores a form.

Streamlit can bind a control to the address by itself, but then a choice stands there as it is called on
screen, which another language does not understand.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from aelab.errors import LabError
from aelab.fields import Config

C = TypeVar("C", bound=Config)

_CHOICES = "address.choices"
_PAGE, _VISIT = "address.page", "address.visit"


def asked_at_first(page: str) -> dict[str, str]:
    """Return what the address said when a page was first shown; later it says what was chosen since."""
    asked: dict[str, str] = st.session_state.setdefault(f"{page}.asked", st.query_params.to_dict())
    return asked


def with_asked(usual: C, asked: Mapping[str, str]) -> C:
    """Return a config with the values that an address asks for, as far as the config takes them."""
    for name in usual.names():
        if name in asked:
            with contextlib.suppress(LabError):  # whoever wrote the address sees in the form what became of it
                usual = usual.parse(usual.to_json() | {name: asked[name]})
    return usual


def keep(values: Mapping[str, Any], names: Iterable[str]) -> None:
    """Let the address have `values`, and none of the other `names`; what else is in it stays."""
    for name in names:
        wanted = str(values[name]) if name in values else None
        if st.query_params.get(name) == wanted:
            continue
        if wanted is None:
            del st.query_params[name]
        else:
            st.query_params[name] = wanted


def turn_to(page: str) -> None:
    """Hear which page is shown; called before it is drawn."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state[_VISIT] = st.session_state.get(_VISIT, 0) + 1


def is_opened(part: str) -> bool:
    """Return whether a part of the page is drawn for the first time since somebody turned to the page."""
    visit = st.session_state.get(_VISIT, 0)
    before = st.session_state.get(f"{_VISIT}.{part}")
    st.session_state[f"{_VISIT}.{part}"] = visit
    return bool(before != visit)


def went_back() -> bool:
    """Return whether the address is one that the browser's buttons for back and forward have led to.

    Otherwise a browser may still tell of the address before the last choice.
    """
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def remember(name: str, value: str) -> None:
    """Let other pages, whose addresses begin empty, know of a choice."""
    st.session_state.setdefault(_CHOICES, {})[name] = value


def remembered(name: str) -> str:
    """Return what was chosen last, on whichever page, or "" where nothing was."""
    choice: str = st.session_state.get(_CHOICES, {}).get(name, "")
    return choice


def named() -> set[str]:
    """Return everything that the address names, or that was chosen: it is shown even where it is not offered."""
    values = [value for name in st.query_params for value in st.query_params.get_all(name)]
    in_address = {part for value in values for part in value.split(",")}
    return in_address | set(st.session_state.get(_CHOICES, {}).values())
