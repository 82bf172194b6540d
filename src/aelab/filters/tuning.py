"""Give a filter its best chance: settings chosen on validation images, as a network's are, and never on test images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from aelab.errors import LabError
from aelab.filters import filters
from aelab.filters.spec import FilterSpec, Known, Settings
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.metrics.psnr import psnr
from aelab.pixels import Images

#: The PSNR of rounding to 8 bits, in dB.  Images at rest are bytes, so what is nearer than that is as good as the same;
#: without this cap, one image that came back unchanged would outweigh all the others.
AS_GOOD_AS_SAME: Final = float(10 * np.log10(12 * 255**2))

_TIE = 1e-6  # dB


@dataclass(frozen=True)
class Tuned:
    """A filter with the settings that are best on validation images.

    Attributes
    ----------
    name : str
        The filter's.
    settings : mapping
        One value for each of its settings.
    known : mapping of str to ndarray
        What it has learned from training images; empty for a filter that learns nothing.
    psnr : Estimate
        Mean PSNR of the validation images that it restored with these settings, in dB, over those that did not come
        back identical to the clean ones; how many did is in `infinite`.
    n : int
        Validation images it was tuned on.
    """

    name: str
    settings: Settings
    known: Known
    psnr: Estimate
    n: int

    def restore(self, noisy: Images) -> Images:
        """Return noisy images (N, H, W, C) restored with the chosen settings, float32 in [0, 1]."""
        return filters[self.name].restore(noisy, self.known, **self.settings)


def tune(spec: FilterSpec, clean: Images, noisy: Images, learned_from: tuple[Images, Images] | None = None) -> Tuned:
    """Try all the settings of a filter and keep those of the highest mean PSNR.

    Parameters
    ----------
    spec : FilterSpec
    clean, noisy : ndarray, float32 (N, H, W, C) in [0, 1]
        Validation images, and the same images corrupted. A slow filter with many settings takes a while: a few dozen
        photos, or a few hundred small images, tell settings apart.
    learned_from : (ndarray, ndarray), optional
        Clean and noisy training images, for a filter that learns.

    Returns
    -------
    Tuned
        Of settings that are equally good (within a millionth of a decibel), the weakest. PSNR beyond that of rounding
        to 8 bits counts as that.

    Raises
    ------
    LabError
        If there are no validation images, the arrays cannot be compared, or a filter that learns gets nothing to
        learn from.
    """
    if not len(clean):
        raise LabError("A filter is tuned on validation images; there are none.")
    known = learned(spec, learned_from)
    tried = [(chosen, psnr(clean, spec.restore(noisy, known, **chosen), data_range=1.0)) for chosen in spec.choices()]
    scores = [float(np.minimum(values, AS_GOOD_AS_SAME).mean()) for _, values in tried]
    best = max(scores)
    chosen, values = next(one for one, score in zip(tried, scores, strict=True) if score >= best - _TIE)
    return Tuned(spec.name, chosen, known, mean_with_interval(values), len(clean))


def learned(spec: FilterSpec, learned_from: tuple[Images, Images] | None) -> Known:
    """Return what a filter learns from clean and noisy training images: nothing, if it is none that learns.

    Raises
    ------
    LabError
        If it has to, and gets none.
    """
    if spec.learn is None:
        return {}
    if learned_from is None:
        raise LabError("{filter} has to learn from training images, and got none.", filter=spec.label)
    return spec.learn(*learned_from)
