"""What a noise does to the pixels: histograms before and after, and pictures at every severity."""

from __future__ import annotations

import numpy as np
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.metrics import metrics
from aelab.noise import noises
from aelab.noise.corruption import Corruption
from aelab.noise.spec import NoiseSpec
from aelab.pixels import Images, to_unit
from aelab.studies import noise_effect
from aelab.studies.noise_effect import SPEC, Config, Effect, at_severities
from ui import charts, mosaic, tables
from ui.definitions import heading
from ui.denoise.words import told
from ui.folding import folded
from ui.i18n import t
from ui.numbers import percent

_ENTRIES = 64
_ALL = "denoise.effect.all"


def offer(data: Dataset, corruption: Corruption, limit: int) -> None:
    """Offer to see what a corruption does to test images of a dataset, as many as the page measures; 0 is all."""
    folded(
        "denoise.effect",
        t("What this noise does to the pixels"),
        ":material/grain:",
        lambda: _show(data, corruption, limit),
    )


def _show(data: Dataset, corruption: Corruption, limit: int) -> None:
    st.caption(t(SPEC.question))
    found = _measured(data.name, data.checksum, Config(noise=str(corruption), limit=limit), data)
    st.markdown(_summary(found))
    _show_histograms(found)
    everything = st.toggle(t("Show all noises at their five severities"), key=_ALL, persist_state="session")
    shown = list(noises) if everything else [noises[name] for name in dict.fromkeys(_names(corruption))]
    _show_severities(to_unit(data.take(data.indices("test")[:1])), shown)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _measured(name: str, checksum: str, config: Config, _dataset: Dataset) -> Effect:
    return noise_effect.run(_dataset, config)


def _names(corruption: Corruption) -> list[str]:
    return [part.noise for part in corruption.parts]


def _summary(found: Effect) -> str:
    """Say in a sentence or two how many pixels are touched, and how much is left."""
    touched = t(
        "{noise} touches **{share}** of the pixels: moves them by more than half of one of 256 levels of grey, over "
        "N = {count} test images.",
        noise=told(found.corruption),
        share=percent(found.touched),
        count=found.n,
    )
    if found.measures["psnr"].n == 0:
        return f"{touched} {t('Not one image is changed: their PSNR is infinite.')}"
    left = t(
        "Noisy images have {measures} (means ± half of the 95% interval).",
        measures=", ".join(
            f"{heading(metrics[name])} {tables.with_half(each.mean, each.high, name)}"
            for name, each in found.measures.items()
        ),
    )
    if not found.measures["psnr"].infinite:
        return f"{touched} {left}"
    unchanged = t("PSNR leaves out unchanged images: {count}.", count=found.measures["psnr"].infinite)
    return f"{touched} {left} {unchanged}"


def _show_histograms(found: Effect) -> None:
    values, change = st.columns(2)
    share = t("Share of values (log scale)")
    values.plotly_chart(
        charts.pixel_histogram(
            found.edges,
            np.stack([found.clean, found.noisy]),
            [t("Clean image"), t("Noisy")],
            title=t("Pixel values, N = {count}", count=found.n),
            x=t("Pixel value (0 black, 1 white)"),
            y=share,
        ),
        key="denoise.effect.values",
        alt=t("Histograms of the pixel values of clean and noisy test images"),
    )
    change.plotly_chart(
        charts.pixel_histogram(
            found.change_edges,
            found.change[None],
            [t("Change")],
            title=t("How far they move, N = {count}", count=found.n),
            x=t("Noisy minus clean (0 = not moved)"),
            y=share,
        ),
        key="denoise.effect.change",
        alt=t("Histogram of noisy minus clean pixel values"),
    )


def _show_severities(image: Images, shown: list[NoiseSpec]) -> None:
    for noise in shown:
        name, row = st.columns([1, 4], vertical_alignment="center")
        name.markdown(f"**{t(noise.label)}**")
        name.caption(t(noise.level_label))
        with row:
            mosaic.show(
                at_severities(image, noise),
                6,
                alt=t("One test image, clean and with {noise} of severities 1 to 5", noise=t(noise.label)),
                caption=t(
                    "Clean, then severities 1 to 5: {levels}",
                    levels=", ".join(f"{level:g}" for level in noise.severities),
                ),
            )
