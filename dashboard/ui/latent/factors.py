"""Which number of a code follows which known factor of the images, beside principal components of equal number."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.disentanglement import SCORES
from aelab.disentanglement.factors import CODE_BINS, FACTOR_BINS
from aelab.errors import LabError
from aelab.jobs import folder
from aelab.runs import Run
from aelab.studies import disentanglement
from aelab.studies.disentanglement import Config, Disentanglement
from aelab.tasks.disentanglement import JOB
from ui import caches, charts, definitions, tables, visitor
from ui.forms import config_form
from ui.i18n import t
from ui.labels import factor_name
from ui.latent import shares
from ui.latent.caches_clusters import scored_factors
from ui.waiting import wait_for

_APART = ("mig", "disentanglement", "completeness", "factor_vae")  # what tells whether factors are kept apart


def fits(run: Run) -> bool:
    """Return whether images have codes, and what has caused them is known."""
    if not run.encodes:
        return False
    try:
        return bool(caches.images_of(run).factors)
    except LabError:  # the images are gone; the page says so where it needs them
        return False


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw which images to take into `controls`, and the scores and what follows what into `main`."""
    with controls:
        config = Config.parse(config_form(Config, "latent.factors"))
    with main:
        job = folder.find(JOB.id(run, config)) or JOB.submit(run.id, config, owner=visitor.owner())
        wait_for(job, t("Codes and factors"))
        _show(run, scored_factors(job))


def _show(run: Run, found: Disentanglement) -> None:
    st.markdown(_answer(found))
    st.caption(
        t(
            "N = {count} images, seed {seed}; codes are the means where they are distributions. Every score is from 0 "
            "to 1, and higher is better; they say nothing of other trainings.",
            count=found.n,
            seed=found.seed,
        )
    )
    st.dataframe(
        _rows(found),
        hide_index=True,
        column_config={
            "score": t("Score"),
            "code": st.column_config.NumberColumn(t("codes"), format="%.3f"),
            "pca": st.column_config.NumberColumn(t("PCA of equal size"), format="%.3f"),
            "chance": st.column_config.NumberColumn(
                t("By chance"), format="%.3f", help=t("About what codes that know nothing would have.")
            ),
        },
        alt=t("Scores of disentanglement for codes and principal components"),
    )
    with st.container(horizontal=True):
        tables.offer_csv(disentanglement.table(found), f"factors-{run.id}.csv")
        definitions.define_specs(SCORES, note=_binned())
    spaces: tuple[tuple[Literal["code", "pca"], str], ...] = (
        ("code", t("Codes, N = {count}", count=found.n)),
        ("pca", t("PCA, N = {count}", count=found.n)),
    )
    for column, (space, title) in zip(st.columns(2), spaces, strict=True):
        column.plotly_chart(
            _heat_map(found, space, title),
            key=f"latent.factors.{space}",
            alt=t("Heat map of mutual information between numbers and factors"),
        )
    st.caption(
        t(
            "Mutual information of a number and a factor, as a share of the factor's entropy. Kept apart, every column "
            "has one bright cell, and no row has two. With so few images every cell lies a little above 0."
        )
    )
    tables.offer_csv(
        disentanglement.information(found), f"factors-by-number-{run.id}.csv", t("Download the information as CSV")
    )


def _answer(found: Disentanglement) -> str:
    """Return the answer first: whether the code keeps factors apart, and what it follows best."""
    code, pca = found.of("code"), found.of("pca")
    leads = [code.scores[name] - pca.scores[name] for name in _APART]
    if min(leads) > 0:
        verdict = t(
            "**The code keeps the factors apart better than PCA of equal size**, by MIG, disentanglement, completeness "
            "and FactorVAE."
        )
    elif max(leads) <= 0:
        verdict = t(
            "**The code keeps the factors apart no better than PCA of equal size**, by MIG, disentanglement, "
            "completeness and FactorVAE."
        )
    else:
        verdict = t(
            "**Whether the code keeps the factors apart better than PCA of equal size hangs on the score**, as below."
        )
    number, factor = np.unravel_index(code.information.argmax(), code.information.shape)
    return f"{verdict} " + t(
        "MIG {mig} (PCA {other}). Best followed is the factor {factor}: number {number} of the code knows {percent}% "
        "of its entropy.",
        mig=f"{code.scores['mig']:.3f}",
        other=f"{pca.scores['mig']:.3f}",
        factor=factor_name(found.factors[int(factor)]),
        number=int(number) + 1,
        percent=f"{100 * code.information.max():.0f}",
    )


def _rows(found: Disentanglement) -> pd.DataFrame:
    chance = {"factor_vae": 1 / len(found.factors)}
    return pd.DataFrame(
        [
            {
                "score": definitions.heading(score),
                "code": found.of("code").scores[score.name],
                "pca": found.of("pca").scores[score.name],
                "chance": chance.get(score.name, 0.0),
            }
            for score in SCORES
        ]
    )


def _binned() -> str:
    return t(
        "For MIG numbers of the code are cut into {code} bins of equal width; continuous factors into {factor}, and "
        "images of one bin count as having the same value. Baseline: principal components of the same images' pixels.",
        code=CODE_BINS,
        factor=FACTOR_BINS,
    )


def _heat_map(found: Disentanglement, space: Literal["code", "pca"], title: str) -> object:
    known = found.of(space).information
    names = [factor_name(factor) for factor in found.factors]
    hover = np.array(
        [
            [
                t(
                    "number {number} knows {percent}% of: {factor}",
                    number=row + 1,
                    percent=f"{100 * known[row, place]:.1f}",
                    factor=charts.text(name),
                )
                for place, name in enumerate(names)
            ]
            for row in range(len(known))
        ],
        dtype=object,
    )
    text = np.array([[f"{share:.2f}" for share in row] for row in known], dtype=object)
    return shares.figure(
        np.clip(known, 0, 1),
        text,
        hover,
        rows=[str(number + 1) for number in range(len(known))],
        columns=names,
        title=title,
        x=t("Factor"),
        y=t("Number of the code") if space == "code" else t("Component"),
    )
