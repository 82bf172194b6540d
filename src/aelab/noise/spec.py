"""What the file of a noise declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError

Images = npt.NDArray[np.float32]


@dataclass(frozen=True)
class NoiseSpec:
    """One way to corrupt images.

    Attributes
    ----------
    name, label, summary : str
    level_label : str
        What the level is, with its unit.
    highest, default : float
        Levels go from 0 (leaves the images as they are) to `highest`.
    apply : callable
        ``apply(images, level, rng) -> images``: float32 (N, H, W, C) in [0, 1], both in and out; the
        input is not changed. All chance comes from `rng`. `corrupt` asks for levels above 0 alone.
    equation : str
        LaTeX.
    severities : tuple of float
        Five levels from light to heavy. Those of one number cost about the same PSNR whatever the noise, on average
        over digits and photos (`benchmarks/severities.py`), as far as a noise goes.
    random : bool
        Whether chance has a part in it; else every draw is the same.
    """

    name: str
    label: str
    summary: str
    level_label: str
    highest: float
    default: float
    apply: Callable[[Images, float, np.random.Generator], Images]
    equation: str
    severities: tuple[float, float, float, float, float]
    random: bool = True
    order: int = 0

    def corrupt(self, images: Images, level: float, rng: np.random.Generator) -> Images:
        """Return images with the noise, a copy at level 0; errors as `check` has them."""
        self.check(level)
        return self.apply(images, level, rng) if level > 0 else images.copy()

    def check(self, level: float) -> None:
        """Refuse a level that this noise does not have.

        Raises
        ------
        LabError
            If the level is not between 0 and `highest`.
        """
        if not 0 <= level <= self.highest:
            raise LabError(
                "The level of {noise} must be between 0 and {high}; it is {value}.",
                noise=self.label,
                high=f"{self.highest:.10g}",
                value=f"{level:.10g}",
            )
