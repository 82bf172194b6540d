"""Images drawn from runs: codes of the prior, or of a mixture fitted on theirs, and how far they are from real ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from aelab.jobs import folder
from aelab.models import models
from aelab.runs import Run
from aelab.studies import comparison, generation
from aelab.studies.generation import Generation
from aelab.studies.prior import Prior
from aelab.tasks import mixture
from aelab.tasks.mixture import Fitted
from ui import drawn, mosaic, told, visitor
from ui.i18n import plain, say, t
from ui.pickers import describe
from ui.waiting import is_done

_DRAWN, _COLUMNS = 40, 20


def show_samples(runs: Sequence[Run], table: pd.DataFrame) -> None:
    """Draw samples of each run that can draw, with its Fréchet distance; nothing where none can."""
    for run in runs:
        if not run.decodes:
            st.caption(say(run.lacks_code()))
    able: dict[Prior, list[Run]] = {
        "normal": [run for run in runs if run.model in models and models[run.model].generative],
        "mixture": [run for run in runs if run.encodes],
    }
    if not any(able.values()):
        return
    st.subheader(t(generation.SPEC.label))
    st.caption(t(generation.SPEC.question))
    prior = _pick_prior([prior for prior, those in able.items() if those])
    if prior is None:
        return
    otherwise = able["normal" if prior == "mixture" else "mixture"]
    _name_others([run for run in otherwise if run not in able[prior]], prior)
    rows = comparison.overall(table).set_index("run")
    for run in able[prior]:
        if prior == "mixture":
            _show_of_mixture(run)
        else:
            _show(run, _measured(rows.loc[run.id]))


def _pick_prior(offered: Sequence[Prior]) -> Prior | None:
    """Draw the choice of what codes are drawn from; where there is no prior, nothing is fitted until somebody asks."""
    names: dict[Prior, str] = {
        "normal": t("The standard normal prior"),
        "mixture": t("A mixture fitted on its codes"),
    }
    return st.segmented_control(
        t("Draw codes from"),
        offered,
        default="normal" if "normal" in offered else None,
        required="normal" in offered,
        format_func=names.__getitem__,
        key=f"samples.prior.{'.'.join(offered)}",
        persist_state="session",
        help=t(
            "Generative models bring their codes near a standard normal distribution. A mixture of normal "
            "distributions is fitted on the codes of training images afterwards, of any run that has an encoder; that "
            "takes from a few seconds to a minute."
        ),
    )


def _name_others(others: Sequence[Run], prior: Prior) -> None:
    """Say which runs draw only otherwise."""
    if not others:
        return
    names = plain(", ".join(run.id for run in others))
    st.caption(
        t("No encoder, and so no codes to fit a mixture on: {runs}", runs=names)
        if prior == "mixture"
        else t("No prior to draw from; a mixture may be fitted on their codes: {runs}", runs=names)
    )


def _show_of_mixture(run: Run) -> None:
    """Draw from the mixture of a run as soon as it is fitted; it is fitted once for everybody."""
    job = folder.find(mixture.job_id(run)) or mixture.submit(run.id, owner=visitor.owner())
    if is_done(job, t("A mixture fitted on the codes of {run}", run=run.id)):
        fitted = drawn.fitted_mixture(job)
        _show(run, fitted.generation, fitted)


def _show(run: Run, measured: Generation | None, fitted: Fitted | None = None) -> None:
    """Draw samples, with how far they are from real images where that could be measured."""
    if measured is not None:
        st.markdown(_distance_sentence(run, measured))
    alt = t("Images drawn from a mixture fitted on the codes of {run}", run=run.id) if fitted else None
    mosaic.show(
        drawn.samples(run, _DRAWN, 0, told.pick_class_or_all(run), fitted),
        _COLUMNS,
        alt=alt or t("Images drawn from the prior of {run}", run=run.id),
        caption=describe(run),
    )


def _measured(row: pd.Series) -> Generation | None:
    """Return what was measured of the prior's samples when the run was trained; a single test image compares not."""
    if not np.isfinite(row.get("frechet", np.nan)):
        return None
    return Generation(
        float(row["frechet"]),
        float(row["frechet_floor"]),
        int(row["frechet_features"]),
        int(row["frechet_n"]),
        int(row["frechet_floor_n"]),
        int(row["n"]),
    )


def _distance_sentence(run: Run, measured: Generation) -> str:
    drawn_from = (
        t(
            "a mixture of {components} normal distributions, fitted on the codes of {codes} training images",
            components=measured.components,
            codes=measured.n_codes,
        )
        if measured.prior == "mixture"
        else t("the standard normal prior")
    )
    return t(
        "**{run}**: Fréchet distance **{value}** between {samples} samples, their codes drawn from {prior}, and "
        "{count} test images (lower is better; {floor_count} real training images get {floor}), on the first "
        "{features} principal components of other training images. It is not the published FID, whose features come "
        "from a classifier of photographs.",
        run=plain(run.id),
        prior=drawn_from,
        value=f"{measured.distance:.2f}",
        samples=measured.n_samples,
        count=measured.n_test,
        floor_count=measured.n_floor,
        floor=f"{measured.floor:.2f}",
        features=measured.features,
    )
