"""The form of a training: an architecture with its settings, and those that every training has."""

from __future__ import annotations

from typing import Any

import streamlit as st

from aelab.datasets.store import Dataset
from aelab.fields import Config
from aelab.models import models
from aelab.models.spec import ModelSpec
from aelab.runs import Run
from aelab.tasks import calibrate
from aelab.training import speeds
from aelab.training.config import TrainingConfig, usual
from aelab.training.estimate import Estimate
from ui import address, pickers, visitor
from ui.forms import config_control, config_form
from ui.i18n import t
from ui.jobs import duration

_PAGE = "train"
_NEXT = "train.next"
_USUAL_MODEL = "conv_ae"
_OF_STEPS = ("epochs", "batch_size", "learning_rate", "augment")  # a closed form takes none


def begin_with(run: Run) -> None:
    """Let the form stand, in the next script run, at the settings of a run."""
    st.session_state[_NEXT] = run
    address.keep({name: str(value) for name, value in run.all_settings.items()} | {"model": run.model}, _names())
    pickers.choose_next(dataset=run.dataset)


def _take_next() -> None:
    """Move the controls to the settings that were asked for, before they are drawn."""
    run: Run | None = st.session_state.pop(_NEXT, None)
    if run is None:
        return
    asked = {name: str(value) for name, value in run.all_settings.items()} | {"model": run.model}
    st.session_state[f"{_PAGE}.asked"] = asked
    st.session_state[f"{_PAGE}.model"] = run.model
    common = set(TrainingConfig.names())
    for name, value in run.all_settings.items():
        # Set, not forgotten: the browser would send back what stood there before.
        key = f"{_PAGE}.{run.dataset if name in common else run.model}.{name}"
        st.session_state[key] = st.session_state[f"{key}.usual"] = value


def pick_model() -> ModelSpec:
    """Draw the picker of architectures and return the chosen one; the address can ask for another one at first."""
    _take_next()
    asked = address.asked_at_first(_PAGE).get("model")
    name = st.selectbox(
        t("Model"),
        models.names(),
        index=models.names().index(asked if asked in models else _USUAL_MODEL),
        key="train.model",
        format_func=lambda name: t(models[name].label),
        persist_state="session",
    )
    spec = models[name]
    st.caption(f"{t(spec.summary)} ({spec.paper})")
    return spec


def settings(spec: ModelSpec, data: Dataset) -> dict[str, Any]:
    """Draw the controls and return the values by field; the address keeps those that are not the usual ones."""
    at_first = address.asked_at_first(_PAGE)
    of_model = at_first if at_first.get("model", _USUAL_MODEL) == spec.name else {}
    counted = ("classes",) if spec.conditional else ()  # the dataset says
    begin_of_model = address.with_asked(spec.config(), of_model)
    values = config_form(spec.config, f"train.{spec.name}", usual=begin_of_model, without=counted)
    with st.expander(t("Training"), expanded=True):
        common, begin = _common(spec, data, at_first)
    unusual = _unusual(values, spec.config()) | _unusual(common, begin)
    address.keep({"model": spec.name} | unusual, _names())
    return values | common


def _common(spec: ModelSpec, data: Dataset, at_first: dict[str, str]) -> tuple[dict[str, Any], TrainingConfig]:
    """Draw the controls of what every training has; return their values, and what is usual with these images."""
    prefix = f"train.{data.name}"
    # First, since what is usual hangs on it: page and command line shall ask for the same run.
    limit = config_control(TrainingConfig, "limit", prefix, usual=address.with_asked(TrainingConfig(), at_first))
    images = min(limit or data.counts["train"], data.counts["train"])
    begin = usual(spec, images, data.shape)
    if not spec.fit:
        st.caption(
            t(
                "These begin where they suit {count} images of {size}: few are seen more often, in smaller batches.",
                count=images,
                size=" × ".join(map(str, data.shape)),
            )
        )
    without = ("limit", *(_OF_STEPS if spec.fit else ()))
    rest = config_form(TrainingConfig, prefix, usual=address.with_asked(begin, at_first), without=without)
    return {"limit": limit, **rest}, begin


def _unusual(values: dict[str, Any], usual: Config) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != getattr(usual, name)}


def _names() -> list[str]:
    """Return everything that a training's address can have."""
    return ["model", *dict.fromkeys([*TrainingConfig.names(), *(n for spec in models for n in spec.config.names())])]


def show_cost(cost: Estimate) -> None:
    """Draw what a training will cost, and offer to measure a computer that is not known yet."""
    st.metric(
        t("Parameters"),
        f"{cost.summary.parameters:,}".replace(",", " "),
        help=t("Numbers in the networks that a run keeps, as Keras counts them; those of a critic come on top."),
    )
    seconds, memory = st.columns(2)
    seconds.metric(
        t("Estimated time"),
        duration(cost.seconds),
        help=t(
            "From the arithmetic of {count} training images an epoch; other jobs make it longer.", count=cost.images
        ),
    )
    memory.metric(
        t("Memory"),
        t("{count} GB", count=round(cost.memory_bytes / 1e9, 1)),
        help=t("What the worker is expected to take at the most."),
    )
    if not speeds.is_known():
        st.caption(t("This computer has not been measured yet: the time is that of a usual one with two cores."))
        if st.button(t("Measure it, which takes about 15 s"), icon=":material/speed:"):
            calibrate.submit_if_unknown(visitor.owner())
            st.toast(t("The measurement is queued; Home shows how it goes."), icon=":material/speed:")
