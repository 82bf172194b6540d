"""Places of a latent space that a walk begins or ends at, and how far a place is from the codes of real images.

The code of an image of the dataset or of a picture that somebody brings, the mean code, or, for a run without an
encoder, which gives no image a code, a draw of the prior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.inference import Codes, Inference
from aelab.pixels import Images, to_unit
from aelab.projections.nearest import smallest
from aelab.studies._codes import codes_of
from aelab.studies.decoding import Surroundings

_AT_ONCE = 64  # codes that are held against ten thousand others at a time

Distances = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """A code, and the image that it is of.

    Attributes
    ----------
    code : ndarray, float32 (1, K)
    image : ndarray, float32 (1, H, W, C) in [0, 1], or None
        None where the code is of no image.
    """

    code: Codes
    image: Images | None = None


@dataclass(frozen=True)
class Nearest:
    """The test images whose codes are nearest to some codes, the nearest first.

    Attributes
    ----------
    indices : ndarray, int (N, M)
        Into the dataset.
    distances : ndarray, float64 (N, M)
        Euclidean, between codes.
    """

    indices: npt.NDArray[np.intp]
    distances: Distances


def of_image(inference: Inference, dataset: Dataset, index: int) -> Place:
    """Return the place of an image of a dataset, by its index; a conditional run is told its class.

    Raises
    ------
    LabError
        If there is no such image, the run has no encoder, or the encoder gives something else than numbers.
    """
    count = dataset.counts["all"]
    if not 0 <= index < count:
        raise LabError(
            "Dataset {dataset} has images 0 to {last}; {index} is none of them.",
            dataset=dataset.name,
            last=count - 1,
            index=index,
        )
    return Place(codes_of(inference, dataset, np.array([index])), to_unit(dataset.take([index])))


def of_picture(inference: Inference, image: Images) -> Place:
    """Return the place of a picture, float32 (1, H, W, C) in [0, 1]; a conditional run guesses its class."""
    code = inference.encode(image)
    if not np.isfinite(code).all():
        raise LabError(
            "The encoder of run {run} gives codes that are no numbers. Train it again.", run=inference.run_id
        )
    return Place(code, image)


def of_draw(inference: Inference, seed: int) -> Place:
    """Return a draw of the standard normal prior; the same seed draws the same."""
    drawn = np.random.default_rng(seed).standard_normal((1, inference.latent_dim))
    return Place(drawn.astype(np.float32))


def mean_code(around: Surroundings) -> Place:
    """Return the mean code of the test images; of a run without an encoder, the middle of the prior."""
    return Place(around.mean[None].astype(np.float32))


def nearest(around: Surroundings, codes: Codes, count: int = 1) -> Nearest | None:
    """Find the test images whose codes are nearest to some codes (N, K); None where no image has a code.

    Parameters
    ----------
    around : Surroundings
    codes : ndarray
    count : int
        How many for each code; fewer where there are not as many images.
    """
    if not len(around.codes):
        return None
    from scipy.spatial.distance import cdist  # noqa: PLC0415 - 30 ms that only walks need

    count = min(count, len(around.codes))
    indices, distances = [], []
    for start in range(0, len(codes), _AT_ONCE):
        apart = cdist(codes[start : start + _AT_ONCE], around.codes)  # exact: an image's own code is 0 away
        which, near = smallest(apart, count)
        indices.append(around.indices[which])
        distances.append(near)
    return Nearest(np.concatenate(indices), np.concatenate(distances))
