"""Apply every measure of pairs to a batch: one place that decides the data range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.filters.tuning import AS_GOOD_AS_SAME
from aelab.metrics import of_pairs
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.metrics.spec import MetricSpec
from aelab.pixels import Images

#: What is asked of restored images beside the measures of pairs: PSNR gained over the noisy image, in dB.
GAIN: Final = "gain"

Values = Mapping[str, npt.NDArray[np.float64]]


def per_image(reference: Images, candidate: Images, *, variants: bool = False) -> Values:
    """Return each measure's value an image, (N,), for images in [0, 1], with or without other definitions of it."""
    return _measured(reference, candidate, of_pairs(variants=variants))


def quality(reference: Images, candidate: Images) -> Values:
    """Return what `per_image` does, but only the measures of which higher is better: PSNR and SSIM."""
    return _measured(reference, candidate, _of_quality())


def quality_names() -> tuple[str, ...]:
    """Return the names of the measures of pairs of which higher is better."""
    return tuple(spec.name for spec in _of_quality())


def same_in_bytes(values: Values) -> npt.NDArray[np.bool_]:
    """Return which images (N,) are nearer to the clean ones than rounding to 8 bits: in a picture file, the same."""
    return np.asarray(values["psnr"] > AS_GOOD_AS_SAME)


def capped(values: Values, before: Values) -> Values:
    """Return measures image by image with the PSNR that counts, and `GAIN`, how much of it was gained.

    PSNR counts up to that of rounding to 8 bits (58.9 dB), before and after restoring: no image that was left alone, or
    comes back unchanged, outweighs the others.
    """
    psnr = np.minimum(values["psnr"], AS_GOOD_AS_SAME)
    return {**values, "psnr": psnr, GAIN: psnr - np.minimum(before["psnr"], AS_GOOD_AS_SAME)}


def _of_quality() -> list[MetricSpec]:
    return [spec for spec in of_pairs(variants=True) if spec.direction == "higher"]


def _measured(reference: Images, candidate: Images, chosen: Iterable[MetricSpec]) -> Values:
    return {
        spec.name: spec.per_image(reference, candidate, data_range=1.0) for spec in chosen if spec.per_image is not None
    }


def estimates(values: Values, chosen: npt.NDArray[np.bool_] | None = None) -> dict[str, Estimate]:
    """Return mean and interval of each measure over all images or the chosen ones."""
    return {name: mean_with_interval(each if chosen is None else each[chosen]) for name, each in values.items()}
