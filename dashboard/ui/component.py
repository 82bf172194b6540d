"""Parts of a page that the browser runs: files of one name, for structure, looks and behaviour, beside the Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent


def component(name: str) -> Callable[..., Any]:
    """Register the component made of ``name.html``, ``name.css`` and ``name.js``, and return what draws it."""
    html, css, js = (_FOLDER.joinpath(f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    drawn: Callable[..., Any] = st.components.v2.component(f"aelab_{name}", html=html, css=css, js=js)
    return drawn
