"""What every filter does to images at its ends: one image at a time for libraries that take one, and the range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab.pixels import Images

Image = npt.NDArray[np.float32]


def in_range(values: npt.NDArray[np.floating[Any]]) -> Images:
    """Return values as float32, cut off at 0 and 1, in a new array."""
    clipped: Images = np.clip(values, 0, 1).astype(np.float32, copy=False)
    return clipped


def one_by_one(restore: Callable[[Image], npt.NDArray[np.floating[Any]]], noisy: Images) -> Images:
    """Restore images (N, H, W, C) one by one with a function of an image (H, W, C), which it may change."""
    restored = np.empty(noisy.shape, np.float32)
    for index, image in enumerate(noisy):
        restored[index] = restore(image.copy())  # compiled functions refuse arrays that are read-only
    return np.clip(restored, 0, 1, out=restored)
