"""Addresses of pages that there are not: one that was written a little differently leads on, any other says so.

Streamlit would show Home with a box in front of it, in English, and forget what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui.i18n import plain, t

_LOST = "lost.paths"
_HOME = "home"  # what Streamlit takes Home's path to be, and refuses to another page, but does not answer to
_LONGEST = 80


def pages(known: Sequence[StreamlitPage]) -> list[StreamlitPage]:
    """Return a page, in no menu, for every unknown address at which this visitor has arrived.

    Parameters
    ----------
    known : sequence of st.Page
        The pages that there are.
    """
    by_path = {page.url_path: page for page in known}
    lost: list[str] = st.session_state.setdefault(_LOST, [])
    path = _asked()
    if path not in by_path and path not in {_HOME, *lost} and "/" not in path:
        lost.append(path)
    return [_page(path, by_path) for path in lost]


def _asked() -> str:
    """Return the path in the browser's address, "" for Home."""
    path = unquote(urlsplit(st.context.url or "").path).strip("/")
    return path.removeprefix(str(st.get_option("server.baseUrlPath") or "").strip("/")).strip("/")


def _page(path: str, by_path: Mapping[str, StreamlitPage]) -> StreamlitPage:
    meant = by_path.get(path.lower().replace("_", "-"))

    def show() -> None:
        if meant is not None:
            st.switch_page(meant, query_params=st.query_params.to_dict())
        st.title(t("No such page"))
        st.warning(
            t("There is no page at the address {path}. These are there:", path=plain(path[:_LONGEST])),
            icon=":material/search_off:",
        )
        for page in by_path.values():
            st.page_link(page)

    return st.Page(show, title=t("No such page"), url_path=path, visibility="hidden")
