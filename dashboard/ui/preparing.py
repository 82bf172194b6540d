"""How pictures enter the network: before and after, side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from aelab.datasets.prepare import Pixels, Prepare, enlarged_share, prepared
from aelab.datasets.store import Dataset
from ui import mosaic
from ui.address import asked_at_first
from ui.i18n import t
from ui.pickers import DATASET_KEY

_EXAMPLES = 8
_TILE = 128
_GROUND = 225  # a light grey around pictures that are no squares
_MOST_ENLARGED = 0.5


def asked_of(data: Dataset) -> Mapping[str, str]:
    """Return what the address asked for when the page was first shown, if it was about this dataset."""
    asked = asked_at_first("prepare")
    return asked if asked.get(DATASET_KEY, data.name) == data.name else {}


def examples(data: Dataset) -> dict[int, tuple[str, ...]]:
    """Return some images that are prepared most differently, each with what it is the most of, then some by chance."""
    sizes = data.originals.sizes[data.kept].astype(np.float64)
    area, proportion = sizes.prod(axis=1), sizes[:, 1] / np.maximum(sizes[:, 0], 1)
    found: dict[int, tuple[str, ...]] = {}
    for values, least, most in (
        (area, t("the smallest"), t("the largest")),
        (proportion, t("the tallest"), t("the widest")),
    ):
        if values.min() < values.max():  # else none of them is
            for index, what in ((int(values.argmin()), least), (int(values.argmax()), most)):
                found[index] = (*found.get(index, ()), what)
    for index in np.random.default_rng(0).permutation(len(sizes))[:_EXAMPLES].tolist():
        found.setdefault(index, ())
    return dict(list(found.items())[:_EXAMPLES])


def show_examples(data: Dataset, prepare: Prepare) -> None:
    """Draw examples as they came and as they will be."""
    chosen = examples(data)
    originals = [data.originals.pixels(int(data.kept[index])) for index in chosen]
    extremes = [", ".join(what) for what in chosen.values() if what]
    mosaic.show(
        np.stack([framed(pixels, _TILE) for pixels in originals]),
        _EXAMPLES,
        alt=t("Some pictures as they came"),
        caption=t("As they came, from the left: {extremes}; others by chance", extremes="; ".join(extremes))
        if extremes
        else t("As they came, all of one size: some by chance"),
    )
    mosaic.show(
        np.stack([prepared(pixels, prepare) for pixels in originals]),
        _EXAMPLES,
        alt=t("The same pictures as the network gets them"),
        caption=t("As the network gets them: {height} × {width} pixels", height=prepare.height, width=prepare.width),
    )


def warn_of_enlarging(data: Dataset, prepare: Prepare) -> None:
    """Say how many pictures are smaller than what they are made to be."""
    sizes = data.originals.sizes[data.kept]
    share = enlarged_share(sizes, prepare)
    height, width = np.median(sizes, axis=0).astype(int).tolist()
    if share <= _MOST_ENLARGED:
        return
    st.warning(
        t(
            "{percent}% of the pictures would be enlarged (their median size is {width} × {height} px): what is "
            "between their pixels is made up. Choose a smaller size.",
            percent=round(100 * share),
            width=width,
            height=height,
        ),
        icon=":material/zoom_in:",
    )


def framed(pixels: Pixels, side: int) -> npt.NDArray[np.uint8]:
    """Return a whole picture, uint8 (h, w, c), in the middle of a square, uint8 (side, side, 3)."""
    picture = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).convert("RGBA")
    scale = min(side / picture.width, side / picture.height)
    size = (max(1, round(scale * picture.width)), max(1, round(scale * picture.height)))
    small = picture.resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", (side, side), (_GROUND, _GROUND, _GROUND, 255))
    canvas.alpha_composite(small, ((side - size[0]) // 2, (side - size[1]) // 2))
    return np.asarray(canvas.convert("RGB"))
