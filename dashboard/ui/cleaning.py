"""What was found wrong with a dataset, group by group, and the buttons to decide with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from aelab.cleaning import checks, proposal
from aelab.cleaning.drafts import Draft
from aelab.cleaning.inspection import Finding, Inspection
from aelab.cleaning.proposal import Choices
from aelab.cleaning.spec import CheckSpec, Group
from aelab.datasets.store import Dataset
from aelab.jobs import folder
from aelab.tasks import inspect_dataset
from ui import caches, mosaic, visitor
from ui.forms import config_form
from ui.i18n import plain, say, t
from ui.labels import class_name
from ui.waiting import wait_for

_GROUPS_A_PAGE = 8
_MUCH = 0.5  # share of a class
_SENTENCES = 100
_MOST_SHOWN = 24  # pictures of one group
_LONGEST_LABEL = 48
_CHECK, _LOOKED_AT = "clean.check", "clean.looked_at"


def pick_settings() -> dict[str, dict[str, Any]]:
    """Draw the settings of every check and return what differs from their defaults."""
    given = {}
    with st.expander(t("How strict to be"), icon=":material/tune:"):
        for check in (check for check in checks if check.config.names()):
            st.markdown(f"**{t(check.label)}**")
            values = config_form(check.config, f"clean.{check.name}")
            usual = check.config().to_json()
            given[check.name] = {name: value for name, value in values.items() if value != usual[name]}
    return {name: values for name, values in given.items() if values}


def inspected(data: Dataset, settings: Mapping[str, Mapping[str, Any]]) -> Inspection:
    """Return what is wrong with a dataset; show how far the search is, and no more of the page, until it is done."""
    known = folder.find(inspect_dataset.job_id(data, settings))  # one that was cancelled or failed stays so
    job = known if known is not None else inspect_dataset.submit(data, settings, owner=visitor.owner())
    wait_for(job, t("Looking through {name}", name=data.name))
    return caches.inspection(job, data)


def known(choices: Choices, inspection: Inspection) -> Choices:
    """Return choices without the groups that are not found with other settings."""
    return choices.refuse(*(choices.accepted - {key for key, _, _ in inspection.groups()}))


def warn_of_losses(data: Dataset, left_out: Mapping[int, str]) -> None:
    """Name the classes that would lose most of their images: what is left is another dataset than was meant."""
    before = np.bincount(data.labels + 1, minlength=len(data.class_names) + 1)
    lost = np.bincount(data.labels[list(left_out)] + 1, minlength=len(before)) if left_out else np.zeros_like(before)
    for code in np.flatnonzero(lost > _MUCH * before) - 1:
        st.warning(
            t(
                "{label} would lose {lost} of its {count} images. Look at them before you decide.",
                label=plain(class_name(data, data.class_names[code] if code >= 0 else "")),
                lost=int(lost[code + 1]),
                count=int(before[code + 1]),
            ),
            icon=":material/balance:",
        )


def suspects(inspection: Inspection) -> tuple[int, int]:
    """Return how many pictures are in groups of which the lab would leave some out, and in others only."""
    wrong: set[int] = set()
    for _, _, group in inspection.groups():
        if len(group.keep) < len(group.members):
            wrong.update(group.members)
    return len(wrong), len(inspection.flags().keys() - wrong)


def pick_finding(data: Dataset, inspection: Inspection) -> Finding | None:
    """Draw what was found, the worst first, and return the kind to look at; None where nothing was."""
    found = {finding.check.name: finding for finding in inspection.findings if finding.groups}
    clear = [_label(data, finding.check) for finding in inspection.findings if not finding.groups]
    if clear:
        st.caption(t("Nothing found: {checks}", checks=", ".join(clear)))
    if not found:
        return None
    # Another dataset or language has other options, among which a choice made before is not found by itself.
    looked_at = next(
        (name for name in (st.session_state.get(key) for key in (_CHECK, _LOOKED_AT)) if name in found), ""
    )
    st.session_state[_CHECK] = looked_at or next(iter(found))
    name = st.radio(
        t("What to look at, the worst first"),
        list(found),
        horizontal=True,
        key=_CHECK,
        format_func=lambda name: f"{_label(data, found[name].check)} ({len(found[name].groups) + found[name].more})",
    )
    st.session_state[_LOOKED_AT] = name
    return found[name]


def _label(data: Dataset, check: CheckSpec) -> str:
    """Return what a check is called; without classes nothing is unlike its class."""
    return t("Unlike the others") if check.name == "outliers" and not data.class_names else t(check.label)


def explain(finding: Finding) -> None:
    """Say what the check looks for."""
    check = finding.check
    st.markdown(t(check.definition))
    if check.equation:
        with st.popover(t("Equation"), icon=":material/function:"):
            st.latex(check.equation)


def decide_all(finding: Finding, draft: Draft, choices: Choices) -> None:
    """Draw the buttons that accept or refuse every proposal of one kind at once."""
    keys = [finding.key(group) for group in finding.groups if len(group.keep) < len(group.members)]
    if not keys:
        return
    row = st.container(horizontal=True)
    accepted = sum(key in choices.accepted for key in keys)
    if row.button(
        t("Accept every proposal: leave out {count}", count=finding.proposed),
        icon=":material/done_all:",
        disabled=accepted == len(keys),
        key=f"clean.all.{finding.check.name}",
    ):
        draft.decide(choices.accept(*keys))
        st.rerun()
    if row.button(
        t("Accept none"), icon=":material/remove_done:", disabled=not accepted, key=f"clean.none.{finding.check.name}"
    ):
        draft.decide(choices.refuse(*keys))
        st.rerun()


def show_groups(data: Dataset, inspection: Inspection, finding: Finding, draft: Draft, choices: Choices) -> None:
    """Draw the groups of one kind, a page of them, each with its pictures and its decision."""
    if not any(group.members for group in finding.groups):
        for group in finding.groups[:_SENTENCES]:
            st.markdown(f"- {say(group.evidence)}")
        return
    pages = -(-len(finding.groups) // _GROUPS_A_PAGE)
    page = st.pagination(pages, key=f"clean.page.{finding.check.name}") if pages > 1 else 1
    left_out = proposal.to_leave_out(inspection, choices)
    for group in finding.groups[(page - 1) * _GROUPS_A_PAGE : page * _GROUPS_A_PAGE]:
        with st.container(border=True):
            _show_group(data, inspection, finding, group, draft, choices, left_out)


def _show_group(
    data: Dataset,
    inspection: Inspection,
    finding: Finding,
    group: Group,
    draft: Draft,
    choices: Choices,
    left_out: Mapping[int, str],
) -> None:
    shown = group.members[:_MOST_SHOWN]
    pictures, words = st.columns([2, 3])
    with pictures:
        mosaic.show(
            data.take(list(shown)),
            6,
            alt=t("Pictures of this group: {names}", names=", ".join(inspection.names[index] for index in shown)),
        )
    with words:
        key = finding.key(group)
        st.markdown(say(group.evidence))
        st.caption(t("Tick what you leave out:"))
        for index in shown:
            out = index in left_out
            # Named after its state: whatever changes that, such as undoing, makes it another control.
            if st.checkbox(_described(data, inspection, index), value=out, key=f"clean.out.{key}.{index}.{out}") != out:
                draft.decide(choices.keep(index) if out else choices.drop(index, why=finding.check.name))
                st.rerun()
        if len(group.members) > len(shown):
            st.caption(t("and {count} more", count=len(group.members) - len(shown)))
        _decide_one(finding, group, draft, choices)


def _decide_one(finding: Finding, group: Group, draft: Draft, choices: Choices) -> None:
    """Draw the button that accepts the proposal about a group, or takes that back."""
    key, proposed = finding.key(group), len(group.members) - len(group.keep)
    if not proposed:
        return
    if key in choices.accepted:
        if st.button(t("Take it back"), key=f"clean.refuse.{key}", icon=":material/undo:"):
            draft.decide(choices.refuse(key))
            st.rerun()
    elif st.button(
        t("Accept the proposal: leave out {count}", count=proposed), key=f"clean.accept.{key}", icon=":material/done:"
    ):
        draft.decide(choices.accept(key))
        st.rerun()


def _described(data: Dataset, inspection: Inspection, index: int) -> str:
    """Return a line on a picture: its name, its class, the size it came in."""
    height, width = data.originals.sizes[data.kept[index]].tolist()
    label = int(data.labels[index])
    return t(
        "{name} · {label} · {width} × {height} px",
        name=plain(_short(inspection.names[index])),
        label=plain(class_name(data, data.class_names[label] if label >= 0 else "")),
        width=width,
        height=height,
    )


def _short(name: str) -> str:
    """Return the end of a long name, which is what tells two files apart."""
    return name if len(name) <= _LONGEST_LABEL else f"…{name[1 - _LONGEST_LABEL :]}"
