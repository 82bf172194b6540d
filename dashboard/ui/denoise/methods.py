"""Which filters stand beside a run, each tuned on validation images and never on the image that is shown."""

from __future__ import annotations

import streamlit as st

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.filters import filters
from aelab.filters.tuning import Tuned
from aelab.noise.corruption import Corruption
from aelab.studies import tuned_filters
from ui.i18n import say, t

_USUAL = ("median_3", "gaussian", "linear_ridge")  # quick ones
_ENTRIES = 96  # what a filter has learned can take some megabytes


def pick(key: str) -> tuple[str, ...]:
    """Draw the choice of filters; return the names of the chosen ones in their usual order."""
    names = [name for name in filters.names() if name != "nothing"]
    with st.popover(t("Filters beside it"), icon=":material/balance:"):
        chosen = st.pills(
            t("Filters"),
            names,
            selection_mode="multi",
            default=_USUAL,
            format_func=lambda name: t(filters[name].label),
            key=key,
            persist_state="session",
            help=t(
                "Each is tuned on a few validation images, never on the image shown, for the nearest of the five "
                "calibrated severities. Non-local means takes some seconds for that, with photos longer."
            ),
        )
    return tuple(name for name in names if name in chosen)


def ready(data: Dataset, names: tuple[str, ...], corruption: Corruption) -> list[Tuned]:
    """Return filters tuned for about this corruption; say why where they cannot be."""
    near = tuned_filters.nearest(corruption)
    try:
        with st.spinner(t("Tuning filters on validation images…")):
            return _together(data.checksum, names, str(near), data, near)
    except LabError as error:
        st.warning(say(error), icon=":material/warning:")
        return []


def prepare(data: Dataset, names: tuple[str, ...], corruption: Corruption) -> None:
    """Tune filters for the other severities, before a slider comes there; slow ones are not kept ready."""
    quick = tuple(name for name in names if name not in tuned_filters.SLOW)
    ahead = tuned_filters.severities(corruption)
    _prepared(data.checksum, quick, "; ".join(map(str, ahead)), data, ahead)


# A look into a cache costs Streamlit half a millisecond, and a slider looks at every move: one look for all.


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _together(checksum: str, names: tuple[str, ...], near: str, _dataset: Dataset, _near: Corruption) -> list[Tuned]:
    return [_tuned(checksum, name, near, _dataset, _near) for name in names]


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _prepared(
    checksum: str, names: tuple[str, ...], ahead: str, _dataset: Dataset, _ahead: tuple[Corruption, ...]
) -> bool:
    for near in _ahead:
        _together(checksum, names, str(near), _dataset, near)
    return True


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _tuned(checksum: str, name: str, near: str, _dataset: Dataset, _near: Corruption) -> Tuned:
    return tuned_filters.tuned(_dataset, name, _near)
