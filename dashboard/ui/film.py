"""A run as it was after an epoch: in one sentence, as a map, in pictures, and where that is on its curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab.errors import LabError
from aelab.models import models
from aelab.runs import Run, snapshots
from aelab.studies import time_machine
from aelab.studies.time_machine import Film
from ui import caches, charts, film_charts, mosaic
from ui.i18n import plain, say, t
from ui.labels import class_names
from ui.lanes import Lane

_PICTURES = ("target", "given", "output", "samples")


def say_all(lanes: Sequence[Lane], epoch: int) -> None:
    """Say how far each run was after an epoch, and what cannot be shown of it."""
    for lane in lanes:
        name = f"**{plain(lane.run.id)}**  \n" if len(lanes) > 1 else ""
        st.markdown(name + say_where(lane, epoch))
        if lane.film.epochs[lane.film.at(epoch)] != epoch and epoch < lane.film.epochs[-1]:
            st.caption(
                t(
                    "Not every epoch is kept: the pictures of a run are to cost little time, and to stay below {limit} "
                    "MB.",
                    limit=snapshots.most_bytes() // 1_000_000,
                )
            )
        for error in lane.film.damaged:
            st.warning(say(error), icon=":material/warning:")


def show_all(lanes: Sequence[Lane], epoch: int) -> None:
    """Draw every run after an epoch: one over the whole width, two side by side."""
    if len(lanes) == 1:
        pictures = (show_map, show_pictures) if lanes[0].film.has_map else (show_pictures, show_map)
        for shows in (pictures, (show_curves, show_weights)):
            for show, column in zip(shows, st.columns(2), strict=True):
                with column:
                    show(lanes[0], epoch)
        return
    for show in (show_pictures, show_map, show_curves, show_weights):  # each begins at the same height for both
        for lane, column in zip(lanes, st.columns(len(lanes)), strict=True):
            with column:
                if show == show_pictures:
                    st.subheader(plain(lane.run.id), anchor=False)
                else:
                    st.caption(plain(lane.run.id))  # on a phone the charts of both stand below one another
                show(lane, epoch)


def say_where(lane: Lane, epoch: int) -> str:
    """Return how far a run was after an epoch."""
    shown = lane.film.epochs[lane.film.at(epoch)]
    history = caches.history(lane.run)
    loss = next((line["validation"]["loss"] for line in history if line.get("epoch") == shown), None)
    where = t("After epoch **{epoch}** of {epochs}", epoch=shown, epochs=lane.run.settings.get("epochs", "?"))
    if shown != epoch:
        where += f" ({_say_why_another(lane, shown, epoch)})"
    if loss is None:
        return f"{where}."
    told = {
        "where": where,
        "loss": f"{loss:.5g}",
        "images": t("N = {count} validation images", count=lane.dataset.counts["validation"])
        if lane.dataset
        else t("the validation images"),
        "unit": _unit(lane.run),
    }
    if lane.run.model in models and models[lane.run.model].opponent:
        return t(
            "{where}: loss **{loss}** on {images} ({unit}). Its critic learns as well, so that lower is not better.",
            **told,
        )
    said = t("{where}: loss **{loss}** on {images} ({unit}, lower is better)", **told)
    return said + _say_way(time_machine.way(history, shown))


def _say_why_another(lane: Lane, shown: int, epoch: int) -> str:
    if epoch < lane.film.epochs[0]:
        return t("the first that is kept")
    if shown < lane.film.epochs[-1]:
        return t("the nearest before {epoch} that is kept", epoch=epoch)
    return t("the newest so far") if lane.working else t("the last that it has")


def _say_way(way: float | None) -> str:
    if way is None:
        return "."
    if way > 1:
        return t(", lower than after the last epoch.")
    if way < 0:
        return t(", higher than after the first epoch.")
    return t(", **{percent}%** of the way from the first to the last.", percent=f"{100 * way:.0f}")


def show_map(lane: Lane, epoch: int) -> None:
    """Draw where the codes are, on axes that stay, and say what these are worth."""
    if not lane.film.has_map:
        st.caption(t("There is no map: a run without an encoder gives no image a code."))
        return
    found, row = lane.film, lane.film.at(epoch)
    names = class_names(lane.dataset) if lane.dataset else []
    figure = charts.latent_map(
        found.positions[row],
        np.arange(len(found.positions[row])) if lane.indices is None else lane.indices,
        lane.labels,
        names,
        t("unlabelled") if lane.indices is not None else t("class unknown"),
        title=t("Codes after epoch {epoch}", epoch=found.epochs[row]),
        axes=[_axis(number, found) for number in (1, 2)],
    )
    st.plotly_chart(
        film_charts.moving_map(figure, found.limits),
        key=f"time.map.{lane.run.id}",
        alt=t("Scatter plot of the codes after the epoch, coloured by class, on axes that stay"),
    )
    images = t("N = {count} validation images", count=found.positions.shape[1])
    st.caption(" ".join([f"{images}.", _say_axes(found, row), *_say_moved(found, row)]))


def _axis(number: int, found: Film) -> str:
    if found.basis.raw:
        return t("Number {number} of the code", number=number)
    return t("Component {number} of the last epoch", number=number)


def _say_axes(found: Film, row: int) -> str:
    if found.basis.raw:
        return t("The axes are the numbers of the code themselves.")
    return t(
        "These axes hold **{percent}%** of the variance of the codes after this epoch, {last}% after the last, for "
        "which they were chosen.",
        percent=_percent(found.explained[row]),
        last=_percent(found.explained[-1]),
    )


def _say_moved(found: Film, row: int) -> list[str]:
    if row == 0:
        return []
    return [
        t(
            "Since epoch {epoch} a code has moved {moved} at the median; the codes lie {spread} from their mean.",
            epoch=found.epochs[row - 1],
            moved=f"{found.moved[row]:.3g}",
            spread=f"{found.spread[row]:.3g}",
        )
    ]


def show_pictures(lane: Lane, epoch: int) -> None:
    """Draw the same images as the network made them then, and samples if it draws any."""
    shown = lane.film.epochs[lane.film.at(epoch)]
    try:
        kept = lane.run.snapshot(shown, _PICTURES)
    except LabError as error:  # thinned out or deleted while it is looked at
        st.warning(say(error), icon=":material/warning:")
        return
    names = {
        "target": t("the validation images"),
        "given": t("what the network is given"),
        "output": t("what it makes of them after epoch {epoch}", epoch=shown),
    }
    if np.array_equal(kept.get("given"), kept.get("target")):
        del names["given"]
    rows = {name: kept[name] for name in names if name in kept}
    if rows:
        mosaic.show(
            np.concatenate(list(rows.values())),
            len(next(iter(rows.values()))),
            alt=t("Rows of images: originals and their reconstructions after epoch {epoch}", epoch=shown),
            caption=t("Rows from the top: {rows}", rows="; ".join(names[name] for name in rows)),
        )
    if "samples" in kept:
        mosaic.show(
            kept["samples"],
            8,
            alt=t("Images drawn from the prior after epoch {epoch}", epoch=shown),
            caption=t("Samples: what the same draws of the prior decode to after epoch {epoch}", epoch=shown),
        )
        if lane.run.model in models and models[lane.run.model].conditional:
            st.caption(t("It is told a class for each sample: all classes in turn."))


def show_curves(lane: Lane, epoch: int) -> None:
    """Draw the parts of the loss over all epochs, with a line at the one that is shown."""
    history = caches.history(lane.run)
    if len(history) < 2 or lane.run.model not in models:
        return
    spec = models[lane.run.model]
    named = {name: t(label) for name, label in spec.logged.items()}
    if len(spec.parts) > 1:
        named = {"loss": t("Loss (sum of the parts)"), **named}
    shown = lane.film.epochs[lane.film.at(epoch)]
    for part, label in named.items():
        figure = charts.learning_curves(
            history, part, (t("Training"), t("Validation")), title=label, x=t("Epoch"), y=_unit(lane.run, part)
        )
        st.plotly_chart(
            film_charts.marked(figure, shown),
            key=f"time.loss.{part}.{lane.run.id}",
            alt=t(
                "Curves of {part} over epochs, training and validation, with a line at epoch {epoch}",
                part=label,
                epoch=shown,
            ),
        )


def show_weights(lane: Lane, epoch: int) -> None:
    """Draw the norm of every layer's kernel over all epochs, and of what it changed by."""
    found = lane.film
    if not found.layers or len(found.epochs) < 2:
        return
    names = {layer: _layer_name(layer) for layer in found.layers}
    shown = found.epochs[found.at(epoch)]
    drawn: tuple[tuple[str, npt.NDArray[Any], str], ...] = (
        ("norms", found.norms, t("Weights: L2 norm of each kernel")),
        ("updates", found.updates, t("Change of each kernel an epoch, L2 norm")),
    )
    for kind, values, title in drawn:
        if np.isfinite(values).any():
            st.plotly_chart(
                film_charts.weights(found, values, names, shown, title=title, x=t("Epoch"), y=t("L2 norm")),
                key=f"time.{kind}.{lane.run.id}",
                alt=t("Lines over epochs for each layer: {title}", title=title),
            )


def _layer_name(layer: str) -> str:
    side, number, kind = layer.split("/")
    return f"{t(side)} {number} · {kind}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}" if np.isfinite(share) else "?"


def _unit(run: Run, part: str = "loss") -> str:
    if run.model not in models:
        return plain(run.model)
    try:
        return t(models[run.model].unit_of(part, run.plan.model_config))
    except LabError:  # settings of another version
        return "?"
