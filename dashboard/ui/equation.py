"""The equation of a loss, each of its symbols tied to its value and to the line of code that has it."""

from __future__ import annotations

import math
from functools import cache

import streamlit as st

from aelab.models import models
from aelab.models.equations import SourceLine, line_of
from aelab.models.spec import ModelConfig, ModelSpec, Shape, Symbol
from ui.denoise.words import told
from ui.i18n import plain, t
from ui.labels import choice_name


def show(spec: ModelSpec, config: ModelConfig, shape: Shape) -> None:
    """Draw the equation of an architecture's loss, and what its symbols mean and are worth.

    With some settings, on images of a shape (H, W, C).
    """
    st.latex(spec.equation)
    st.caption(t("What is minimised for one image. Counted in {unit}.", unit=t(spec.units(config))))
    for symbol in spec.symbols:
        line = _line(spec.name, symbol)
        place = f"  \n:small[`{line.file}:{line.number}`]" if line is not None else ""
        st.markdown(_sentence(symbol, config, shape) + place)
        if line is not None:
            st.code(line.text, language="python", wrap_lines=True)


def _sentence(symbol: Symbol, config: ModelConfig, shape: Shape) -> str:
    if symbol.of_image:
        return f"${symbol.latex}$ = **{math.prod(shape)}**: {t(symbol.meaning)} ({' × '.join(map(str, shape))})"
    if symbol.setting is None:
        return f"${symbol.latex}$: {t(symbol.meaning)}"
    if symbol.setting not in config.names():  # what several settings make: a corruption
        return f"${symbol.latex}$ = **{told(getattr(config, symbol.setting))}**: {t(symbol.meaning)}"
    label = t(config.knob(symbol.setting).label)
    return f"${symbol.latex}$ = **{plain(value(config, symbol.setting))}**: {t(symbol.meaning)} (*{label}*)"


def value(config: ModelConfig, name: str) -> str:
    """Return the value of a setting as the form names it."""
    found, knob = getattr(config, name), config.knob(name)
    if config.choices(name) is not None:
        return choice_name(found, name)
    number = f"{found:g}" if isinstance(found, float) else f"{found}"
    return f"{number} {t(knob.unit)}" if knob.unit else number


@cache
def _line(model: str, symbol: Symbol) -> SourceLine | None:
    """Return where a symbol stands; the code does not change while the lab runs, and reading it takes a moment."""
    return line_of(models[model], symbol)
