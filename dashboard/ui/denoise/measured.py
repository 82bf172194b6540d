"""On the test images: what restoring gains, for the eye, in numbers, and beside classical filters."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.noise.corruption import Corruption
from aelab.runs import Run
from aelab.studies import denoising
from aelab.studies.denoising import Config
from ui import caches, definitions, mosaic, tables
from ui.denoise import effect, filters, severity
from ui.denoise.gain import gain_sentence
from ui.denoise.limit import pick_limit
from ui.denoise.words import told
from ui.i18n import t


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the choice of a noise, and what the run makes of the test images that it corrupts."""
    with controls:
        corruption = severity.choose_corruption()
        limit = pick_limit(caches.images_of(run), "denoise.limit")
        say_trained_on(run)
    with main:
        _show(run, corruption, Config(noise=str(corruption), limit=limit))


def say_trained_on(run: Run) -> None:
    """Say of a run that it was trained on no noise; what another one was trained on stands below its picker."""
    if run.corruption is None:
        st.info(
            t("This run was not trained to denoise; whether it removes some noise all the same is measured here."),
            icon=":material/info:",
        )


def _show(run: Run, corruption: Corruption, config: Config) -> None:
    with st.spinner(t("Measuring on the test images…")):
        found = caches.denoised(run, config)
    st.markdown(gain_sentence(found))
    shown = caches.denoised_example(run, config)
    mosaic.show(
        np.concatenate([shown.clean, shown.noisy, shown.restored]),
        len(shown.clean),
        alt=t("Three rows of test images: clean, noisy, restored"),
        caption=t(
            "Rows from the top: clean, noisy ({noise}), restored. The same test images at every severity.",
            noise=told(corruption),
        ),
    )
    table = denoising.table(found)
    st.dataframe(
        tables.shown(table),
        hide_index=True,
        column_config=tables.denoising_columns(),
        alt=t("PSNR and SSIM of noisy and restored images"),
    )
    tables.offer_csv(table, f"denoise-{run.id}.csv")
    effect.offer(caches.images_of(run), corruption, config.limit)
    filters.offer(run, corruption)
    definitions.define(("psnr", "ssim", "ssim_uniform"), corruption)
