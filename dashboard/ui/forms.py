"""A form made from a typed config: a control for each field, with its bounds, unit and help."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from aelab.fields import Config, Knob
from ui.i18n import t
from ui.labels import choice_name

_COUNTS = 1e6  # a bound so high is that of a count, and tells nobody anything


def config_form(
    config: type[Config], prefix: str, *, usual: Config | None = None, without: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Draw a control for each field of a config that counts, and return the values of all by name.

    Parameters
    ----------
    config : type of Config
    prefix : str
        Begins the controls' keys, so that two forms on a page stay apart.
    usual : Config, optional
        Where the controls stand until somebody moves them; the config's own defaults if left out.
    without : tuple of str
        Fields to leave out.
    """
    begin = usual or config()
    own, values, before = config(), begin.to_json(), config.suited(begin.to_json())
    for name in _in_order(config):
        if name in without:
            continue
        # What does not count keeps its default, or two runs that learn the same would not be one.
        if not config.counts(name, values):
            values[name] = getattr(own, name)
            continue
        suited = getattr(config.suited(values), name)
        moved = begin if suited == getattr(before, name) else replace(begin, **{name: suited})
        values[name] = config_control(config, name, prefix, usual=moved)
    return {name: values[name] for name in config.names() if name not in without}


def _in_order(config: type[Config]) -> list[str]:
    """Return the fields as they are asked for: those that count only with a choice stand below it."""
    rank = {name: place for place, name in enumerate(config.names())}
    return sorted(rank, key=lambda name: (rank[config.hangs_on(name)[0] or name], name in config.only_with))


def config_control(config: type[Config], name: str, prefix: str, *, usual: Config | None = None) -> Any:
    """Draw the control of one field and return its value; the parameters are those of `config_form`."""
    default, key = getattr(usual or config(), name), f"{prefix}.{name}"
    _keep_up(key, default)
    knob, choices, kind = config.knob(name), config.choices(name), config.types()[name]
    help_text = " ".join(filter(None, (t(knob.help), _bounds(knob), f"(`{name}`)")))
    if choices is not None:
        return st.selectbox(
            t(knob.label),
            choices,
            index=choices.index(default),
            format_func=partial(choice_name, field=name),
            help=help_text,
            key=key,
            persist_state="session",
        )
    if kind is str:
        return st.text_input(_label(knob), default, help=help_text, key=key, persist_state="session")
    return st.number_input(
        _label(knob),
        min_value=None if knob.low is None else kind(knob.low),
        max_value=None if knob.high is None else kind(knob.high),
        value=kind(default),
        step=_step(kind, default, knob, st.session_state.get(key, default)),
        format="%d" if kind is int else "%g",
        help=help_text,
        key=key,
        persist_state="session",
    )


def _keep_up(key: str, default: Any) -> None:
    """Move a control to its new default if it stands at the old one: nobody has chosen that."""
    before = st.session_state.get(f"{key}.usual", default)
    if before != default and st.session_state.get(key) == before:
        st.session_state[key] = default
    st.session_state[f"{key}.usual"] = default


def _label(knob: Knob) -> str:
    return f"{t(knob.label)} ({t(knob.unit)})" if knob.unit else t(knob.label)


def _bounds(knob: Knob) -> str:
    """Return the bounds of a number as a sentence; whatever lies beyond them cannot be typed."""
    low, high = (f"{bound:g}" if bound is not None else None for bound in (knob.low, knob.high))
    if low is None or high is None or knob.high >= _COUNTS:
        return ""
    return t("From {low} to {high}.", low=low, high=high)


def _step(kind: type, default: float, knob: Knob, value: float) -> float:
    """Return how far one press of + goes: a tenth of a number's size, or one; one for what is a count by now."""
    if kind is int:
        return 1
    if value >= 1 and knob.high is not None and knob.high >= _COUNTS:
        return 1.0
    return float(f"{abs(default) / 10 or 0.1:.1g}") if knob.scale == "log" or default else 0.1
