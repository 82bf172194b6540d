"""Which classes lie in which clusters: images counted by both, the clusters in the order of their classes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.studies.clustered import Clusters
from ui import charts
from ui.i18n import t
from ui.labels import class_names
from ui.latent import shares


def show(data: Dataset, found: Clusters) -> None:
    """Draw the heat map: colours are shares of each class, the numbers are images."""
    names = class_names(data)
    totals = found.counts.sum(axis=1)
    rows = np.flatnonzero(totals)  # a class of which there is no image has no share of anything
    counts = found.counts[rows]
    of_class = counts / totals[rows, None]
    sizes = np.maximum(counts.sum(axis=0), 1)
    hover = np.array(
        [
            [
                t(
                    "{name} in cluster {cluster}: {count} images, {row}% of the class, {column}% of the cluster",
                    name=charts.text(names[code]),
                    cluster=cluster + 1,
                    count=int(counts[row, cluster]),
                    row=f"{100 * of_class[row, cluster]:.1f}",
                    column=f"{100 * counts[row, cluster] / sizes[cluster]:.1f}",
                )
                for cluster in range(found.clusters)
            ]
            for row, code in enumerate(rows)
        ],
        dtype=object,
    )
    st.plotly_chart(
        shares.figure(
            of_class,
            counts.astype(str),
            hover,
            rows=[names[code] for code in rows],
            columns=[str(cluster + 1) for cluster in range(found.clusters)],
            title=t("Classes in clusters of the codes, N = {count} images", count=int(counts.sum())),
            x=t("Cluster (in the order of the matched classes)"),
            y=t("Class"),
        ),
        key="latent.clusters.confusion",
        alt=t("Heat map of how many images of each class lie in each cluster"),
    )
    st.caption(t("Numbers are images; colours are shares of the class. What is right lies on the diagonal."))
