"""Ways on for what is selected on a map: a table, a zip, or a dataset of these images, or of all the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab.datasets import recipe as recipes
from aelab.datasets.recipe import Recipe
from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.reports import selection as report
from aelab.reports.csv import to_csv
from ui import making
from ui.i18n import t

Indices = npt.NDArray[np.intp]

_WAY = "latent.selected.way"


def offer(networks: Inference, data: Dataset, chosen: Indices) -> None:
    """Draw the ways."""
    with st.expander(t("Take them away, or make a dataset"), icon=":material/ios_share:"):
        _offer_files(networks, data, chosen)
        _offer_dataset(data, chosen)


def _offer_files(networks: Inference, data: Dataset, chosen: Indices) -> None:
    row = st.container(horizontal=True)
    stem = f"selection-{networks.run_id}"
    row.download_button(
        t("Download selection as CSV"),
        lambda: to_csv(report.table(networks, data, chosen)).encode("utf-8-sig"),
        f"{stem}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="latent.selected.csv",
        help=t("Number, name, class, part and squared error of each selected image."),
    )
    too_many = len(chosen) > report.MOST_IN_A_ZIP
    row.download_button(
        t("Download selection as ZIP"),
        lambda: report.zipped(networks, data, chosen),
        f"{stem}.zip",
        "application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        disabled=too_many,
        key="latent.selected.zip",
        help=t("A zip takes {most} images at most; make a dataset of more.", most=report.MOST_IN_A_ZIP)
        if too_many
        else t("The images, their reconstructions and the table."),
    )


def _offer_dataset(data: Dataset, chosen: Indices) -> None:
    ways = {"these": t("Of these images"), "others": t("Of all the others")}
    way: str = st.segmented_control(
        t("Make a dataset"), list(ways), default="these", required=True, format_func=ways.__getitem__, key=_WAY
    )
    rest = np.setdiff1d(data.indices(), chosen)
    lacking = "" if way == "these" or len(rest) else t("Every image is selected: there are no others.")
    making.offer(
        data,
        _recipe(data, chosen, way),
        suffix="selected" if way == "these" else "without",
        label=t("Make it: images {count}", count=len(chosen) if way == "these" else len(rest)),
        lacking=lacking,
        then="train",
        elsewhere=True,
    )


def _recipe(data: Dataset, chosen: Indices, way: str) -> Recipe:
    """Return what makes the dataset: the same pictures, prepared alike, and split anew.

    The split that images came with may put all that are selected on one side.
    """
    decided = recipes.decide(data.originals, data.kept[chosen])
    recipe = data.recipe.with_only(*decided) if way == "these" else data.recipe.with_drop(*decided)
    return recipe.with_split(replace(recipe.split, given="ignore")) if way == "these" else recipe
