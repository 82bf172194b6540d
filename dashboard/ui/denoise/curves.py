"""Quality at every severity of a noise: how far past its training noise a run holds."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.filters import filters
from aelab.jobs import folder
from aelab.jobs.folder import Job
from aelab.metrics import metrics
from aelab.noise.spec import NoiseSpec
from aelab.runs import Run
from aelab.studies import severity_curve
from aelab.studies.baselines import RUN
from aelab.studies.one_image import NOISY
from aelab.studies.severity_curve import FILTERS, Config, SeverityCurves
from aelab.tasks.severity_curve import JOB
from ui import tables, visitor
from ui.definitions import define, direction, heading
from ui.denoise import measured, severity
from ui.i18n import t
from ui.severity_chart import severity_chart
from ui.waiting import is_done

_ENTRIES = 64


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the choice of a noise and a measure, and the curves, or a button that has them measured."""
    with controls:
        noise = severity.choose_noise()
        measure: Literal["psnr", "ssim"] = st.pills(
            t("Measure"),
            ["psnr", "ssim"],
            default="psnr",
            required=True,
            format_func=lambda name: t(metrics[name].symbol),
            key="curves.measure",
            wrap=True,  # the column is narrow
            persist_state="session",
        )
        measured.say_trained_on(run)
    with main:
        config = Config(noise=noise.name)
        job = folder.find(JOB.id(run, config))
        if job is None:
            _offer(run, config)
        elif is_done(job, t("{run} at every severity, {noise}", run=run.id, noise=t(noise.label))):
            _show(run, noise, measure, _found(job.id, job.created, job))
        define(("psnr", "ssim"))


def _offer(run: Run, config: Config) -> None:
    st.markdown(
        t(
            "The run and four filters restore up to {count} test images at some fifteen severities. It takes from "
            "some seconds for digits to some minutes for photos, and is then kept for everybody.",
            count=config.limit,
        )
    )
    if st.button(t("Measure every severity"), icon=":material/show_chart:", key=f"curves.ask.{run.id}"):
        JOB.submit(run.id, config, owner=visitor.owner())
        st.rerun()


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _found(job_id: str, created: float, _job: Job) -> SeverityCurves:
    return JOB.result(_job)


def _show(run: Run, noise: NoiseSpec, measure: Literal["psnr", "ssim"], found: SeverityCurves) -> None:
    trained = trained_level(run, noise.name)
    st.markdown(_verdict(found, trained))
    names = {NOISY: t("Noisy"), RUN: t("This run")} | {name: t(filters[name].label) for name in FILTERS}
    title = t(
        "{measure} by severity: {noise}, N = {count} test images",
        measure=t(metrics[measure].symbol),
        noise=t(noise.label),
        count=found.n,
    )
    figure = severity_chart(
        found,
        measure,
        names,
        trained,
        title=title,
        x=t(noise.level_label),
        y=heading(metrics[measure]),
        mark=t("trained here"),
    )
    st.plotly_chart(figure, key="curves.chart", alt=title)
    st.caption(
        t(
            "Means over the same N = {count} test images at every severity, with 95% intervals as bands; {direction}. "
            "A PSNR beyond that of rounding to 8 bits, 58.9 dB, counts as that. Filters are tuned on validation images "
            "for each severity.",
            count=found.n,
            direction=direction(metrics[measure]),
        )
    )
    tables.offer_csv(severity_curve.table(found), f"severities-{run.id}-{found.noise}.csv")


def trained_level(run: Run, noise: str) -> float | None:
    """Return the level of a noise at which a run was trained, None where that was not among its noises."""
    parts = run.corruption.parts if run.corruption is not None else ()
    return next((part.level for part in parts if part.noise == noise), None)


def _verdict(found: SeverityCurves, trained: float | None) -> str:
    """Say where the run is the best, and at which level it was trained."""
    best, among = found.best_at(), found.levels
    told = {"count": found.n} | ({"low": f"{best[0]:g}", "high": f"{best[-1]:g}"} if best else {})
    if not best:
        said = t(
            "**At no severity is the run the best of these methods** (mean PSNR, N = {count} test images).", **told
        )
    elif among.index(best[-1]) - among.index(best[0]) + 1 == len(best):
        said = t(
            "**The run is the best of these methods from level {low} to {high}** (mean PSNR, N = {count} test images).",
            **told,
        )
    else:
        said = t(
            "**The run is the best of these methods at {times} of {all} levels, between {low} and {high}** (mean PSNR, "
            "N = {count} test images).",
            times=len(best),
            all=len(among),
            **told,
        )
    if trained is None:
        return f"{said} {t('It was not trained on this noise.')}"
    return f"{said} {t('It was trained at level {level}.', level=f'{trained:g}')}"
