"""What does a run's decoder make of a position in a two-dimensional latent space?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Codes, Inference
from aelab.pixels import Images
from aelab.studies._codes import codes_of, drawn_indices
from aelab.studies._told import class_field
from aelab.studies.spec import StudySpec

#: Times the usual distance from a code to the nearest other, from which on a place is far from data and its image is
#: made up.
FAR: Final = 2

_PROBED = 500
_NORMAL_EXTENT = 2.576  # that 99% of the draws of a standard normal stay below, either sign
_MOST_CODES = 10_000  # all of MNIST's; a second's work, where a hundred thousand photos would hold up the server


@dataclass(frozen=True)
class Config(BaseConfig):
    """The part of the plane to decode."""

    x_low: float = field(-3.0, "From x", "Left edge of the grid.", low=-1e6, high=1e6)
    x_high: float = field(3.0, "To x", "Right edge of the grid.", low=-1e6, high=1e6)
    y_low: float = field(-3.0, "From y", "Lower edge of the grid.", low=-1e6, high=1e6)
    y_high: float = field(3.0, "To y", "Upper edge of the grid.", low=-1e6, high=1e6)
    steps: int = field(15, "Steps", "Images along each side of the grid.", low=2, high=40)
    label: int = class_field()


@dataclass(frozen=True)
class DecodedGrid:
    """Images decoded at the points of a grid.

    Attributes
    ----------
    codes : ndarray, float32 (steps * steps, 2)
        Row by row from the upper left: x grows to the right, y upwards, as on a map.
    images : ndarray, float32 (steps * steps, H, W, C)
    steps : int
    """

    codes: Codes
    images: Images
    steps: int


def run(inference: Inference, dataset: Dataset, config: Config) -> DecodedGrid:
    """Decode a grid of positions; only for runs whose code has two numbers."""
    if inference.latent_dim != 2:
        raise LabError(
            "The decoded grid needs a latent dimension of 2; run {run} has {value}. Train one with latent_dim 2.",
            run=inference.run_id,
            value=inference.latent_dim,
        )
    if config.x_low >= config.x_high or config.y_low >= config.y_high:
        raise LabError("The grid must go from a lower to a higher number along both axes.")
    x = np.linspace(config.x_low, config.x_high, config.steps, dtype=np.float32)
    y = np.linspace(config.y_high, config.y_low, config.steps, dtype=np.float32)
    codes = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return DecodedGrid(codes, inference.decode(codes, config.label), config.steps)


@dataclass(frozen=True)
class Surroundings:
    """Where real images lie in a run's latent space: far from them, what the decoder makes is made up.

    Of a run without an encoder nobody knows where they lie, and N is 0: mean, spread and extent are those of the prior,
    a standard normal, from which its images are drawn.

    Attributes
    ----------
    indices : ndarray, int (N,)
        The test images, as indices into the dataset.
    codes : ndarray, float32 (N, K)
        Of these images.
    mean, spread : ndarray, float32 (K,)
        Mean and standard deviation of the codes along each dimension.
    extent : float
        The size that 99% of all the codes' numbers stay below, either sign.
    apart : float
        The median distance from a code to the nearest other one; 0 where there is one only.
    """

    indices: npt.NDArray[np.intp]
    codes: Codes
    mean: Codes
    spread: Codes
    extent: float
    apart: float


def surroundings(inference: Inference, dataset: Dataset) -> Surroundings:
    """Encode the test images: all of them, or ten thousand where there are more; the prior's where nothing encodes."""
    if not inference.encodes:
        nothing, one = np.zeros((0, inference.latent_dim), np.float32), np.ones(inference.latent_dim, np.float32)
        return Surroundings(np.zeros(0, np.intp), nothing, 0 * one, one, _NORMAL_EXTENT, 0.0)
    indices = drawn_indices(dataset, _MOST_CODES, seed=0)
    codes = codes_of(inference, dataset, indices)
    return Surroundings(
        indices,
        codes,
        codes.mean(axis=0),
        codes.std(axis=0),
        float(np.quantile(np.abs(codes), 0.99)),
        usual_distance(codes),
    )


def usual_distance(codes: Codes) -> float:
    """Return the median distance to the nearest other code, over some of them: it hardly changes from draw to draw.

    Of fewer than two codes (N, K) it is 0.
    """
    from scipy.spatial.distance import cdist  # noqa: PLC0415 - 30 ms that only decoding needs

    if len(codes) < 2:
        return 0.0
    distances = cdist(codes[:_PROBED], codes)
    distances[np.arange(len(distances)), np.arange(len(distances))] = np.inf
    return float(np.median(distances.min(axis=1)))


def parse_position(text: str, latent_dim: int) -> Codes:
    """Read a typed position such as ``(-1, 3)``; return it as a code, float32 (1, latent_dim).

    Raises
    ------
    LabError
        If it is not as many numbers as the code has.
    """
    parts = text.strip().strip("()[]").replace(";", ",").split(",")
    try:
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused below
            values = np.array([[float(part) for part in parts]], np.float32)
        if values.shape[1] != latent_dim or not np.isfinite(values).all():
            raise ValueError
    except ValueError:
        raise LabError(
            "A position here is {count} numbers with commas between them, such as {example}; it is {value}.",
            count=latent_dim,
            example="(" + ", ".join(["-1", "3", "0", "1"][: min(latent_dim, 4)]) + ")",
            value=repr(text[:60]),
        ) from None
    return values


SPEC = StudySpec(
    name="decoding",
    label=N_("Decoded grid"),
    question=N_("What lives at this point of the latent space?"),
    subject="run",
    config=Config,
    run=run,
)
