"""Apply every measure of pairs to a batch: one place that decides the data range."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from aelab.metrics import of_pairs
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.pixels import Images

Values = Mapping[str, npt.NDArray[np.float64]]


def per_image(reference: Images, candidate: Images, *, variants: bool = False) -> Values:
    """Return each measure's value an image, (N,), for images in [0, 1], with or without other definitions of it."""
    return {
        spec.name: spec.per_image(reference, candidate, data_range=1.0)
        for spec in of_pairs(variants=variants)
        if spec.per_image is not None
    }


def estimates(values: Values, chosen: npt.NDArray[np.bool_] | None = None) -> dict[str, Estimate]:
    """Return mean and interval of each measure over all images or the chosen ones."""
    return {name: mean_with_interval(each if chosen is None else each[chosen]) for name, each in values.items()}
