"""A training as it goes: progress, curves of every part of the loss, reconstructions as they improve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab import runs
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.folder import OPEN, Status
from aelab.models import models
from aelab.runs import Run
from ui import charts, diagnosis, going_on, mosaic
from ui.going_on import FOLLOWED
from ui.guards import guarded
from ui.i18n import plain, t
from ui.jobs import duration, show_ending, show_progress
from ui.pickers import RUN_KEY, describe

__all__ = ["FOLLOWED", "follow"]

_SAMPLES = 8  # in a row


def follow(run_id: str) -> None:
    """Draw a run; every second anew while it waits or trains."""
    run = runs.find(run_id)
    working = runs.status(run).state in OPEN

    @st.fragment(run_every=1 if working else None)
    def panel() -> None:
        with guarded():
            state = runs.status(run).state
            if working and state not in OPEN:
                st.rerun()
            _draw(run)

    panel()


def _draw(run: Run) -> None:
    st.caption(describe(run))
    status, job = runs.status(run), jobs.find(run.id)
    if job is not None and status.state in OPEN:
        queue.pump()
        show_progress(job, status, t("Training"))
    elif status.state == "done":
        st.success(f"{_took(run, status)} {t('Explore it:')}", icon=":material/check_circle:")
        _offer_pages(run)
    else:
        show_ending(status, learned=run.learned_epochs())
    _tell_events(run)
    going_on.offer(run, status.state)
    if status.state == "done":
        diagnosis.show(run)
    _curves(run)
    _reconstructions(run)


def _offer_pages(run: Run) -> None:
    """Draw the ways to the pages that show what a run can do, with the run chosen there."""
    row = st.container(horizontal=True)
    for path, label, icon in (
        ("views/denoise.py", t("Denoise"), ":material/blur_off:"),
        ("views/latent.py", t("Latent"), ":material/scatter_plot:"),
        ("views/time_machine.py", t("Time machine"), ":material/history:"),
        ("views/compare.py", t("Compare"), ":material/compare_arrows:"),
        ("views/reports.py", t("Reports"), ":material/leaderboard:"),
    ):
        possible = {
            "views/denoise.py": run.reconstructs,
            "views/latent.py": run.decodes,
            "views/time_machine.py": len(run.snapshot_epochs()) > 1,
        }
        if possible.get(path, True):
            row.page_link(path, label=label, icon=icon, query_params={RUN_KEY: run.id})


def _took(run: Run, status: Status) -> str:
    """Say how long a run took: its job, from start to evaluated, or its training, where that took several jobs."""
    resumed = any(event.get("event") == "resumed" for event in run.events())
    history = run.history()
    if history and (resumed or run.parent is not None or run.stopped_after() is not None):
        return t("Done. It trained for {time} in all.", time=duration(float(history[-1].get("seconds", 0.0))))
    return t("Done in {time}.", time=duration(status.seconds)) if status.seconds else t("Done.")


def _tell_events(run: Run) -> None:
    """Say what happened beside the epochs: what it continues, where it was taken up, what was damaged."""
    if run.parent is not None:
        st.caption(t("Continues {run} after its {epochs} epochs.", run=plain(run.parent.run), epochs=run.parent.epochs))
    early = run.stopped_after()
    if early is not None and runs.status(run).state == "done":
        st.caption(t("Finished early, after epoch {epoch} of {epochs}.", epoch=early, epochs=run.settings["epochs"]))
    resumed = [str(event.get("epoch")) for event in run.events() if event.get("event") == "resumed"]
    begun = [] if run.parent is None else resumed[:1]  # a run that continues another begins so
    if resumed[len(begun) :]:
        again = resumed[len(begun) :]
        st.caption(t("Resumed after epoch {epochs}.", epochs=", ".join(dict.fromkeys(again[-5:]))))
        if len(again) > len(dict.fromkeys(again[-5:])):
            st.caption(t("Resumed so often in all: {count}", count=len(again)))
    for event in run.events():
        if event.get("event") == "fell_back":
            st.caption(
                t(
                    "Checkpoint {file} was damaged; the training went on from the one before it, after epoch {epoch}.",
                    file=plain(str(event.get("damaged"))),
                    epoch=str(event.get("epoch")),
                )
            )


def _curves(run: Run) -> None:
    history = run.history()
    if not history:
        return
    spec, config = models[run.model], run.plan.model_config
    last = history[-1]
    told = {
        "epoch": last["epoch"],
        "epochs": run.settings["epochs"],
        "unit": t(spec.units(config)),
        "train": f"{last['train']['loss']:.5g}",
        "validation": f"{last['validation']['loss']:.5g}",
    }
    st.markdown(
        t(
            "After epoch **{epoch}** of {epochs}: loss **{train}** on training, **{validation}** on validation images "
            "({unit}, lower is better).",
            **told,
        )
        if spec.opponent is None
        else t(
            "After epoch **{epoch}** of {epochs}: loss **{train}** on training, **{validation}** on validation images "
            "({unit}). Its critic learns as well, so that lower is not better: look at the images.",
            **told,
        )
    )
    if len(history) < 2 and spec.fit is not None:
        st.caption(t("This model has a closed form: one step, no curve."))
        return
    parts = {"loss": t("Loss (sum of the parts)")} | {name: t(label) for name, label in spec.logged.items()}
    if len(spec.parts) == 1:
        del parts["loss"]  # the one part is the loss
    for part, label in parts.items():
        st.plotly_chart(
            charts.learning_curves(
                history,
                part,
                (t("Training"), t("Validation")),
                title=label,
                x=t("Epoch"),
                y=t(spec.unit_of(part, config)),
            ),
            key=f"curve.{run.id}.{part}",
            alt=t("Curves of {part} over epochs, training and validation", part=label),
        )


def _reconstructions(run: Run) -> None:
    epochs = run.snapshot_epochs()
    if not epochs:
        return
    chosen = _spread(epochs, 5)
    snapshots = [run.snapshot(epoch) for epoch in chosen]
    if run.reconstructs:
        _show_reconstructions(run, snapshots, chosen)
    else:
        _show_samples(snapshots, chosen)
    if len(epochs) > 1:
        st.page_link(
            "views/time_machine.py",
            label=t("Replay it epoch by epoch"),
            icon=":material/history:",
            query_params={RUN_KEY: run.id},
        )


def _show_samples(snapshots: Sequence[Mapping[str, npt.NDArray[Any]]], chosen: Sequence[int]) -> None:
    st.subheader(t("Samples as they improve"))
    count = min(_SAMPLES, *(len(snapshot["samples"]) for snapshot in snapshots))
    mosaic.show(
        np.concatenate([snapshot["samples"][:count] for snapshot in snapshots]),
        count,
        alt=t("Rows of images drawn from the prior, by epoch"),
        caption=t(
            "Rows from the top: what the same draws of the prior decode to after epoch {epochs}",
            epochs=", ".join(map(str, chosen)),
        ),
    )


def _show_reconstructions(run: Run, snapshots: Sequence[Mapping[str, npt.NDArray[Any]]], chosen: Sequence[int]) -> None:
    st.subheader(t("Reconstructions as they improve"))
    rows = [snapshots[-1]["target"]]
    names = [t("the validation images")]
    if models[run.model].denoises:
        rows.append(snapshots[-1]["given"])
        names.append(t("what the network is given"))
    rows += [snapshot["output"] for snapshot in snapshots]
    names.append(t("what it makes of them after epoch {epochs}", epochs=", ".join(map(str, chosen))))
    mosaic.show(
        np.concatenate(rows),
        len(rows[0]),
        alt=t("Rows of images: originals and reconstructions by epoch"),
        caption=t("Rows from the top: {rows}", rows="; ".join(names)),
    )


def _spread(epochs: list[int], most: int) -> list[int]:
    """Return the first, the last, and some between them, evenly."""
    if len(epochs) <= most:
        return epochs
    return [epochs[round(index * (len(epochs) - 1) / (most - 1))] for index in range(most)]
