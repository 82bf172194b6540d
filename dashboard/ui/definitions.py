"""What a measure means, one click away from its number."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from aelab.clustering.spec import AlgorithmSpec
from aelab.metrics import metrics
from aelab.metrics.spec import MetricSpec
from aelab.noise import noises
from aelab.noise.corruption import Corruption
from aelab.studies.terms import Term
from ui.i18n import t


def heading(spec: MetricSpec) -> str:
    """Return a column's head: symbol, unit, and an arrow that points where better values are."""
    arrow = "↓" if spec.direction == "lower" else "↑"
    return f"{t(spec.symbol)} ({spec.unit}) {arrow}" if spec.unit else f"{t(spec.symbol)} {arrow}"


def direction(spec: MetricSpec) -> str:
    """Say which values are better."""
    return t("lower is better") if spec.direction == "lower" else t("higher is better")


def define(names: Sequence[str], corruption: Corruption | None = None) -> None:
    """Draw a button that opens the definitions of measures, and of the noises they were taken under."""
    with st.popover(t("What do these numbers mean?"), icon=":material/help:"):
        for noise in dict.fromkeys(noises[part.noise] for part in corruption.parts) if corruption else ():
            st.markdown(f"**{t(noise.label)}** · {t('Severity')}: {t(noise.level_label)}")
            st.latex(noise.equation)
        for name in names:
            _say(metrics[name])
        st.caption(
            t("Intervals are 95% confidence intervals of the mean over images; they say nothing of other seeds.")
        )


def define_specs(specs: Sequence[MetricSpec], methods: Sequence[AlgorithmSpec] = (), note: str = "") -> None:
    """Draw a button that opens the definitions of measures that are no registry's, and of the methods behind them."""
    with st.popover(t("What do these numbers mean?"), icon=":material/help:"):
        for method in methods:
            st.markdown(f"**{t(method.label)}**")
            _say_rest(method)
        for spec in specs:
            _say(spec)
        if note:
            st.caption(note)


def _say(spec: MetricSpec) -> None:
    st.markdown(f"**{t(spec.label)}** ({t(spec.symbol)}) · {direction(spec)}")
    _say_rest(spec)


def _say_rest(spec: MetricSpec | AlgorithmSpec) -> None:
    st.markdown(t(spec.definition))
    st.latex(spec.equation)
    st.caption(spec.source)


def define_terms(terms: Sequence[Term], note: str = "") -> None:
    """Draw a button that opens what the words of a study mean."""
    with st.popover(t("What do these numbers mean?"), icon=":material/help:"):
        for each in terms:
            st.markdown(f"**{t(each.term)}**  \n{t(each.meaning)}")
            st.latex(each.equation)
            if each.source:
                st.caption(each.source)
        if note:
            st.caption(note)
