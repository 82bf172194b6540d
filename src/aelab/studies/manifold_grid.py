"""What does the whole latent plane look like, spaced as the codes are?

Kingma and Welling [1]_ (figure 4) drew theirs at equal steps of probability: the inverse of the normal distribution
function at evenly spaced shares.  Each image of such a grid stands for as many draws of the prior as any other, where
an evenly spaced grid spends most of its images on places at which there is hardly a code.  Of a run without a prior,
the quantiles are those of its codes.

References
----------
.. [1] D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", ICLR 2014. arXiv:1312.6114
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Codes, Inference
from aelab.pixels import Images
from aelab.studies import decoding
from aelab.studies._told import class_field
from aelab.studies.decoding import Surroundings
from aelab.studies.spec import StudySpec

#: Whose quantiles the places are: those of the standard normal prior, or of the codes of the test images.
Spacing = Literal["normal", "codes"]

#: At places that equal shares lie between, or at equal steps.
At = Literal["quantiles", "even"]

_EVEN_ENDS = (0.005, 0.995)  # shares between which places at equal steps lie: 99% of the codes of each number


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which two numbers of the code, and how their values are spaced."""

    spacing: Spacing = field(
        "normal", "Spacing", "At quantiles of the standard normal prior, or of the codes of the test images."
    )
    at: At = field(
        "quantiles", "Places", "At quantiles of equal shares, or at equal steps between those of 0.5% and of 99.5%."
    )
    first: int = field(1, "Across", "Which number of the code grows to the right; 1 is the first.", low=1, high=1e6)
    second: int = field(2, "Upwards", "Which number of the code grows upwards; 1 is the first.", low=1, high=1e6)
    steps: int = field(15, "Steps", "Images along each side of the grid.", low=2, high=40)
    label: int = class_field()


@dataclass(frozen=True)
class ManifoldGrid:
    """Images decoded at the points of a grid over two numbers of the code; the others are their mean.

    Attributes
    ----------
    x, y : ndarray, float64 (S,)
        Values of the two numbers, ascending.
    images : ndarray, float32 (S, S, H, W, C) in [0, 1]
        Row by row from the upper left: x grows to the right, y upwards, as on a map.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    images: Images


def run(inference: Inference, dataset: Dataset, config: Config) -> ManifoldGrid:
    """Decode a plane of a run's latent space; the prior of a run that has none is taken to be normal all the same."""
    return grid(inference, decoding.surroundings(inference, dataset), config)


def grid(inference: Inference, around: Surroundings, config: Config) -> ManifoldGrid:
    """Decode a grid of positions.

    Raises
    ------
    LabError
        If the code has not both numbers, or the codes do not vary.
    """
    pair = (config.first, config.second)
    if inference.latent_dim < 2:
        raise LabError("A plane needs codes of at least two numbers; run {run} has one.", run=inference.run_id)
    if max(pair) > inference.latent_dim or config.first == config.second:
        raise LabError(
            "A plane has two different numbers of the code, from 1 to {last} in run {run}; they are {first} and "
            "{second}.",
            last=inference.latent_dim,
            run=inference.run_id,
            first=config.first,
            second=config.second,
        )
    x, y = (positions(around, each - 1, config.spacing, config.steps, config.at) for each in pair)
    codes: Codes = np.tile(around.mean, (config.steps, config.steps, 1)).astype(np.float32)
    codes[:, :, config.first - 1] = x
    codes[:, :, config.second - 1] = y[::-1, None]
    images = inference.decode(codes.reshape(-1, inference.latent_dim), config.label)
    return ManifoldGrid(x, y, images.reshape(config.steps, config.steps, *inference.shape))


def positions(
    around: Surroundings, dimension: int, spacing: Spacing, steps: int, at: At = "quantiles"
) -> npt.NDArray[np.float64]:
    """Return the values of one number of the code, from 0 up, along a side of the grid, float64 (steps,), ascending.

    Quantiles are those of (i + 1/2) / steps: a grid has no room for the ends, which lie at infinity. A run without an
    encoder has no codes, and the quantiles are those of its prior.
    """
    shares = np.array(_EVEN_ENDS) if at == "even" else (np.arange(steps) + 0.5) / steps
    if spacing == "normal" or not len(around.codes):
        found = _normal(shares)
    else:
        codes = around.codes[:, dimension].astype(np.float64)
        if not codes.std() > 0:
            raise LabError(
                "Number {dimension} of the code is {value} for every test image: there is no plane to be drawn.",
                dimension=dimension + 1,
                value=f"{codes[0]:g}",
            )
        found = np.quantile(codes, shares)
    return np.linspace(found[0], found[1], steps) if at == "even" else found


def _normal(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the quantiles of the standard normal distribution."""
    from scipy.special import ndtri  # noqa: PLC0415 - 30 ms that only this needs

    return np.asarray(ndtri(shares), np.float64)


SPEC = StudySpec(
    name="manifold_grid",
    label=N_("Manifold grid"),
    question=N_("What does the whole latent plane look like, spaced as the codes are?"),
    subject="run",
    config=Config,
    run=run,
)
