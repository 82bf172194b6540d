"""Which images are selected: it stays when colours, projections and views change, and two maps share it."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab.datasets.store import Dataset

_MOST_STEPS: Final = 20

Steps: TypeAlias = tuple[npt.NDArray[np.intp], ...]


def _key(data: Dataset) -> str:
    return f"latent.selected.{data.name}.{data.checksum}"


def selected(data: Dataset) -> npt.NDArray[np.intp]:
    """Return the selected images as indices into the dataset, ascending."""
    return _steps(data)[-1]


def select(data: Dataset, indices: npt.ArrayLike) -> None:
    """Select images; what is no index into the dataset is passed over, since a browser can be made to say anything."""
    asked = np.unique(np.asarray(indices).astype(np.intp))
    chosen = asked[(asked >= 0) & (asked < len(data.labels))]
    if not np.array_equal(chosen, selected(data)):
        st.session_state[_key(data)] = (*_steps(data), chosen)[-_MOST_STEPS:]


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


def _steps(data: Dataset) -> Steps:
    """Return what was selected, one after the other; the last is selected now."""
    steps: Steps = st.session_state.get(_key(data), (np.zeros(0, np.intp),))
    return steps
