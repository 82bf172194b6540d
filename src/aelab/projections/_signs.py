"""Which way an axis points is arbitrary; here it is always the same way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def signs(axes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return +1 or -1 for each column (K, d), so that the largest loading of each column becomes positive."""
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    return np.where(largest < 0, -1.0, 1.0)
