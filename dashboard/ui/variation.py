"""How the training images vary: mean, spread, eigenimages."""

from __future__ import annotations

import numpy as np
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.studies.eigenimages import as_pictures
from ui import caches, mosaic
from ui.i18n import t


def show(data: Dataset) -> None:
    """Draw the mean image, the standard deviation of each pixel, and the first principal components."""
    found = caches.eigenimages(data)
    mean, components = st.columns([1, 3])
    with mean:
        mosaic.show(
            np.stack([found.mean, found.deviation / max(float(found.deviation.max()), 1e-6)]),
            2,
            alt=t("Mean image and standard deviation of each pixel"),
            caption=t(
                "Mean, and standard deviation of each pixel (white is {most}), over N = {count} training images",
                most=f"{found.deviation.max():.2f}",
                count=found.n,
            ),
        )
    with components:
        mosaic.show(
            as_pictures(found.components),
            10,
            alt=t("The first principal components, drawn as images"),
            caption=t(
                "Eigenimages: the directions in which the images vary most; grey is no change. They explain {shares} % "
                "of the variance.",
                shares=", ".join(f"{100 * share:.1f}" for share in found.explained),
            ),
        )
