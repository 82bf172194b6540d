"""Bring one's own images, or have shapes drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import streamlit as st

from aelab.datasets import sources
from aelab.datasets.prepare import Prepare
from aelab.datasets.recipe import Recipe
from aelab.datasets.shapes import ShapesConfig
from aelab.errors import LabError
from aelab.tasks import make_dataset
from ui import collecting, making, visitor
from ui.forms import config_form
from ui.i18n import say, t
from ui.provenance import summary_of

_USUAL = Prepare(height=64, width=64)
_LONGEST_NAME = 40
_WAYS = ("upload", "collection", "shapes")  # parameters of the jobs that end in a dataset
_NAME, _SUGGESTED = "imports.name", "imports.suggested"


def offer_import() -> None:
    """Draw the ways to a new dataset, and under the one that was taken its progress."""
    way = _way_taken()
    with st.expander(t("Bring your own images"), icon=":material/upload:", expanded=way == "upload"):
        _upload()
        if _way_taken() == "upload":
            making.follow("clean")
    with st.expander(t("Collect from the web"), icon=":material/travel_explore:", expanded=way == "collection"):
        collecting.offer()
        if _way_taken() == "collection":
            making.follow("clean")
    with st.expander(t("Draw shapes"), icon=":material/category:", expanded=way == "shapes"):
        st.caption(t(sources["shapes"].summary))
        _shapes()
        if _way_taken() == "shapes":
            making.follow("clean")
    if _way_taken() is None:
        making.follow("clean")  # one of another page, or what has become of the last


def _way_taken() -> str | None:
    """Return in which way the dataset is made that was asked for last."""
    job = making.made()
    return next((way for way in _WAYS if way in job.params), None) if job is not None else None


def _upload() -> None:
    files = st.file_uploader(
        t("One archive or file of arrays, or several pictures"), accept_multiple_files=True, key="imports.file"
    )
    with st.popover(t("What can be brought"), icon=":material/help:"):
        st.markdown("\n".join(f"- {summary_of(spec)}" for spec in sources if not spec.ready))
        st.caption(t("A folder is imported from a shell: `aelab datasets import`."))
    _suggest(_suggested_name(files))
    name = st.text_input(t("Name of the dataset"), key=_NAME, help=t("Small letters, digits, - and _."))
    values = config_form(Prepare, "imports.prepare", usual=_USUAL)
    recipe = st.file_uploader(
        t("A recipe (if you have one)"),
        type="json",
        key="imports.recipe",
        help=t("What was decided about these files before, as the Clean and Prepare pages give it."),
    )
    if not files:
        st.caption(t("Choose a file first."))
    if st.button(t("Import"), type="primary", key="imports.start", disabled=not files or not name):
        _import(name, files, values, recipe)


def _import(name: str, files: Sequence[Any], values: dict[str, Any], recipe: Any) -> None:
    try:
        decided = Recipe.from_json(_json(recipe)) if recipe is not None else None
    except LabError as error:
        st.error(say(error), icon=":material/error:")
        return
    uploads = [(file.name, file) for file in files]
    making.start(
        lambda: make_dataset.submit_uploads(name, uploads, Prepare.parse(values), recipe=decided, owner=visitor.owner())
    )


def _json(file: Any) -> Any:
    try:
        return json.loads(file.getvalue())
    except ValueError:
        raise LabError("{file} is no recipe: it is not JSON.", file=file.name) from None


def _suggest(name: str) -> None:
    """Put a name into its field unless somebody has written another there."""
    before = st.session_state.get(_SUGGESTED, "")
    if name != before and st.session_state.get(_NAME, "") in {"", before}:
        st.session_state[_NAME] = name
    st.session_state[_SUGGESTED] = name


def _suggested_name(files: Sequence[Any]) -> str:
    """Return what a dataset could be called, after the file that it comes in."""
    if not files:
        return ""
    stem = PurePath(files[0].name).stem.removesuffix(".tar") if len(files) == 1 else t("pictures")
    return making.free_name(re.sub(r"[^a-z0-9_-]+", "-", stem.lower()).strip("-_")[:_LONGEST_NAME])


def _shapes() -> None:
    name = st.text_input(t("Name of the dataset"), value=making.free_name("my-shapes"), key="imports.shapes_name")
    values = config_form(ShapesConfig, "imports.shapes")
    if st.button(t("Draw"), type="primary", key="imports.draw"):
        making.start(lambda: make_dataset.submit_shapes(name, ShapesConfig.parse(values), owner=visitor.owner()))
