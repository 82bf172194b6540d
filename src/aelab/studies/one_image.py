"""What does a run make of one image, step by step, and what do filters make of the same?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.filters.tuning import Tuned
from aelab.inference import Inference
from aelab.noise.corruption import Corruption
from aelab.pixels import Images, Labels
from aelab.studies._measures import per_image
from aelab.studies._one_thread import one_thread
from aelab.studies.baselines import RUN

#: What the corrupted image is called among the results.
NOISY: Final = "noisy"

Plane = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Result:
    """One image beside the clean one.

    Attributes
    ----------
    name : str
        `NOISY`, `RUN`, or that of a filter.
    image : ndarray, float32 (1, H, W, C) in [0, 1]
    difference : ndarray, float32 (H, W) in [0, 1]
        Absolute, from the clean image, averaged over the channels.
    psnr : float
        In dB, of intensities from 0 to 1; infinite where the image is identical to the clean one.
    ssim : float
    """

    name: str
    image: Images
    difference: Plane
    psnr: float
    ssim: float


@dataclass(frozen=True)
class OneImage:
    """A clean image, and what became of it.

    Attributes
    ----------
    clean : ndarray, float32 (1, H, W, C) in [0, 1]
    results : tuple of Result
        The corrupted image, then what the run and each of the filters made of it.
    """

    clean: Images
    results: tuple[Result, ...]

    @property
    def noisy(self) -> Result:
        """The corrupted image."""
        return self.results[0]

    @property
    def of_run(self) -> Result:
        """What the run made of it."""
        return self.results[1]

    @property
    def best(self) -> Result:
        """The restored image of the highest PSNR; of equals the first, which is the run."""
        return max(self.results[1:], key=lambda result: np.nan_to_num(result.psnr, nan=-np.inf))

    @property
    def largest_difference(self) -> float:
        """The largest of all differences; the end of the scale that they share."""
        return float(np.nanmax([result.difference.max(initial=0) for result in self.results]))


def run(
    inference: Inference,
    clean: Images,
    corruption: Corruption,
    tuned: Sequence[Tuned] = (),
    labels: Labels | None = None,
    seed: int = 0,
) -> OneImage:
    """Corrupt one image, and let a run and filters restore it.

    Parameters
    ----------
    inference : Inference
    clean : ndarray, float32 (1, H, W, C) in [0, 1]
    corruption : Corruption
    tuned : sequence of Tuned
        Filters, on which this image had no influence.
    labels : ndarray, int (1,), optional
        Its class, where it is known; a run that is told classes guesses otherwise.
    seed : int
        Of the noise; all of them restore the same draw.
    """
    noisy = corruption.corrupt(clean, np.random.default_rng(seed))
    made = {NOISY: noisy, RUN: np.clip(inference.reconstruct(noisy, labels), 0, 1)}
    with one_thread():
        made |= {each.name: each.restore(noisy) for each in tuned}
    values = per_image(np.repeat(clean, len(made), axis=0), np.concatenate(list(made.values())))
    return OneImage(
        clean,
        tuple(
            Result(
                name,
                image,
                np.abs(image - clean)[0].mean(axis=-1),
                float(values["psnr"][number]),
                float(values["ssim"][number]),
            )
            for number, (name, image) in enumerate(made.items())
        ),
    )


def most_different(difference: Plane, side: int) -> tuple[int, int]:
    """Return top and left of the square of `side` pixels in which the differences add up to most.

    Where there are none at all, it is the square in the middle.
    """
    height, width = difference.shape
    side = min(side, height, width)
    sums = np.zeros((height + 1, width + 1))
    sums[1:, 1:] = np.nan_to_num(difference).cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    within = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    if within.max() <= 0:
        return (height - side) // 2, (width - side) // 2
    top, left = np.unravel_index(int(np.argmax(within)), within.shape)
    return int(top), int(left)
