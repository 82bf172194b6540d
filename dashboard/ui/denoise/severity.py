"""Which noise, and how strong: a slider, and the five severities that cost about the same whatever the noise."""

from __future__ import annotations

import streamlit as st

from aelab.noise import noises
from aelab.noise.spec import NoiseSpec
from ui.i18n import t

_NUMBERS = (1, 2, 3, 4, 5)


def choose_noise() -> tuple[NoiseSpec, float]:
    """Draw the choice of a noise and of its level; each noise remembers its own."""
    noise = noises[
        st.selectbox(
            t("Noise"),
            noises.names(),
            format_func=lambda name: t(noises[name].label),
            key="noise",
            persist_state="session",
        )
    ]
    st.caption(t(noise.summary))
    return noise, choose(noise)


def choose(noise: NoiseSpec) -> float:
    """Draw the controls of a noise's level and return it; each noise remembers its own."""
    key = f"severity.{noise.name}"
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
