"""Codes of images: all of them or a fair draw, encoded a little at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.inference import Codes, Inference
from aelab.pixels import to_unit

_AT_ONCE = 256  # photos as float32 are four times their bytes: ten thousand at once would not fit the server


def drawn_indices(dataset: Dataset, limit: int, seed: int) -> npt.NDArray[np.intp]:
    """Return the indices of at most `limit` test images, ascending; of all where `limit` is 0."""
    indices = dataset.indices("test")
    if 0 < limit < len(indices):
        indices = np.sort(np.random.default_rng(seed).permutation(indices)[:limit])
    return indices


def codes_of(inference: Inference, dataset: Dataset, indices: npt.NDArray[np.intp]) -> Codes:
    """Return the codes of the chosen images, float32 (N, K).

    Raises
    ------
    LabError
        If the images have another size than the run's, or the encoder gives something else than numbers.
    """
    codes = np.concatenate(
        [inference.encode(to_unit(images), labels) for images, labels in dataset.chunks(indices, _AT_ONCE)]
    )
    if not np.isfinite(codes).all():
        raise LabError(
            "The encoder of run {run} gives codes that are no numbers. Train it again.", run=inference.run_id
        )
    return codes
