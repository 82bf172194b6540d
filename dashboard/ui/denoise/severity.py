"""What is done to images: a noise and how strong, and another after it.

A level has a slider, and five severities that cost about the same whatever the noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from aelab.noise import noises
from aelab.noise.corruption import NO_NOISE, Corruption, Part
from aelab.noise.spec import NoiseSpec
from ui.i18n import t
from ui.labels import choice_name

_NUMBERS = (1, 2, 3, 4, 5)


def choose_corruption() -> Corruption:
    """Draw the choice of a noise and of another that follows it, each with its level, and return both as one."""
    first = choose_noise()
    parts = [Part(first.name, choose(first, "severity"))]
    second = _pick(t("And then"), (NO_NOISE, *noises.names()), "noise.second")
    if second != NO_NOISE:
        parts.append(Part(second, choose(noises[second], "severity.second")))
    return Corruption(tuple(parts))


def choose_noise() -> NoiseSpec:
    """Draw the choice of one noise, and what it does; every view of the page has the same one."""
    return noises[_pick(t("Noise"), noises.names(), "noise")]


def _pick(label: str, names: Sequence[str], key: str) -> str:
    """Draw the choice of a noise, and what it does; the name of none is `NO_NOISE`."""
    picked: str = st.selectbox(
        label,
        names,
        format_func=partial(choice_name, field="noise"),
        key=key,
        persist_state="session",
    )
    if picked != NO_NOISE:
        st.caption(t(noises[picked].summary))
    return picked


def choose(noise: NoiseSpec, prefix: str) -> float:
    """Draw the controls of a noise's level and return it; each noise remembers its own, under a prefix of keys."""
    key = f"{prefix}.{noise.name}"
    st.session_state.setdefault(key, noise.default)
    level = float(st.session_state[key])
    shortcut = f"{key}.number"
    st.session_state[shortcut] = next((n for n in _NUMBERS if noise.severities[n - 1] == level), None)
    st.pills(
        t("Calibrated severities"),
        _NUMBERS,
        key=shortcut,
        on_change=_take,
        args=(noise, key, shortcut),
        help=t(
            "From light to heavy. The same number costs about the same PSNR whatever the noise, on average over digits "
            "and photos: 30, 25, 20, 16 and 12 dB are left, as far as a noise goes. Here: {levels}.",
            levels=", ".join(f"{each:g}" for each in noise.severities),
        ),
    )
    return float(
        st.slider(
            t("Severity"),
            0.0,
            noise.highest,
            step=_step(noise.highest),
            format="%.3g",
            key=key,
            help=t(noise.level_label),
            persist_state="session",
        )
    )


def _take(noise: NoiseSpec, key: str, shortcut: str) -> None:
    """Move the slider to a severity that was pressed."""
    number = st.session_state[shortcut]
    if number is not None:
        st.session_state[key] = noise.severities[number - 1]


def _step(highest: float) -> float:
    """Return how far the slider moves at least: a pixel's twentieth, or half a hundredth of the whole range."""
    if highest > 50:
        return 1.0
    return 0.05 if highest > 1 else 0.005
