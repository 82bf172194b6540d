"""A dataset as a whole: its mean images, how they vary, its classes, its pixel values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from aelab.datasets.split import SPLIT_NAMES
from aelab.datasets.store import Dataset
from aelab.studies import eigenimages
from ui import caches, charts, mosaic
from ui.i18n import plain, t
from ui.labels import PARTS, class_name

_COLUMNS = 10


def show_means(data: Dataset) -> None:
    """Draw the mean image of each class."""
    found = caches.dataset_overview(data)
    if not data.class_names:
        st.subheader(t("Mean image"))
        mosaic.show(found.mean_images, 1, alt=t("Mean image"), caption=t("Over the training images"))
        return
    st.subheader(t("Mean image of each class"))
    mosaic.show(
        found.mean_images,
        min(len(found.mean_classes), _COLUMNS),
        alt=t("Mean image of each class, in the order of the list below"),
        caption=t(
            "Over the training images, in this order: {names}",
            names=plain(", ".join(class_name(data, name) for name in found.mean_classes)),
        ),
    )


def show_variation(data: Dataset) -> None:
    """Draw the mean, the spread of each pixel, and the first principal components as images."""
    found = caches.eigenimages(data)
    if not len(found.components):
        return  # one training image, or the same one again and again
    st.subheader(t(eigenimages.SPEC.label))
    st.caption(t(eigenimages.SPEC.question))
    most = float(found.deviation.max())
    mosaic.show(
        np.concatenate(
            [found.mean[None], found.deviation[None] / max(most, 1e-6), eigenimages.as_pictures(found.components)]
        ),
        len(found.components) + 2,
        alt=t("Mean image, standard deviation of each pixel, and the first principal components"),
        caption=t(
            "From the left, over N = {count} training images: their mean; the standard deviation of each pixel (white "
            "is {most}); the directions in which they vary most, grey being no change. These explain {shares}% of the "
            "variance.",
            count=found.n,
            most=f"{most:.2f}",
            shares=", ".join(f"{100 * share:.1f}" for share in found.explained),
        ),
    )


def show_statistics(data: Dataset) -> None:
    """Draw a table of what is usual in each class, over all its images."""
    table = pd.DataFrame(
        {
            "class": data.labels,
            "mean_brightness": caches.figures(data, "brightness"),
            "mean_distance": caches.figures(data, "distance"),
            "mean_side": np.sqrt(caches.figures(data, "size")),
        }
    )
    grouped = table.groupby("class")
    rows = grouped.mean().assign(spread=grouped["mean_brightness"].std(), n=grouped.size()).reset_index()
    names = [class_name(data, data.class_names[code] if code >= 0 else "") for code in rows["class"]]
    st.dataframe(
        rows.assign(**{"class": names}),
        hide_index=True,
        alt=t("What is usual in each class"),
        column_config={
            "class": st.column_config.TextColumn(t("Class"), width="medium"),
            "n": st.column_config.NumberColumn("N", format="%d"),
            "mean_brightness": _column(t("Brightness"), t("Mean brightness (0 to 1)"), "%.3f"),
            "spread": _column(t("± SD"), t("Standard deviation of the brightness"), "%.3f"),
            "mean_distance": _column(t("Distance"), t("Mean distance from the class mean"), "%.3f"),
            "mean_side": _column(t("Side (px)"), t("Mean original side (px)"), "%.0f"),
        },
        column_order=["class", "n", "mean_brightness", "spread", "mean_distance", "mean_side"],
    )


def _column(label: str, meaning: str, form: str) -> Any:
    """Return a column of figures whose head is short enough for all to be seen."""
    return st.column_config.NumberColumn(label, help=meaning, format=form)


def show_balance(data: Dataset) -> None:
    """Draw how many images each class has, and in which part of the split."""
    balance = caches.dataset_overview(data).balance
    st.plotly_chart(
        charts.balance(
            balance.assign(**{"class": [class_name(data, name) for name in balance["class"]]}),
            {part: t(PARTS[part]) for part in SPLIT_NAMES},
            title=t("Images of each class (N = {count})", count=data.counts["all"]),
            x=t("Class"),
            y=t("Images"),
        ),
        alt=t("Bars: images of each class, stacked by part of the split"),
    )


def show_pixels(data: Dataset) -> None:
    """Draw how often each pixel value occurs."""
    found = caches.dataset_overview(data)
    grey = data.shape[2] == 1
    st.plotly_chart(
        charts.pixel_histogram(
            found.edges,
            found.histogram,
            [t("Grey")] if grey else [t("Red"), t("Green"), t("Blue")],
            title=t("Pixel values of the training images (N = {count})", count=data.counts["train"]),
            x=t("Pixel value (0 black, 1 white)") if grey else t("Value of the colour (0 none, 1 full)"),
            y=t("Share of pixels (log scale)"),
        ),
        alt=t("Histogram of pixel values"),
    )
