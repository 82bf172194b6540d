"""Whose choices these are: a name in the address, so that a reload or a bookmark finds them again."""

from __future__ import annotations

import streamlit as st

from aelab.cleaning import drafts
from aelab.cleaning.drafts import Draft
from aelab.datasets.store import Dataset
from aelab.errors import LabError

_PARAMETER = "draft"


def current(data: Dataset) -> Draft:
    """Return this visitor's draft about a dataset."""
    known = st.session_state.get(_PARAMETER) or st.query_params.get(_PARAMETER) or drafts.new_visitor()
    try:
        draft = drafts.begin(known, data)
    except LabError:  # an address that somebody made up
        draft = drafts.begin(drafts.new_visitor(), data)
    st.session_state[_PARAMETER] = draft.visitor
    if st.query_params.get(_PARAMETER) != draft.visitor:
        st.query_params[_PARAMETER] = draft.visitor
    return draft
