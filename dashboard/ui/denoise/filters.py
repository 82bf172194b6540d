"""A run beside classical filters on the same noise: who wins, and by how much."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from aelab.filters import filters
from aelab.jobs import folder
from aelab.jobs.folder import Job
from aelab.metrics import metrics
from aelab.noise.corruption import Corruption
from aelab.runs import Run
from aelab.studies import baselines
from aelab.studies.baselines import RUN, SPEC, Baselines, Config, Method
from aelab.tasks.baselines import JOB
from ui import tables, visitor
from ui.definitions import heading
from ui.denoise.words import filter_in_words, told
from ui.i18n import t
from ui.waiting import is_done

_ENTRIES = 64


def offer(run: Run, corruption: Corruption) -> None:
    """Draw the comparison for one corruption if somebody has asked for it, else a button that does."""
    st.subheader(t(SPEC.label))
    st.caption(t(SPEC.question))
    if corruption.changes_nothing:
        st.caption(t("At severity 0 there is nothing to restore: choose another."))
        return
    config = Config(noise=str(corruption))
    job = folder.find(JOB.id(run, config))
    if job is None:
        if _pressed(run):
            JOB.submit(run.id, config, owner=visitor.owner())
            st.rerun()
        return
    if is_done(job, t("{run} against filters, {noise}", run=run.id, noise=told(corruption))):
        _show(run, _found(job.id, job.created, job))


def _pressed(run: Run) -> bool:
    # A press that was meant for a run that has gone meanwhile is none for the one that is shown instead.
    return st.button(
        t("Compare with filters"),
        icon=":material/balance:",
        key=f"baselines.ask.{run.id}",
        help=t(
            "Eleven classical filters restore the same images. Their settings are tuned on validation images, never on "
            "test images. It takes from a few seconds for digits to some minutes for photos."
        ),
    )


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _found(job_id: str, created: float, _job: Job) -> Baselines:
    return JOB.result(_job)


def _show(run: Run, found: Baselines) -> None:
    st.markdown(_verdict(found))
    table, text = baselines.table(found), st.column_config.TextColumn
    st.dataframe(
        _shown(table, found),
        hide_index=True,
        column_config={
            "method": text(t("Method"), width=120),
            "psnr": text(heading(metrics["psnr"]), width=105),
            "ssim": text(heading(metrics["ssim"]), width=130),
            "lead": text(
                t("Lead of the run (dB)"),
                width=115,
                help=t("PSNR of the run less that of the method, image by image, with its 95% interval."),
            ),
            "milliseconds": st.column_config.NumberColumn(t("ms an image"), format="%.2f", width=80),
            "settings": t("Tuned to"),
        },
        height="content",  # nobody should have to scroll to the run that has lost
        alt=t("PSNR and SSIM of the run and of each filter"),
    )
    st.caption(
        t(
            "Mean over N = {count} test images, ± half of the 95% interval. The same draw of noise for all. Filters "
            "were tuned on {tuned} validation images, PCA and ridge learned from {learned} training images.",
            count=found.n,
            tuned=found.n_tuned,
            learned=found.n_learned,
        )
    )
    tables.offer_csv(table, f"filters-{run.id}-{found.corruption.slug}.csv")
    with st.expander(t("What the filters do")):
        for spec in filters:
            st.markdown(f"**{t(spec.label)}**: {t(spec.summary)}")
            st.caption(spec.source)
            st.latex(spec.equation)


def _shown(table: pd.DataFrame, found: Baselines) -> pd.DataFrame:
    """Return the table with names that are translated, and each mean with half of its interval."""
    return pd.DataFrame(
        {
            "method": [_name(method.name) for method in found.methods],
            "psnr": [tables.with_half(each.psnr.mean, each.psnr.high, "psnr") for each in found.methods],
            "ssim": [tables.with_half(each.ssim.mean, each.ssim.high, "ssim") for each in found.methods],
            "lead": ["" if each.name == RUN else _lead(each) for each in found.methods],
            "milliseconds": table["milliseconds"],
            "settings": table["settings"],
        }
    )


def _lead(method: Method) -> str:
    half = f" ± {method.lead.high - method.lead.mean:.2f}" if math.isfinite(method.lead.high) else ""
    return f"{method.lead.mean:+.2f}{half}"


def _name(method: str) -> str:
    return t("This run") if method == RUN else t(filters[method].label)


def _verdict(found: Baselines) -> str:
    """Say who wins, by how much, and how sure that is."""
    best, lead = found.best_filter, found.best_filter.lead
    told = {
        "filter": filter_in_words(best.name),
        "run": f"{found.of_run.psnr.mean:.2f}",
        "psnr": f"{best.psnr.mean:.2f}",
        "by": f"{abs(lead.mean):.2f}",
        "low": f"{lead.low:+.2f}",
        "high": f"{lead.high:+.2f}",
        "count": found.n,
    }
    if lead.low > 0:
        return t(
            "**The run wins**: {run} dB, {by} dB above {filter}, the best of the filters ({psnr} dB; 95% interval of "
            "the difference {low} to {high}), over N = {count} test images.",
            **told,
        )
    if lead.high < 0:
        return t(
            "**The run loses**: {run} dB, {by} dB below {filter}, the best of the filters ({psnr} dB; 95% interval of "
            "the difference {low} to {high}), over N = {count} test images.",
            **told,
        )
    return t(
        "**Nobody wins**: {run} dB for the run, {psnr} dB for {filter}, the best of the filters; N = {count} test "
        "images do not tell them apart (95% interval of the difference {low} to {high}).",
        **told,
    )
