"""What restoring gains, in one sentence."""

from __future__ import annotations

import numpy as np

from aelab.studies.denoising import Denoising
from ui.i18n import t


def gain_sentence(found: Denoising) -> str:
    """Return how much PSNR restoring gains, over how many images, and which ones cannot be counted."""
    gain = found.gain
    if found.corruption.changes_nothing:
        return t("At severity 0 there is nothing to restore: the PSNR of unharmed images is infinite.")
    if gain.n == 0:
        return t(
            "There is no gain to measure: each of the N = {count} test images is identical to the clean one, noisy or "
            "restored, and its PSNR is infinite.",
            count=found.n,
        )
    values = {
        "gain": f"{gain.mean:+.2f}",
        "noisy": f"{found.noisy['psnr'].mean:.2f}",
        "restored": f"{found.restored['psnr'].mean:.2f}",
        "count": gain.n,
    }
    if np.isfinite(gain.low):
        sentence = t(
            "Restoring changes PSNR by **{gain} dB** (95% interval {low} to {high}): from {noisy} to {restored} dB, "
            "over N = {count} test images.",
            low=f"{gain.low:+.2f}",
            high=f"{gain.high:+.2f}",
            **values,
        )
    else:
        sentence = t(
            "Restoring changes PSNR by **{gain} dB**: from {noisy} to {restored} dB, over N = {count} test images, too "
            "few for an interval.",
            **values,
        )
    if gain.infinite:
        sentence += " " + t(
            "Left out: {count} more that are identical to the clean ones, noisy or restored; their PSNR is infinite.",
            count=gain.infinite,
        )
    return sentence
