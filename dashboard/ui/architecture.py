"""What is trained: the drawing of a network, its layers as a table, and the equation of its loss.

One component for what the form is about to train and for a run that is there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from aelab.models.spec import ModelConfig, ModelSpec, Shape, classes_of
from aelab.models.tracing import GIVEN, TOLD, LayerSummary, Summary, summarize
from aelab.runs import Run
from ui import equation, tables
from ui.folding import folded
from ui.i18n import t
from ui.network_drawing import Block, Line, Part, blocks, draw, skip_marks

_ICON = ":material/account_tree:"


def offer(spec: ModelSpec, config: ModelConfig, shape: Shape) -> None:
    """Offer to see what the form is about to train, on images of a shape (H, W, C)."""
    folded("architecture", t("What will be trained"), _ICON, lambda: _show("architecture", spec, config, shape))


def offer_of_run(run: Run) -> None:
    """Offer to see what a run trains, with its own settings."""
    key = "architecture.run"
    folded(
        key,
        t("What this run trains"),
        _ICON,
        lambda: _show(key, run.plan.model, run.plan.model_config, run.images().shape),
    )


def _show(key: str, spec: ModelSpec, config: ModelConfig, shape: Shape) -> None:
    summary = summarize(spec, config, shape)
    network, layers, loss = st.tabs([t("Network"), t("Layers"), t("Loss")])
    with network:
        _draw_network(t(spec.label), summary, config, shape)
    with layers:
        _show_layers(key, spec, summary)
    with loss:
        equation.show(spec, config, shape)


def _draw_network(name: str, summary: Summary, config: ModelConfig, shape: Shape) -> None:
    columns = [_way(summary, config, shape)]
    if summary.opponent:
        columns.append(
            [
                Part("", (Line("image", t("Image, real or drawn"), _by(shape), shape),)),
                _network(t("Critic"), "critic", summary.opponent),
            ]
        )
    st.markdown(_say_code(summary, config.code_length, math.prod(shape)))
    st.html(draw(columns, alt=_alt(name, columns)))
    st.caption(
        t("A block twice as wide gives eight times as many numbers; the higher it is, the more channels they are in.")
    )
    if classes_of(config):
        st.caption(t("A number in a circle marks what goes past other layers, and where it joins them."))


def _say_code(summary: Summary, latent_dim: int, values: int) -> str:
    if summary.restorer:
        return t(
            "No code: the network paints a correction of the image. A number in a circle marks where a skip connection "
            "begins, and where it ends; all else passes through the narrowest layer."
        )
    figures = {"numbers": _count(latent_dim), "values": _count(values)}
    if not summary.encoder:
        return t("Numbers in the code: **{numbers}**, from which the {values} values of an image are drawn.", **figures)
    return t(
        "Numbers in the code: **{numbers}**, for the {values} values of an image: {ratio} to 1.",
        ratio=_count(round(values / latent_dim)) if values >= 100 * latent_dim else f"{values / latent_dim:.3g}",
        **figures,
    )


def _way(summary: Summary, config: ModelConfig, shape: Shape) -> list[Part]:
    """Return the way of an image to its code and back, or from a code that is drawn to an image."""
    marks = skip_marks(summary.restorer or summary.encoder)
    image = Line("image", t("Image"), _by(shape), shape, marks.get(GIVEN, ""))
    if summary.restorer:
        restored = Line("image", t("Restored image"), _by(shape), shape)
        return [Part("", (image,)), _network(t("Network"), "layer", summary.restorer), Part("", (restored,))]
    latent_dim, classes = config.code_length, classes_of(config)
    count = t("numbers: {count}", count=_count(latent_dim))
    decoder = _network(t("Decoder"), "layer", summary.decoder)
    if not summary.encoder:
        drawn = Line("code", t("Code, drawn at random"), count, (latent_dim,))
        return [Part("", (drawn,)), decoder, Part("", (Line("image", t("Drawn image"), _by(shape), shape),))]
    return [
        Part("", (image, *_told(classes, summary.encoder))),
        _network(t("Encoder"), "layer", summary.encoder),
        Part("", (Line("code", t("Code"), count, (latent_dim,)), *_told(classes, summary.decoder))),
        decoder,
        Part("", (Line("image", t("Reconstruction"), _by(shape), shape),)),
    ]


def _network(name: str, role: Literal["layer", "critic"], rows: Sequence[LayerSummary]) -> Part:
    parameters = t("{count} parameters", count=_count(sum(row.parameters for row in rows)))
    lines = [
        Line("told" if _is_told(block, rows) else role, block.name, _detail(block), block.shape, block.more)
        for block in blocks(rows)
    ]
    return Part(f"{name} · {parameters}", tuple(lines))


def _told(classes: int, rows: Sequence[LayerSummary]) -> list[Line]:
    """Return the line of the class that a network is told, where it is told one."""
    count = t("one of {count}", count=_count(classes))
    line = Line("told", t("Class, which it is told"), count, (classes,), skip_marks(rows).get(TOLD, ""))
    return [line] if classes else []


def _is_told(block: Block, rows: Sequence[LayerSummary]) -> bool:
    """Return whether a block sees the class and nothing of the image or the code."""
    row = block.layers[0]
    while row.source >= 0 and not row.skips:
        row = rows[row.source]
    return row.source == TOLD and not row.skips


def _detail(block: Block) -> str:
    """Return what a block gives and has learned; each of the two stays on one line."""
    parts = [_by(block.shape) if len(block.shape) > 1 else t("numbers: {count}", count=_count(block.shape[0]))]
    if block.parameters:
        parts.append(t("{count} parameters", count=_count(block.parameters)))
    return ", ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def _alt(name: str, columns: Sequence[Sequence[Part]]) -> str:
    """Say in words what is drawn, line by line."""
    said = [
        f"{part.heading}: " * bool(part.heading)
        + "; ".join(f"{line.title}{line.more}, {line.detail}" for line in part.lines)
        for column in columns
        for part in column
    ]
    return f"{t('Drawing of the network')}: {name}. " + ". ".join(said)


def _show_layers(key: str, spec: ModelSpec, summary: Summary) -> None:
    networks = {
        "encoder": summary.encoder,
        "decoder": summary.decoder,
        "critic": summary.opponent,
        "restorer": summary.restorer,
    }
    names = {"encoder": t("Encoder"), "decoder": t("Decoder"), "critic": t("Critic"), "restorer": t("Network")}
    for network, rows in networks.items():
        if rows:
            st.markdown(
                t("**{network}**: {parameters} parameters, {multiply_adds} multiply-adds an image.",
                  network=names[network],
                  parameters=_count(sum(row.parameters for row in rows)),
                  multiply_adds=_count(sum(row.multiply_adds for row in rows)))
            )  # fmt: skip
    table = layer_table(networks)
    st.dataframe(
        table.assign(network=table["network"].map(names)),
        hide_index=True,
        column_config={
            "layer": t("Layer"),
            "output": t("Output"),
            "parameters": st.column_config.NumberColumn(t("Parameters"), format="localized"),
            "multiply_adds": st.column_config.NumberColumn(t("Multiply-adds"), format="localized"),
            "network": t("Network"),
        },
        alt=t("Table of the layers: output, parameters and multiply-adds of each"),
        key=f"{key}.layers",
    )
    tables.offer_csv(table, f"{spec.name}-layers{'-of-run' * key.endswith('run')}.csv")


def layer_table(networks: dict[str, tuple[LayerSummary, ...]]) -> pd.DataFrame:
    """Return a row for each layer of some networks; shapes are without the batch, multiply-adds those of one image.

    Where skip connections begin and end, the layer has the mark that the drawing has.
    """
    return pd.DataFrame(
        [
            {
                "layer": row.kind + skip_marks(rows).get(number, ""),
                "output": _by(row.shape),
                "parameters": row.parameters,
                "multiply_adds": row.multiply_adds,
                "network": network,
            }
            for network, rows in networks.items()
            for number, row in enumerate(rows)
        ]
    )


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
