"""What the file of a measure declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class PairMeasure(Protocol):
    """Compares each image with the one it should be."""

    def __call__(
        self, reference: npt.NDArray[np.floating], candidate: npt.NDArray[np.floating], *, data_range: float
    ) -> Floats:
        """Return one value an image, float64 (N,), from two arrays (N, H, W, C)."""


@dataclass(frozen=True)
class MetricSpec:
    """One measure of how well images were reconstructed or generated.

    Attributes
    ----------
    name, label : str
    symbol : str
        Short form for table heads.
    unit : str
        Empty where the measure has none.
    direction : {"lower", "higher"}
        Which values are better.
    definition : str
        One sentence for a student, naming the variant.
    equation : str
        LaTeX.
    source : str
        The paper or book that defines it.
    per_image : PairMeasure, optional
        For a measure of pairs.
    of_features : callable, optional
        ``of_features(reference, candidate) -> float`` for a measure of two sets of features, (N, D)
        and (M, D).
    variant_of : str
        The measure of which it is another definition; such a one is measured where definitions are held against each
        other, and left out of the tables of all runs.
    decimals : int
        Places that mean something when it is shown.
    """

    name: str
    label: str
    symbol: str
    unit: str
    direction: Literal["lower", "higher"]
    definition: str
    equation: str
    source: str
    per_image: PairMeasure | None = None
    of_features: Callable[[Floats, Floats], float] | None = None
    variant_of: str = ""
    decimals: int = 4
    order: int = 0
