"""How much of a noise does a run take away?"""

import numpy as np
import streamlit as st

from aelab.models import models
from aelab.noise import noises
from aelab.studies.denoising import SPEC, Config
from ui import baselines, caches, definitions, mosaic, probe, severity, tables
from ui.denoising import gain_sentence
from ui.guards import empty
from ui.i18n import t
from ui.pickers import pick_run

_EVERY = 1000  # test images measured at first: a second's work

st.title(t("Denoise"))
st.caption(t(SPEC.question))
controls, main = st.columns([1, 3], gap="large")

with controls:
    run = pick_run(lambda run: run.model in models and models[run.model].denoises)
if not run.reconstructs:
    with main:
        empty(
            t(
                "This run has no encoder: it draws images, and can restore none. Choose another run, or train a "
                "denoising autoencoder on the Train page."
            )
        )

with controls:
    noise = noises[
        st.selectbox(
            t("Noise"),
            noises.names(),
            format_func=lambda name: t(noises[name].label),
            key="noise",
            persist_state="session",
        )
    ]
    st.caption(t(noise.summary))
    level = severity.choose(noise)
    data = caches.images_of(run)
    limit = 0
    if data.counts["test"] > _EVERY:
        limit = st.segmented_control(
            t("Test images measured"),
            [_EVERY, 0],
            default=_EVERY,
            required=True,
            key="denoise.limit",
            format_func=lambda count: str(count) if count else t("all {count}", count=data.counts["test"]),
        )
    if models[run.model].denoises and run.settings["noise"] in noises:
        st.caption(
            t(
                "It was trained on {noise}, level {level}.",
                noise=t(noises[run.settings["noise"]].label),
                level=f"{run.settings['noise_level']:g}",
            )
        )
    else:
        st.info(
            t("This run was not trained to denoise; whether it removes some noise all the same is measured here."),
            icon=":material/info:",
        )

with main:
    config = Config(noise=noise.name, level=level, limit=limit)
    with st.spinner(t("Measuring on the test images…")):
        found = caches.denoised(run, config)
    st.markdown(gain_sentence(found))
    shown = caches.denoised_example(run, config)
    mosaic.show(
        np.concatenate([shown.clean, shown.noisy, shown.restored]),
        len(shown.clean),
        alt=t("Three rows of test images: clean, noisy, restored"),
        caption=t("Rows from the top: clean, noisy, restored. The same test images at every severity."),
    )
    probe.offer_to_restore(run, noise, level)
    baselines.offer(run, noise, level)
    st.subheader(t("By noise"))
    with st.spinner(t("Measuring on the test images…")):
        results = [
            found
            if spec.name == noise.name
            else caches.denoised(run, Config(noise=spec.name, level=spec.default, limit=limit))
            for spec in noises
        ]
    table = tables.denoising(results)
    st.dataframe(
        tables.shown(table),
        hide_index=True,
        column_config=tables.denoising_columns(),
        alt=t("PSNR and SSIM of noisy and restored images by noise"),
    )
    st.caption(t("The chosen noise at the chosen severity, the others at their usual one."))
    tables.offer_csv(table, f"denoise-{run.id}.csv")
    definitions.define(("psnr", "ssim"), noise)
