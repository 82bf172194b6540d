"""One image of a dataset: where it is from, what was done to it, what is like it, what a run makes of it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from aelab import runs
from aelab.datasets.split import SPLIT_NAMES
from aelab.datasets.store import Dataset
from aelab.metrics import metrics
from aelab.pixels import to_unit
from aelab.runs import Run
from ui import caches, mosaic
from ui.i18n import plain, say, t
from ui.labels import PARTS, class_name

_NEIGHBOURS = 10


def show(data: Dataset, index: int) -> None:
    """Draw everything there is to say of one image."""
    name = data.name_of(index)
    st.subheader(plain(name), anchor=False)
    image, story = st.columns([1, 2])
    with image:
        mosaic.show_one(data.take([index])[0], alt=t("The image {name}", name=name))
    with story:
        _tell(data, index)
    _show_neighbours(data, index)
    _show_reconstruction(data, index)


def _tell(data: Dataset, index: int) -> None:
    original = int(data.kept[index])
    height, width = data.originals.sizes[original].tolist()
    label = int(data.labels[index])
    st.markdown(
        t(
            "Class **{label}**, part **{part}**. It came with {width} × {height} pixels.",
            label=plain(class_name(data, data.class_names[label] if label >= 0 else "")),
            part=t(PARTS[SPLIT_NAMES[data.split[index]]]),
            width=width,
            height=height,
        )
    )
    for note in data.originals.history(original):
        st.markdown(f"- {say(note)}")
    credit = data.originals.credit(original)
    for title, text in ((t("From"), credit.address), (t("Licence"), credit.licence), (t("Author"), credit.author)):
        if text:
            st.caption(f"{title}: {_copyable(text)}")


def _copyable(text: str) -> str:
    """Return an address as code, which is no link and can be copied as it is; other text as text."""
    return f"`{text}`" if "://" in text and "`" not in text and text.isprintable() else plain(text)


def _show_neighbours(data: Dataset, index: int) -> None:
    found = caches.neighbours(data, index, _NEIGHBOURS)
    if not len(found.indices):
        return
    mosaic.show(
        data.take(found.indices),
        _NEIGHBOURS,
        alt=t("The most similar images, pixel by pixel"),
        caption=t(
            "The {count} most similar of {all} images, pixel by pixel; root mean square differences {low} to {high} "
            "(0 is identical, 1 the most there can be)",
            count=len(found.indices),
            all=data.counts["all"],
            low=f"{found.distances[0]:.3f}",
            high=f"{found.distances[-1]:.3f}",
        ),
    )


def _show_reconstruction(data: Dataset, index: int) -> None:
    trained = [run for run in runs.done() if run.dataset_checksum == data.checksum and run.reconstructs]
    if not trained:
        st.caption(t("When a run has been trained on this dataset, this shows what it makes of the image."))
        return
    by_id: dict[str, Run] = {run.id: run for run in trained}
    run = by_id[st.selectbox(t("What a run makes of it"), list(by_id), key=f"picture.run.{data.name}")]
    given = to_unit(data.take([index]))
    made = caches.networks(run).reconstruct(given, data.labels[[index]])
    measure = metrics["mse"].per_image
    assert measure is not None
    mosaic.show(
        np.concatenate([given, made]),
        2,
        alt=t("The image and its reconstruction"),
        caption=t(
            "The image, and what {run} makes of it: squared error {error} (lower is better; this one image)",
            run=plain(run.id),
            error=f"{float(measure(given, made, data_range=1.0)[0]):.5f}",
        ),
    )
