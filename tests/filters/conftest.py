"""Real digits, clean and corrupted, for filters to restore and to learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from aelab.datasets import digits
from aelab.datasets.spec import no_progress
from aelab.fields import Config
from aelab.noise import noises
from aelab.pixels import Images, to_unit


@dataclass(frozen=True)
class Digits:
    """Real digits of 28 x 28 pixels, float32 (N, 28, 28, 1) each."""

    training: Images
    validation: Images
    test: Images


@pytest.fixture(scope="session")
def handwriting() -> Digits:
    images = to_unit(digits.load(Config(), no_progress).images)
    return Digits(images[:1500], images[1500:1550], images[1550:1600])


@pytest.fixture(scope="session")
def corrupted() -> Callable[..., Images]:
    """Return a function that corrupts images; another seed is another draw."""

    def corrupt(images: Images, noise: str, level: float, seed: int = 0) -> Images:
        return noises[noise].corrupt(images, level, np.random.default_rng(seed))

    return corrupt
