"""Codes of images: all of them or a fair draw, encoded a little at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.inference import Codes, Inference
from aelab.models._variational import LOG_VARIANCE_BOUND
from aelab.pixels import to_unit

_AT_ONCE = 256  # photos as float32 are four times their bytes: ten thousand at once would not fit the server


def drawn_indices(
    dataset: Dataset, limit: int, seed: int, part: Literal["train", "validation", "test", "all"] = "test"
) -> npt.NDArray[np.intp]:
    """Return the indices of at most `limit` images of a part of the split, ascending; of all where `limit` is 0."""
    indices = dataset.indices(None if part == "all" else part)
    if 0 < limit < len(indices):
        indices = np.sort(np.random.default_rng(seed).permutation(indices)[:limit])
    return indices


def codes_of(
    inference: Inference,
    dataset: Dataset,
    indices: npt.NDArray[np.intp],
    progress: Callable[[float], None] = lambda share: None,
) -> Codes:
    """Return the codes of the chosen images, float32 (N, K).

    Raises
    ------
    LabError
        If the images have another size than the run's, or the encoder gives something else than numbers.
    """
    parts = []
    for images, labels in dataset.chunks(indices, _AT_ONCE):
        parts.append(inference.encode(to_unit(images), labels))
        progress(min(1.0, len(parts) * _AT_ONCE / len(indices)))
    codes = np.concatenate(parts)
    _check_finite(codes, inference)
    return codes


def posteriors_of(
    inference: Inference, dataset: Dataset, indices: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Return mean and log-variance of the posterior of each chosen image, (N, K) each; None where there is none.

    The log-variance is cut off at ±10, as it is in training.

    Raises
    ------
    LabError
        As `codes_of`.
    """
    parts = []
    for images, labels in dataset.chunks(indices, _AT_ONCE):
        found = inference.posterior(to_unit(images), labels)
        if found is None:
            return None
        parts.append(np.stack(found))
    mean, log_variance = np.concatenate(parts, axis=1).astype(np.float64)
    log_variance = np.clip(log_variance, -LOG_VARIANCE_BOUND, LOG_VARIANCE_BOUND)
    _check_finite(mean + log_variance, inference)
    return mean, log_variance


def _check_finite(codes: npt.NDArray[np.floating], inference: Inference) -> None:
    if not np.isfinite(codes).all():
        raise LabError(
            "The encoder of run {run} gives codes that are no numbers. Train it again.", run=inference.run_id
        )
