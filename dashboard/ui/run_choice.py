"""Choose runs to compare: by name, narrowed down by dataset, model, tag and text.  The choice is in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.models import models
from ui import address
from ui.i18n import t
from ui.known import Known

KEY = "compare.runs"
_AT_FIRST = 8  # runs compared until somebody chooses
_ADDRESS = "runs"


def choose(*run_ids: str) -> None:
    """Add runs to the choice in the next script run."""
    st.session_state["compare.next"] = list(run_ids)


def is_chosen(run_id: str) -> bool:
    """Return whether a run is among those that are compared."""
    return run_id in st.session_state.get(KEY, [])


def pick(known: Sequence[Known], picking: DeltaGenerator, filtering: DeltaGenerator) -> list[Known]:
    """Draw the picker of runs, and its filters elsewhere; return what is chosen, in the order of `known`."""
    by_id = {each.id: each for each in known}
    if KEY in st.session_state:  # one that is chosen may be deleted since
        st.session_state[KEY] = [run_id for run_id in st.session_state[KEY] if run_id in by_id]
    else:
        st.session_state[KEY] = _at_first(known)
    brought = [run_id for run_id in st.session_state.pop("compare.next", []) if run_id in by_id]
    st.session_state[KEY] = list(dict.fromkeys([*st.session_state[KEY], *brought]))
    with filtering.expander(t("Filter the runs"), icon=":material/filter_alt:"):
        found = _filtered(known)
        st.caption(t("Runs that can be chosen: {count} of {all}", count=len(found), all=len(known)))
    options = list(dict.fromkeys([*st.session_state[KEY], *(each.id for each in found)]))
    chosen = picking.multiselect(
        t("Runs"),
        options,
        key=KEY,
        format_func=lambda run_id: by_id[run_id].name if run_id in by_id else run_id,
        persist_state="session",
    )
    address.keep({_ADDRESS: ",".join(chosen)}, (_ADDRESS,))
    return [each for each in known if each.id in chosen]


def _at_first(known: Sequence[Known]) -> list[str]:
    """Return what the address asks for, else runs that compare: the newest that were trained on the same images."""
    asked = address.asked_at_first("compare").get(_ADDRESS, "").split(",")
    found = [each.id for each in known if each.id in asked]
    if found:
        return found
    by_images: dict[str, list[str]] = {}
    for each in known:
        by_images.setdefault(each.run.dataset_checksum, []).append(each.id)
    together = [ids for ids in by_images.values() if len(ids) > 1] or list(by_images.values())
    return together[0][:_AT_FIRST] if together else []


def _filtered(known: Sequence[Known]) -> list[Known]:
    dataset = _select(t("Dataset"), "dataset", sorted({each.run.dataset for each in known}))
    model = _select(t("Model"), "model", sorted({each.run.model for each in known}))
    tag = _select(t("Tag"), "tag", sorted({tag for each in known for tag in each.about.tags}))
    text = st.text_input(t("Text in name or notes"), key="compare.text", persist_state="session").casefold()
    return [
        each
        for each in known
        if dataset in {None, each.run.dataset}
        and model in {None, each.run.model}
        and (tag is None or tag in each.about.tags)
        and text in f"{each.id} {each.about.title} {each.about.notes} {' '.join(each.about.tags)}".casefold()
    ]


def _select(label: str, name: str, options: list[str]) -> str | None:
    """Draw a filter; None where it lets everything pass."""
    key = f"compare.{name}"
    if st.session_state.get(key) not in {None, *options}:
        del st.session_state[key]
    chosen: str | None = st.selectbox(
        label,
        options,
        index=None,
        placeholder=t("all"),
        key=key,
        format_func=lambda option: t(models[option].label) if name == "model" and option in models else option,
        persist_state="session",
    )
    return chosen
