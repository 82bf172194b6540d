"""Choose runs to compare: by name, narrowed down by dataset, model, tag and text.

The choice is in the address.  What a link asks for is shown, archived or not; what of it is not here is named.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab import runs
from aelab.models import models
from ui import address
from ui.i18n import plain, t
from ui.known import Known

KEY = "compare.runs"
_ARCHIVED = "compare.archived"
_MISSING = "compare.missing"
_AT_FIRST = 8  # runs compared until somebody chooses
_ADDRESS = "runs"
_LONGEST_NAME = 80


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
    with filtering:
        found = _offer_filters(offered(known))
        if any(each.about.archived for each in known):
            st.toggle(t("Show archived runs"), key=_ARCHIVED, persist_state="session")
    options = list(dict.fromkeys([*st.session_state[KEY], *(each.id for each in found)]))
    chosen = picking.multiselect(
        t("Runs"),
        options,
        key=KEY,
        format_func=lambda run_id: by_id[run_id].name if run_id in by_id else run_id,
        on_change=lambda: st.session_state.pop(_MISSING, None),
        persist_state="session",
    )
    with picking:
        _name_missing(by_id)
    address.keep({_ADDRESS: ",".join(chosen)}, (_ADDRESS,))
    return [each for each in known if each.id in chosen]


def offered(known: Sequence[Known]) -> list[Known]:
    """Return the runs that are not put away, those that are chosen all the same, and all of them where asked for."""
    everything = st.session_state.get(_ARCHIVED, False)
    return [each for each in known if everything or not each.about.archived or is_chosen(each.id)]


def _at_first(known: Sequence[Known]) -> list[str]:
    """Return what the address asks for, else runs that compare: the newest that were trained on the same images."""
    asked = dict.fromkeys(address.asked_at_first("compare").get(_ADDRESS, "").split(","))
    found = [each.id for each in known if each.id in asked]
    st.session_state[_MISSING] = [run_id for run_id in asked if run_id and run_id not in found]
    if found:
        return found
    by_images: dict[str, list[str]] = {}
    for each in offered(known):
        by_images.setdefault(each.run.dataset_checksum, []).append(each.id)
    together = [ids for ids in by_images.values() if len(ids) > 1] or list(by_images.values())
    return together[0][:_AT_FIRST] if together else []


def _name_missing(known: Container[str]) -> None:
    """Say which runs of a link are not shown, and why, until other runs are chosen."""
    missing = [run_id for run_id in st.session_state.get(_MISSING, []) if run_id not in known]
    if not missing:
        return
    deleted, here = runs.deleted(), {row.id for row in runs.listed()}
    reasons = (
        (
            t("Runs of this link that were deleted lately, and `aelab runs restore` brings them back: {runs}"),
            [run_id for run_id in missing if run_id in deleted and run_id not in here],
        ),
        (
            t("Runs of this link that are not done, or are damaged: {runs}"),
            [run_id for run_id in missing if run_id in here],
        ),
        (
            t("Runs of this link that this lab does not have: {runs}"),
            [run_id for run_id in missing if run_id not in here and run_id not in deleted],
        ),
    )
    st.warning(
        "  \n".join(
            sentence.format(runs=", ".join(plain(run_id[:_LONGEST_NAME]) for run_id in found))
            for sentence, found in reasons
            if found
        ),
        icon=":material/search_off:",
    )


def _offer_filters(known: Sequence[Known]) -> list[Known]:
    """Draw the filters and return what passes."""
    with st.expander(t("Filter the runs"), icon=":material/filter_alt:"):
        found = _filtered(known)
        st.caption(t("Runs that can be chosen: {count} of {all}", count=len(found), all=len(known)))
    return found


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
