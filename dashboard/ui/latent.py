"""The map of a run's codes, and the images behind the points that are selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

import numpy as np
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.pixels import to_unit
from aelab.runs import Run
from aelab.studies import latent_map
from aelab.studies.latent_map import Config, LatentMap
from ui import caches, charts, mosaic, tables
from ui.i18n import plain, t
from ui.labels import class_names

Choice = TypeVar("Choice", bound=str)

_MOST_SHOWN = 20
_METHODS = {"pca": "PCA", "tsne": "t-SNE"}


def pick_view() -> Literal["map", "decode"]:
    """Draw the choice of what to see of a run that has an encoder; without one there is no map."""
    views: dict[Literal["map", "decode"], str] = {"map": t("Map"), "decode": t("Decode")}
    return _pick(t("Show"), views, "latent.view")


def show_map(run: Run, networks: Inference, found: LatentMap, config: Config) -> None:
    """Draw the map, what it is worth, and what is selected on it."""
    data = caches.images_of(run)
    _say_worth(found, config)
    tool = _pick_tool() if config.dimensions == 2 else "lasso"
    figure = charts.latent_map(
        found.coordinates,
        found.indices,
        found.labels,
        class_names(data),
        t("unlabelled"),
        title=t(
            "{method} of the codes of N = {count} test images", method=_METHODS[config.method], count=len(found.indices)
        ),
        axes=[_axis(number, found, config) for number in range(config.dimensions)],
        tool=tool,
    )
    alt = t("Scatter plot of the codes, coloured by class")
    if config.dimensions == 3:
        st.plotly_chart(figure, key="latent.space", alt=alt)
        st.caption(t("Turn it with the mouse. To select images, choose two dimensions."))
        return
    event = st.plotly_chart(
        figure, key="latent.plane", on_select="rerun", selection_mode=("points", "box", "lasso"), alt=alt
    )
    chosen = [point["customdata"] for point in event["selection"]["points"] if "customdata" in point]
    ids = np.array([each[0] if isinstance(each, list) else each for each in chosen], int)
    _show_selection(networks, data, ids)
    tables.offer_csv(latent_map.table(found, data.class_names), f"latent-{config.method}-{run.id}.csv")


def _pick_tool() -> charts.SelectionTool:
    """Draw the choice between lasso and click: with the one in hand, the chart does not hear the other."""
    tools: dict[charts.SelectionTool, str] = {"lasso": t("a lasso"), "click": t("a click")}
    return _pick(t("Select with"), tools, "latent.tool")


def _pick(label: str, options: Mapping[Choice, str], key: str) -> Choice:
    """Draw a choice of which one always holds, at first the first."""
    picked: Choice = st.segmented_control(
        label,
        list(options),
        default=next(iter(options)),
        required=True,
        format_func=options.__getitem__,
        key=key,
        persist_state="session",
    )
    return picked


def _say_worth(found: LatentMap, config: Config) -> None:
    if config.method == "pca":
        total = sum(found.explained_variance)
        st.markdown(
            t(
                "These {count} axes hold **{percent} %** of the variance of the codes ({latent} dimensions).",
                count=config.dimensions,
                percent=f"{100 * total:.1f}",
                latent=found.codes.shape[1],
            )
        )
    else:
        st.markdown(
            t(
                "t-SNE keeps neighbours together; **distances between groups, their sizes and the axes mean nothing**. "
                "Perplexity {perplexity}, {iterations} iterations, seed {seed}; divergence reached: {divergence} nats.",
                perplexity=f"{config.perplexity:g}",
                iterations=config.iterations,
                seed=config.seed,
                divergence=f"{found.divergence:.3f}" if found.divergence is not None else "?",
            )
        )


def _axis(number: int, found: LatentMap, config: Config) -> str:
    if config.method == "tsne":
        return f"t-SNE {number + 1}"
    return t(
        "Component {number} ({percent} %)", number=number + 1, percent=f"{100 * found.explained_variance[number]:.1f}"
    )


def _show_selection(networks: Inference, data: Dataset, ids: np.ndarray) -> None:
    if len(ids) == 0:
        st.info(
            t("Draw a lasso around some points, or choose a click and click one, to see the images behind them."),
            icon=":material/gesture:",
        )
        return
    shown = ids[:_MOST_SHOWN]
    images = to_unit(data.take(shown))
    st.subheader(t("Images selected: {count}", count=len(ids)))
    labels = data.labels[ids]
    names = [*class_names(data), t("unlabelled")]  # an unlabelled image's code is -1: the last
    mix = [f"{names[code]}: {int(np.count_nonzero(labels == code))}" for code in np.unique(labels)]
    st.caption(plain(" · ".join(mix)))
    mosaic.show(
        np.concatenate([images, networks.reconstruct(images, labels[:_MOST_SHOWN])]),
        len(shown),
        alt=t("Upper row: the selected images; lower row: their reconstructions"),
        caption=t(
            "Upper row: the images; lower row: what the run makes of them ({shown} of {count} shown).",
            shown=len(shown),
            count=len(ids),
        ),
    )
