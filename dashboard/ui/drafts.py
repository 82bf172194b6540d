"""Whose choices these are: the visitor's own, on every page and after a reload; a link shares none of them."""

from __future__ import annotations

import streamlit as st

from aelab.cleaning import drafts
from aelab.cleaning.drafts import Draft
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from ui import visitor

_PARAMETER = "draft"


def current(data: Dataset) -> Draft:
    """Return this visitor's draft about a dataset, or the one that a bookmark from earlier versions names."""
    known = st.query_params.get(_PARAMETER, visitor.owner())
    try:
        return drafts.begin(known, data)
    except LabError:  # an address that somebody made up
        return drafts.begin(visitor.owner(), data)
