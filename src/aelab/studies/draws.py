"""The same corrupted images for everybody: what methods are measured on, tuned on and learn from.

Only who restores the same draw can be compared image by image.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.noise.corruption import Corruption
from aelab.pixels import Images, Labels, to_unit

_MOST_LEARNED: Final = 10_000  # images; more tell a linear map little
_MOST_TUNED, _FEWEST_TUNED = 50, 8  # images
_TUNED_VALUES: Final = 400_000  # of the images that settings are tried on: photos are slow, and few tell as much

Pair = tuple[Images, Images]  # clean and noisy


@dataclass(frozen=True)
class OnCorrupted:
    """What every answer about corrupted images begins with.

    Attributes
    ----------
    noise : str
        The corruption as it is written.
    split : str
        Always ``"test"``.
    n : int
        Images.
    """

    noise: str
    split: str
    n: int

    @property
    def corruption(self) -> Corruption:
        """What was done to the images."""
        return Corruption.parse(self.noise)


@dataclass(frozen=True)
class Draw:
    """One corruption of the images of a dataset; each part is drawn when it is first asked for.

    Attributes
    ----------
    dataset : Dataset
    corruption : Corruption
    seed : int
        The same seed draws the same noise.
    limit : int
        Test images to corrupt; 0 corrupts all of them.
    """

    dataset: Dataset
    corruption: Corruption
    seed: int = 0
    limit: int = 0

    @property
    def n(self) -> int:
        """How many test images there are in it."""
        return min(self.limit or self.dataset.counts["test"], self.dataset.counts["test"])

    @cached_property
    def test(self) -> tuple[Images, Images, Labels]:
        """Clean and noisy test images, float32 (N, H, W, C), and their classes; those of a smaller limit come first.

        Raises
        ------
        LabError
            If there are no test images.
        """
        self._check_test()
        indices = self.indices
        clean = to_unit(self.dataset.images[indices])
        return clean, self.corruption.corrupt(clean, np.random.default_rng(self.seed)), self.dataset.labels[indices]

    @property
    def indices(self) -> npt.NDArray[np.intp]:
        """Which images of the dataset `test` has, int (N,); the same ones whatever corrupts them."""
        return np.random.default_rng(0).permutation(self.dataset.indices("test"))[: self.n]

    @property
    def n_tuned(self) -> int:
        """How many validation images settings are tried on."""
        most = max(_FEWEST_TUNED, min(_MOST_TUNED, _TUNED_VALUES // int(np.prod(self.dataset.shape))))
        return min(most, self.dataset.counts["validation"])

    @property
    def n_learned(self) -> int:
        """How many training images there are to learn from."""
        return min(_MOST_LEARNED, self.dataset.counts["train"])

    @cached_property
    def validation(self) -> Pair:
        """A few validation images, on which settings are tried."""
        return self._of("validation", self.n_tuned)

    @cached_property
    def training(self) -> Pair:
        """Training images to learn from."""
        return self._of("train", self.n_learned)

    def check(self) -> None:
        """Refuse a dataset on which filters cannot be measured.

        Raises
        ------
        LabError
            If there are no test images, or no validation images to tune filters on.
        """
        self._check_test()
        if not self.n_tuned:
            raise LabError(
                "Filters are tuned on validation images, and {dataset} has none. Split its images anew on the Prepare "
                "page.",
                dataset=self.dataset.name,
            )

    def _check_test(self) -> None:
        if not self.n:
            raise LabError(
                "{dataset} has no test images, and what restores is measured on those. Split its images anew on the "
                "Prepare page, and train again.",
                dataset=self.dataset.name,
            )

    def _of(self, part: Literal["train", "validation"], most: int) -> Pair:
        """Return some images of another part of the split, corrupted by another draw of the same noise."""
        seeds = [self.seed, {"train": 1, "validation": 2}[part]]
        indices = np.random.default_rng(0).permutation(self.dataset.indices(part))[:most]
        clean = to_unit(self.dataset.images[np.sort(indices)])
        return clean, self.corruption.corrupt(clean, np.random.default_rng(seeds))
