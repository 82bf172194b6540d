"""A clean image, the noisy one and the restored ones side by side, each with its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from aelab.filters import filters
from aelab.metrics import metrics
from aelab.pixels import Images
from aelab.studies.baselines import RUN
from aelab.studies.one_image import NOISY, OneImage, Plane, Result, most_different
from ui import figures
from ui.figures import Figure, Shown
from ui.i18n import t

_ARROW = {"higher": "↑", "lower": "↓"}
_SMALLEST_CROP = 8  # pixels


@dataclass(frozen=True)
class Crop:
    """A square part of an image, in pixels."""

    top: int
    left: int
    side: int

    def of(self, image: Images) -> Images:
        """Cut it out of one image (H, W, C)."""
        return image[self.top : self.top + self.side, self.left : self.left + self.side]


@dataclass(frozen=True)
class Parts:
    """What is drawn of each image below its numbers.

    Attributes
    ----------
    crop : Crop or None
        What is enlarged.
    differences : bool
        Whether there are maps of the differences.
    """

    crop: Crop | None
    differences: bool


def show(found: OneImage, parts: Parts) -> None:
    """Draw the pictures with their numbers; below them the differences, and the part that is enlarged."""
    none = np.zeros(found.clean.shape[1:3], np.float32)
    drawn = [_figure(t("Clean image"), found.clean[0], none, found, parts, (t("the original"),))]
    for each in found.results:
        best = each is found.best and each.psnr > found.noisy.psnr
        drawn.append(_figure(name_of(each), each.image[0], each.difference, found, parts, _numbers(each), marked=best))
    st.html(figures.markup(drawn) + (_scale(found.largest_difference) if parts.differences else ""))


def _figure(
    name: str,
    image: Images,
    difference: Plane,
    found: OneImage,
    parts: Parts,
    lines: Sequence[str],
    *,
    marked: bool = False,
) -> Figure:
    """Return one column: an image (H, W, C), its differences (H, W), and its enlarged part."""
    crop, (height, width) = parts.crop, difference.shape
    box = None
    if crop is not None:
        box = crop.left / width, crop.top / height, crop.side / width, crop.side / height
    shown = [Shown(image, name, box)]
    if parts.differences:
        colours = figures.coloured(difference, found.largest_difference)
        shown.append(Shown(colours, t("{name}: where it differs from the clean image", name=name)))
    if crop is not None:
        shown.append(Shown(crop.of(image), t("{name}: the framed part, enlarged", name=name), crisp=True))
    return Figure(name, shown, lines, marked)


def _numbers(result: Result) -> tuple[str, ...]:
    """Return the lines below an image: each measure with its unit and the direction of better values."""
    psnr, ssim = metrics["psnr"], metrics["ssim"]
    return (
        f"{t(psnr.symbol)} {_ARROW[psnr.direction]} {decibels(result.psnr)}",
        f"{t(ssim.symbol)} {_ARROW[ssim.direction]} {result.ssim:.3f}",
    )


def _scale(highest: float) -> str:
    """Return the bar of colours for all maps of differences."""
    alt = t("Scale of the differences, from 0 to {high}", high=f"{highest:.2f}")
    return figures.scale("0", t("{high} of 1, black to white", high=f"{highest:.2f}"), alt)


def pick_crop(found: OneImage) -> Crop:
    """Draw the choice of a place and return it: where the run errs most, or anywhere by hand."""
    height, width = found.clean.shape[1:3]
    side = min(height, width, max(_SMALLEST_CROP, min(height, width) // 4))
    if st.toggle(t("Enlarge where the run errs most"), value=True, key="single.worst", persist_state="session"):
        return Crop(*most_different(found.of_run.difference, side), side)
    left = st.slider(t("From the left (px)"), 0, width - side, key=f"single.left.{width}") if width > side else 0
    top = st.slider(t("From the top (px)"), 0, height - side, key=f"single.top.{height}") if height > side else 0
    return Crop(top, left, side)


def name_of(result: Result) -> str:
    """Return what an image is called on screen."""
    own = {NOISY: t("Noisy"), RUN: t("This run")}
    return own.get(result.name) or t(filters[result.name].label)


def decibels(value: float) -> str:
    """Return a PSNR in words and figures; that of an identical image is infinite."""
    if math.isinf(value):
        return t("identical to the clean image")
    return "–" if math.isnan(value) else f"{value:.{metrics['psnr'].decimals}f} dB"
