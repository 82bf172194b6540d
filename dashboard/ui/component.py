"""Parts of a page that the browser runs: files of one name, for structure, looks and behaviour, beside the Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent


def component(name: str, *parts: str) -> Callable[..., Any]:
    """Register the component made of ``name.html``, ``name.css`` and ``name.js``, and return what draws it.

    Parameters
    ----------
    name : str
        May name a folder: ``latent/canvas/canvas``.
    parts : str
        Behaviour that is too long for one file: ``name_part.js`` of each part, in one scope and in this order, with
        ``name.js`` where the part "" stands, else at the end.
    """
    html, css = (_FOLDER.joinpath(f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css"))
    files = [f"{name}_{part}.js" if part else f"{name}.js" for part in (parts if "" in parts else (*parts, ""))]
    js = "\n".join(_FOLDER.joinpath(file).read_text(encoding="utf-8") for file in files)
    drawn: Callable[..., Any] = st.components.v2.component(f"aelab_{name.replace('/', '_')}", html=html, css=css, js=js)
    return drawn
