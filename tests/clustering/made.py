"""Points in groups that are known."""

from __future__ import annotations

import numpy as np

Groups = tuple[np.ndarray, np.ndarray]


def groups(count: int = 4, each: int = 50, apart: float = 20.0, seed: int = 0) -> Groups:
    """Return points, float32 (count * each, 3), in groups whose middles lie `apart` deviations, and their groups."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(count), each)
    middles = apart * np.stack([np.arange(count), np.arange(count) % 2, np.zeros(count)], axis=1)
    return (middles[labels] + rng.standard_normal((len(labels), 3))).astype(np.float32), labels
