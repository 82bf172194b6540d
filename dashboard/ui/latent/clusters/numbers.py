"""How many clusters are there? Other numbers of them, by what needs no classes: silhouette, and BIC of a mixture."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from aelab.clustering.mixture import BIC
from aelab.clustering.silhouette import SILHOUETTE
from aelab.studies.clustered import Clusters
from ui import charts, definitions
from ui.i18n import t


def show(found: Clusters) -> None:
    """Draw what was tried, and which number is best by it; how to try, where nothing was and no classes tell."""
    if not found.tried:
        if found.reason:
            st.caption(
                t("Not sure how many clusters there are? *Try up to*, under *More settings*, tries several numbers.")
            )
        return
    st.subheader(t("How many clusters?"), anchor=False)
    apart = max(found.tried, key=lambda each: each.silhouette)
    said = t(
        "Silhouette is highest with **{count}** clusters ({value}; higher is better).",
        count=apart.clusters,
        value=f"{apart.silhouette:.3f}",
    )
    criteria = {each.clusters: each.bic for each in found.tried if each.bic is not None}
    if criteria:
        best = min(criteria, key=criteria.__getitem__)
        said += " " + t(
            "BIC is lowest with **{count}** ({value}; lower is better).", count=best, value=f"{criteria[best]:.0f}"
        )
    st.markdown(said)
    st.caption(
        t(
            "Such a measure needs no classes, and helps where none are known; it does not know what you would call a "
            "group. Tried on N = {count} codes drawn by chance.",
            count=found.n_tried,
        )
    )
    silhouettes = {each.clusters: each.silhouette for each in found.tried}
    plots = [(silhouettes, definitions.heading(SILHOUETTE))] + (
        [(criteria, definitions.heading(BIC))] if criteria else []
    )
    for place, (column, (values, name)) in enumerate(zip(st.columns(len(plots)), plots, strict=True)):
        column.plotly_chart(
            _line(values, name),
            key=f"latent.clusters.tried.{place}",
            alt=t("{measure} by number of clusters", measure=name),
        )


def _line(values: dict[int, float], name: str) -> go.Figure:
    trace = {
        "type": "scatter",
        "x": list(values),
        "y": list(values.values()),
        "mode": "lines+markers",
        "line": {"color": charts.PALETTE[0]},
    }
    layout = {
        "title": {"text": t("{measure} by number of clusters", measure=name)},
        "height": 280,
        "margin": {"l": 10, "r": 10, "t": 48, "b": 10},
        "xaxis": {"title": {"text": t("Clusters")}, "dtick": max(1, len(values) // 8)},
        "yaxis": {"title": {"text": name}},
    }
    return go.Figure([trace], layout)
