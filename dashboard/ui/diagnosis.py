"""What a run suffers from, in plain sentences, each with a change to try in one click."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from aelab.diagnosis import Finding, rules
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.models import models
from aelab.runs import Run
from aelab.tasks import diagnose, train
from aelab.training.config import TrainingConfig
from ui import visitor
from ui.going_on import FOLLOWED
from ui.i18n import t
from ui.jobs import show_progress
from ui.labels import choice_name


def show(run: Run) -> None:
    """Draw what every rule has found in a finished run, or offer to look where nobody has."""
    st.subheader(t("What it suffers from"))
    found = run.findings()
    if found is None:
        _offer_to_look(run)
        return
    findings = [Finding.from_json(each) for each in found if each.get("rule") in rules]
    if not findings:
        st.caption(
            t(
                "None of the {count} rules found anything on test images. Not every rule can speak of every run: some "
                "need an encoder, a loss without an opponent, or more than a few epochs.",
                count=len(rules.names()),
            )
        )
    for finding in findings:
        _show(run, finding)


def _offer_to_look(run: Run) -> None:
    job = jobs.find(queue.key("diagnose", {"run": run.id}))
    if job is not None and jobs.status(job).state in jobs.OPEN:
        show_progress(job, jobs.status(job), t("Diagnosis"))
    elif st.button(t("Look for what is wrong with it"), key=f"diagnose.{run.id}", icon=":material/stethoscope:"):
        diagnose.submit(run.id, owner=visitor.owner())
        st.rerun()


def _show(run: Run, finding: Finding) -> None:
    rule = rules[finding.rule]
    with st.container(border=True):
        st.markdown(f"**{t(rule.label)}**", help=t(rule.summary))
        st.markdown(t(finding.template, **finding.values))
        if finding.change and st.button(
            t("Train with {change}", change=_named(run, finding.change)),
            key=f"cure.{run.id}.{finding.rule}",
            icon=":material/healing:",
            help=t("Queues a new run with this change; this one stays as it is."),
        ):
            settings = dict(run.settings) | dict(finding.change)
            st.query_params[FOLLOWED] = train.submit(run.dataset, run.model, settings, by=visitor.person()).id
            st.toast(t("The training is queued; its curves grow at the top of the page."), icon=":material/play_arrow:")
            st.rerun()


def _named(run: Run, change: Mapping[str, Any]) -> str:
    """Return the settings of a change as the form names them: "Latent dimension 16, Beta 1"."""
    named = []
    for name, value in change.items():
        config = TrainingConfig if name in TrainingConfig.names() else models[run.model].config
        shown = choice_name(value) if isinstance(value, str) else f"{value:g}"
        named.append(f"{t(config.knob(name).label)} {shown}")
    return ", ".join(named)
