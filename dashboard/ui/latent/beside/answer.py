"""How far two runs find the same images alike: in sentences, and what each run is worth by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from aelab.runs import Run
from aelab.studies.agreement import Agreement, purity_by_chance
from aelab.studies.latent_map import LatentMap
from aelab.studies.map_quality import MEASURES
from ui.i18n import plain, t
from ui.numbers import percent

Indices = npt.NDArray[np.intp]


def agreement(found: Agreement, runs: Sequence[Run], maps: Sequence[LatentMap]) -> str:
    """Return how many neighbours the two codes share, beside chance, and whose neighbours are more of one class."""
    said = t(
        "Of an image's {neighbours} nearest neighbours in one code, **{overlap}** are among those in the other too, at "
        "the mean over N = {count} test images (95% interval {low} to {high}); neighbours drawn by lot would share "
        "{chance}. Higher is more alike, and says nothing of which is better.",
        neighbours=found.neighbours,
        overlap=percent(found.overlap.mean),
        count=found.overlap.n,
        low=percent(found.overlap.low),
        high=percent(found.overlap.high),
        chance=percent(found.chance),
    )
    one, other = (each.quality.purity_codes if each.quality else None for each in maps)
    if one is None or other is None:
        return said
    return f"{said} " + t(
        "Of the neighbours, **{one}** are of the image's class in {run} and **{other}** in {beside}; by chance, "
        "{chance}.",
        one=percent(one),
        other=percent(other),
        run=plain(runs[0].id),
        beside=plain(runs[1].id),
        chance=percent(purity_by_chance(maps[0].labels)),
    )


def of_selection(found: Agreement, mapped: Indices, chosen: Indices) -> str:
    """Return how many neighbours of the selected images the two codes share."""
    shared = found.shared[np.isin(mapped, chosen)]
    if not len(shared):
        return t("None of the selected images is on these maps, which show other test images.")
    return t(
        "Of the neighbours of the selected images, the two codes share {share} (N = {count} of them on the maps); of "
        "those of all images, {usual}.",
        share=percent(float(shared.mean())),
        count=len(shared),
        usual=percent(found.overlap.mean),
    )


def show_table(runs: Sequence[Run], maps: Sequence[LatentMap]) -> None:
    """Draw what each run's code and map are worth, side by side."""
    worths = [found.quality for found in maps]
    table = pd.DataFrame(
        {
            "run": [run.id for run in runs],
            "purity": [None if each is None else each.purity_codes for each in worths],
            "trust": [None if each is None else each.trustworthiness for each in worths],
            "n": [len(found.indices) for found in maps],
            "latent": [found.codes.shape[1] for found in maps],
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "run": t("Run"),
            "latent": number(t("Latent dimension"), format="%d"),
            "purity": number(t("Purity ↑"), format="%.3f", help=t("Of the neighbours in the code.")),
            "trust": number(t("Trustworthiness ↑"), format="%.3f", help=t("Of the map.")),
            "n": number("N", format="%d"),
        },
        alt=t("What the code and the map of each run are worth"),
    )


def define() -> None:
    """Draw a button that opens the definitions."""
    with st.popover(t("What do these numbers mean?"), icon=":material/help:"):
        st.markdown(f"**{t('Shared neighbours')}**")
        st.markdown(
            t(
                "The share of an image's k nearest neighbours in one code that are among its k nearest in the other, "
                "by Euclidean distance among the test images on the maps; k is 10. By chance it is k / (N - 1)."
            )
        )
        st.latex(r"\frac{1}{N} \sum_i \frac{\left|N_k^{A}(i) \cap N_k^{B}(i)\right|}{k}")
        for name in ("purity", "trustworthiness"):
            measure = MEASURES[name]
            st.markdown(f"**{t(measure.label)}** · {t('higher is better')}")
            st.markdown(t(measure.definition))
            st.latex(measure.equation)
            st.caption(measure.source)
