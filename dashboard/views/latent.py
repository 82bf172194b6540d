"""Which images does a run take to be alike, and what lies between them?"""

import streamlit as st

from aelab.jobs import folder
from aelab.studies import decoding, latent_map
from aelab.studies.latent_map import Config
from aelab.tasks import latent_map as latent_map_task
from ui import caches, decode, latent, probe, visitor
from ui.forms import config_form
from ui.guards import empty
from ui.i18n import t
from ui.pickers import pick_run
from ui.waiting import wait_for

st.title(t("Latent"))
question = st.empty()
controls, main = st.columns([1, 3], gap="large")

with controls:
    run = pick_run(lambda run: run.decodes)
if not run.decodes:
    with main:
        empty(
            t(
                "This run has no code: it restores images, and there is neither a map of them nor anything to decode. "
                "Choose another run, or see what it restores on the Denoise page."
            )
        )
with controls:
    networks = caches.networks(run)
    view = latent.pick_view() if networks.encodes else "decode"

question.caption(t((latent_map if view == "map" else decoding).SPEC.question))
if view == "decode":
    decode.show(run, networks, controls, main)
    st.stop()

with controls:
    method = st.segmented_control(
        t("Projection"),
        ["pca", "tsne"],
        default="pca",
        required=True,
        key="latent.method",
        format_func={"pca": "PCA", "tsne": "t-SNE"}.__getitem__,
        persist_state="session",
        help=t(Config.knob("method").help),
    )
    dimensions = st.segmented_control(
        t("Dimensions"),
        [2, 3] if networks.latent_dim > 2 else [2],
        default=2,
        required=True,
        key="latent.dimensions",
        persist_state="session",
    )
    only_tsne = () if method == "tsne" else ("perplexity", "iterations")
    values = config_form(Config, "latent", without=("method", "dimensions", *only_tsne))
    config = Config.parse({"method": method, "dimensions": dimensions, **values})

with main:
    if caches.images_of(run).counts["test"] < 3:
        empty(t("A map needs at least three test images; this dataset has fewer."))
    if method == "pca":
        found = caches.pca_map(run, config)
    else:
        job = folder.find(latent_map_task.job_id(run, config)) or latent_map_task.submit(
            run.id, config, owner=visitor.owner()
        )
        wait_for(job, t("t-SNE of the codes"))
        found = caches.finished_map(job)
    latent.show_map(run, networks, found, config)
    probe.offer_to_place(run)
