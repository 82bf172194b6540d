"""A part of a page that costs something: it is made when it is open, and found as it was left."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.guards import guarded


def folded(key: str, label: str, icon: str, content: Callable[[], None]) -> None:
    """Draw an expander whose content is made when it is open; it is found as it was left, after another page too."""
    kept = f"{key}.kept"
    st.session_state.setdefault(key, st.session_state.get(kept, False))
    with st.expander(label, icon=icon, key=key, on_change="rerun") as expander:
        st.session_state[kept] = bool(expander.open)
        if expander.open:
            with guarded():
                content()
