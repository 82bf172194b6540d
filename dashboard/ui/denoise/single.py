"""One image at a time: what a noise does to it, and what the run and filters make of that, at every severity."""

from __future__ import annotations

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.filters.tuning import Tuned
from aelab.noise.corruption import Corruption
from aelab.runs import Run
from aelab.studies import one_image
from aelab.studies.one_image import OneImage
from ui import caches, definitions, told
from ui.denoise import beside, chosen, measured, methods, severity
from ui.denoise.beside import Parts, decibels, name_of
from ui.denoise.chosen import Chosen
from ui.guards import guarded
from ui.i18n import t

_ENTRIES = 128  # severities that somebody has been at


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the choice of an image, and what becomes of it."""
    with controls:
        image = chosen.choose(caches.images_of(run))
        measured.say_trained_on(run)
    with main:
        if image is None:
            st.info(t("Upload, take or draw a picture: it is then made noisy and restored."), icon=":material/info:")
        else:
            _panel(run, image)


@st.fragment  # a slider that redraws the rest of the page too takes several times as long
def _panel(run: Run, image: Chosen) -> None:
    """Draw the noise with its slider, and the pictures."""
    with guarded():
        data = caches.images_of(run)
        left, right = st.columns(2, gap="medium")
        with left:
            corruption = severity.choose_corruption()
        with right:
            said = st.container()
            names = methods.pick("single.filters")
            differences = st.toggle(
                t("Maps of the differences"), value=True, key="single.differences", persist_state="session"
            )
        found = _restored(run, image, corruption, methods.ready(data, names, corruption))
        said.markdown(_verdict(found))
        with right:
            crop = beside.pick_crop(found)
        beside.show(found, Parts(crop, differences))
        st.caption(_explained(found, crop.side, differences=differences))
        if not image.is_test:
            told.say_found([run], found.noisy.image)
        definitions.define(("psnr", "ssim"), corruption)
        methods.prepare(data, names, corruption)


def _restored(run: Run, image: Chosen, corruption: Corruption, tuned: list[Tuned]) -> OneImage:
    asked = tuple((each.name, *each.settings.items()) for each in tuned)
    return _kept(run.id, run.created, image.key, str(corruption), asked, run, image, corruption, tuned)


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _kept(
    run_id: str,
    created: str,
    image_key: str,
    asked: str,
    filters: tuple[object, ...],
    _run: Run,
    _image: Chosen,
    _corruption: Corruption,
    _tuned: list[Tuned],
) -> OneImage:
    return one_image.run(caches.networks(_run), _image.image, _corruption, _tuned, _image.labels)


def _verdict(found: OneImage) -> str:
    """Say which method comes closest on this image, and whether the run does any good."""
    noisy, run, best = found.noisy, found.of_run, found.best
    if math.isinf(noisy.psnr):
        return t("The noise changes nothing in this image: whatever a method changes, it spoils.")
    if not best.psnr > noisy.psnr:
        return t(
            "**Nothing restores this image**: the noisy one, with {noisy}, is closer to the clean one than what any "
            "method makes of it (PSNR, higher is better; one image).",
            noisy=decibels(noisy.psnr),
        )
    said = t(
        "**{best}** comes closest to this clean image: {psnr}, where the noisy one has {noisy} (PSNR, higher is "
        "better; one image).",
        best=name_of(best),
        psnr=decibels(best.psnr),
        noisy=decibels(noisy.psnr),
    )
    if best is run:
        return said
    return f"{said} {t('The run reaches {psnr}.', psnr=decibels(run.psnr))}"


def _explained(found: OneImage, side: int, *, differences: bool) -> str:
    """Say what each row of pictures is, and how the numbers are made."""
    parts = []
    if differences:
        parts.append(
            t(
                "The coloured maps: |picture − clean|, averaged over the channels, all on one scale from 0 to {high}.",
                high=f"{found.largest_difference:.2f}",
            )
        )
    parts.append(t("Below them: the framed {side} × {side} pixels, enlarged without smoothing.", side=side))
    parts.append(
        t(
            "PSNR is of intensities from 0 to 1, clipped; SSIM has Gaussian windows of 11 × 11 pixels (sigma 1.5). "
            "Higher is better in both. The best PSNR is underlined."
        )
    )
    return " ".join(parts)
