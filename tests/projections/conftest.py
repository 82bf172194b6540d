"""Codes of which it is known what a map of them must show."""

import numpy as np
import pytest

from aelab.projections.spec import Floats, Labels

Groups = tuple[Floats, Labels]


@pytest.fixture(scope="session")
def groups() -> Groups:
    """Return 150 codes of 6 numbers in four groups, and which group each is of."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 150).astype(np.int32)
    codes = rng.standard_normal((150, 6)) * [1.0, 0.8, 0.6, 0.5, 0.4, 0.3] + 5 * np.eye(4, 6)[labels] + 2
    return codes.astype(np.float32), labels
