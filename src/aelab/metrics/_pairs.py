"""What every measure of image pairs needs: the checks, and float64 a little at a time.

Images stay float32 or bytes as they are stored. One chunk of them at a time is copied to the same two
float64 arrays, small enough for the processor's cache: 70,000 images need no more memory than 70, and
no time goes into handing memory back to the system and asking for it again.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError
from aelab.metrics.spec import Floats

Images = npt.NDArray[np.floating]

_CHUNK_VALUES = 2**15  # a quarter of a megabyte of float64


def measure_pairs(
    measure: Callable[[Floats, Floats], Floats], reference: Images, candidate: Images, data_range: float
) -> Floats:
    """Check two sets of images and measure them pair by pair.

    Parameters
    ----------
    measure : callable
        ``measure(reference, candidate) -> (n,)`` for at most `chunk_length` images at once, float64
        (n, H, W, C); these are copies, which it may overwrite.
    reference, candidate : ndarray, (N, H, W, C)
        Of any real dtype; never changed.
    data_range : float
        Distance between the lowest and the highest possible intensity.

    Returns
    -------
    ndarray, float64 (N,)
        An image with a NaN or an infinity in it gives NaN or an infinity, and leaves the others alone.

    Raises
    ------
    LabError
        If the shapes differ, are not (N, H, W, C), or `data_range` is not above 0.
    """
    check_pairs(reference, candidate, data_range)
    values = np.empty(len(reference))
    step = chunk_length(reference)
    x, y = np.empty((2, step, *reference.shape[1:]))
    with np.errstate(invalid="ignore", over="ignore"):  # a network that diverged has a right to its NaN
        for start in range(0, len(reference), step):
            stop = min(start + step, len(reference))
            n = stop - start
            x[:n], y[:n] = reference[start:stop], candidate[start:stop]
            values[start:stop] = measure(x[:n], y[:n])
    return values


def chunk_length(images: Images) -> int:
    """Return how many of the images (N, H, W, C) are measured at once, at least 1."""
    return max(1, min(len(images), _CHUNK_VALUES // math.prod(images.shape[1:])))


def check_pairs(reference: Images, candidate: Images, data_range: float) -> None:
    """Raise a `LabError` unless two arrays (N, H, W, C) can be compared pair by pair."""
    if reference.shape != candidate.shape:
        raise LabError(
            "Only images of the same number and size can be compared: one array is {reference}, the other {candidate}.",
            reference=_shape(reference),
            candidate=_shape(candidate),
        )
    if reference.ndim != 4 or 0 in reference.shape[1:]:
        raise LabError(
            "Images to compare must be arrays of number × height × width × channels; these are {shape}.",
            shape=_shape(reference),
        )
    if not (0 < data_range < math.inf):
        raise LabError(
            "data_range must be above 0: 1 for intensities from 0 to 1, 255 for bytes; it is {value}.",
            value=data_range,
        )


def _shape(array: npt.NDArray[np.generic]) -> str:
    return " × ".join(str(side) for side in array.shape) or "a single number"
