"""Images for the tests of architectures."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.datasets import sources


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    """Return 400 of scikit-learn's digits, uint8 (400, 28, 28, 1)."""
    return sources["digits"].load(sources["digits"].config(), lambda share: None).images[:400]
