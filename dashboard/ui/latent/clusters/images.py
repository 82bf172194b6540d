"""What lies in each cluster: its most central images, and those that nearly belong to another one."""

from __future__ import annotations

import numpy as np
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.pixels import to_unit
from aelab.runs import Run
from aelab.studies import clustered
from aelab.studies.clustered import Clusters
from ui import mosaic, tables
from ui.i18n import plain, t
from ui.labels import class_names
from ui.latent import selection

_A_PAGE = 10
_SHOWN = 10  # images of a row


def show(run: Run, data: Dataset, found: Clusters) -> None:
    """Draw the clusters, ten at a time."""
    st.subheader(t("What lies in the clusters"), anchor=False)
    st.caption(
        t(
            "Upper row: the images nearest to the middle of the cluster. Lower row: the most doubtful ones, which "
            "nearly belong to another cluster, the most doubtful first."
        )
    )
    pages = -(-found.clusters // _A_PAGE)
    page = st.pagination(pages, key=f"latent.clusters.page.{found.clusters}") if pages > 1 else 1
    for cluster in range((page - 1) * _A_PAGE, min(page * _A_PAGE, found.clusters)):
        _show_one(data, found, cluster)
    tables.offer_csv(
        clustered.members(found, data.labels, data.class_names),
        f"cluster-of-each-image-{run.id}.csv",
        t("Download the clusters as CSV"),
    )


def _show_one(data: Dataset, found: Clusters, cluster: int) -> None:
    inside = found.indices[found.labels == cluster]
    name, picture = st.columns([1, 3], vertical_alignment="center")
    with name:
        st.markdown(_told(data, found, cluster))
        st.button(
            t("Select them"),
            icon=":material/select_all:",
            disabled=not len(inside),
            on_click=selection.select,
            args=(data, inside),
            key=f"latent.clusters.select.{cluster}",
            help=t("They are then selected on the map too."),
        )
    if not len(inside):
        return
    central, doubtful = (rows[cluster][:_SHOWN] for rows in (found.central, found.doubtful))
    with picture:
        mosaic.show(
            to_unit(data.take(np.array([*central, *doubtful]))),
            len(central),
            alt=t("Cluster {cluster}: central images above, doubtful ones below", cluster=cluster + 1),
        )


def _told(data: Dataset, found: Clusters, cluster: int) -> str:
    """Say how large a cluster is, which class it is matched with, and which is most frequent in it."""
    names = class_names(data)
    size = t("images: {count}", count=int(found.sizes[cluster]))
    said = [f"**{t('Cluster {number}', number=cluster + 1)}** · {size}"]
    if found.reason:
        return said[0]
    matched = found.matched[cluster]
    said.append(t("matched with {name}", name=plain(names[matched])) if matched >= 0 else t("matched with no class"))
    column = found.counts[:, cluster]
    if column.any():
        most = int(matched if matched >= 0 and column[matched] == column.max() else column.argmax())
        share = f"{100 * column[most] / column.sum():.0f}"
        said.append(t("most frequent: {name} ({percent}%)", name=plain(names[most]), percent=share))
    return "  \n".join(said)
