"""Which images are selected: it stays when colours, projections and views change, and two maps share it.

The address names the selection, so that a reload shows it again, and a link shows it to others of the lab.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.studies import kept_selections
from ui import address
from ui.i18n import t

_MOST_STEPS: Final = 20
_NAME: Final = "selected"  # in the address

Steps: TypeAlias = tuple[npt.NDArray[np.intp], ...]


def _key(data: Dataset) -> str:
    return f"latent.selected.{data.name}.{data.checksum}"


def stand(data: Dataset) -> None:
    """Take up the selection of an address that somebody comes with or goes back to; let it name what is selected."""
    asked = st.query_params.get(_NAME, "")
    if address.went_back() or (asked and _key(data) not in st.session_state):
        found = kept_selections.find(data, asked) if asked else ()
        if found is None:
            st.caption(t("What this address says is selected is no longer kept, or is of other images."))
        else:
            select(data, found)
    _tell(data)


def selected(data: Dataset) -> npt.NDArray[np.intp]:
    """Return the selected images as indices into the dataset, ascending."""
    return _steps(data)[-1]


def select(data: Dataset, indices: npt.ArrayLike) -> None:
    """Select images; what is no index into the dataset is passed over, since a browser can be made to say anything."""
    asked = np.unique(np.asarray(indices).astype(np.intp))
    chosen = asked[(asked >= 0) & (asked < len(data.labels))]
    if not np.array_equal(chosen, selected(data)):
        st.session_state[_key(data)] = (*_steps(data), chosen)[-_MOST_STEPS:]
        _tell(data)


def clear(data: Dataset) -> None:
    """Select nothing."""
    select(data, [])


def can_undo(data: Dataset) -> bool:
    """Return whether something else was selected before."""
    return len(_steps(data)) > 1


def undo(data: Dataset) -> None:
    """Select what was selected before."""
    if can_undo(data):
        st.session_state[_key(data)] = _steps(data)[:-1]
        _tell(data)


def _steps(data: Dataset) -> Steps:
    """Return what was selected, one after the other; the last is selected now."""
    steps: Steps = st.session_state.get(_key(data), (np.zeros(0, np.intp),))
    return steps


def _tell(data: Dataset) -> None:
    """Let the address name what is selected."""
    chosen = selected(data)
    address.keep({_NAME: kept_selections.keep(data, chosen)} if len(chosen) else {}, [_NAME])
