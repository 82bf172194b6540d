"""Settings in the address, called as on the command line: a reload or a link restores a form.

Streamlit can bind a control to the address by itself, but then a choice stands there as it is called on
screen, which another language does not understand.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import streamlit as st

from aelab.errors import LabError
from aelab.fields import Config

C = TypeVar("C", bound=Config)


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
