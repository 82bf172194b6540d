"""How many draws of a prior fall in holes: farther from every code than real images ever are?

A decoder has only been shown codes of images.  The distance from a code to the nearest code of a training image tells
how near it is to what was shown; that of test images tells what is usual.  A draw that is farther away than 99 of 100
test images lies in a hole, and what it decodes to is made up.  Where draws are spread as codes are, about 1% are told
to be in holes.  Of a variational run, a code is a draw of the posterior, not its mean: the prior is compared with what
the decoder is given in training.

References
----------
.. [1] D. J. Rezende and F. Viola, "Taming VAEs", 2018: holes of the aggregate posterior. arXiv:1810.00597
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Codes, Inference
from aelab.metrics.estimate import Estimate, share_with_interval
from aelab.pixels import Images
from aelab.projections.nearest import nearest_to
from aelab.runs.run import no_code, no_encoder
from aelab.studies import prior
from aelab.studies._codes import codes_of, drawn_indices, posteriors_of
from aelab.studies.prior import Prior, prior_field
from aelab.studies.spec import StudySpec

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

#: The share of test codes that are nearer to a training code than the threshold.
USUAL: Final = 0.99

_MOST_CODES: Final = 10_000
_RESAMPLED: Final = 500
_FEWEST_TEST, _FEWEST_TRAIN = 10, 10
_SHOWN: Final = 10


@dataclass(frozen=True)
class Config(BaseConfig):
    """What is drawn, and how often."""

    prior: Prior = prior_field()
    draws: int = field(2000, "Draws", "Codes that are drawn from the prior.", low=20, high=100_000)
    seed: int = field(0, "Seed", "Of the draws, and of the choice of images.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Shown:
    """Some of the draws.

    Attributes
    ----------
    draws : tuple of int
        Which of the draws they are.
    codes : ndarray, float32 (S, K)
    distances : tuple of float
        To the nearest code of a training image.
    neighbours : tuple of int
        The images of these codes, as indices into the dataset.
    """

    draws: tuple[int, ...]
    codes: Codes
    distances: tuple[float, ...]
    neighbours: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return dataclasses.asdict(self) | {"codes": self.codes.tolist()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Shown:
        """Read what `to_json` has returned."""
        return cls(
            tuple(data["draws"]),
            np.array(data["codes"], np.float32),
            tuple(data["distances"]),
            tuple(data["neighbours"]),
        )


@dataclass(frozen=True)
class Holes:
    """How far draws of a prior are from codes of images.

    Attributes
    ----------
    prior : {"normal", "mixture"}
    share : Estimate
        Of the draws, how many are farther away than `threshold`; the interval knows of the chance in the draws and of
        that in the test images, on which the threshold hangs.
    threshold : float
        What 99% of `real` stay below.
    drawn, real : ndarray, float64 (D,), (T,)
        Euclidean distance from each draw, and from the code of each test image, to the nearest code of a training
        image.
    farthest, nearest : Shown
        The draws that are farthest from a code, the farthest first, and those that are nearest, the nearest first.
    n_codes : int
        Codes of training images that were compared with, one an image.
    sampled : bool
        Whether these codes are draws of the images' posteriors; of a run without them, they are what it encodes to.
    components : int
        Of the mixture; 0 where there is none.
    """

    prior: Prior
    share: Estimate
    threshold: float
    drawn: Floats
    real: Floats
    farthest: Shown
    nearest: Shown
    n_codes: int
    sampled: bool
    components: int = 0

    @property
    def farther(self) -> float:
        """How often a draw is farther from a code than a test image is, over all pairs: 0.5 where they are alike.

        It sees what `share` does not: draws in an empty middle, say, no farther from a code than an outlying test
        image is.
        """
        return farther(self.drawn, self.real)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "prior": self.prior,
            "share": dataclasses.asdict(self.share),
            "threshold": self.threshold,
            "farther": self.farther,
            "drawn": self.drawn.tolist(),
            "real": self.real.tolist(),
            "farthest": self.farthest.to_json(),
            "nearest": self.nearest.to_json(),
            "n_codes": self.n_codes,
            "sampled": self.sampled,
            "components": self.components,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Holes:
        """Read what `to_json` has returned."""
        read = {
            "share": Estimate(**data["share"]),
            "drawn": np.array(data["drawn"], np.float64),
            "real": np.array(data["real"], np.float64),
            "farthest": Shown.from_json(data["farthest"]),
            "nearest": Shown.from_json(data["nearest"]),
        }
        return cls(**{name: value for name, value in (dict(data) | read).items() if name != "farther"})


def run(
    inference: Inference, dataset: Dataset, config: Config, progress: Callable[[float], None] = lambda share: None
) -> Holes:
    """Encode images of training and test, draw from the prior, and measure how far from a code each draw is.

    Raises
    ------
    LabError
        If the run has no encoder, there are fewer than ten images of either kind, or all have the same code.
    """
    _check(inference, dataset)
    rng = np.random.default_rng(config.seed)
    train = np.sort(rng.permutation(dataset.indices("train"))[:_MOST_CODES])
    codes, sampled = _codes(inference, dataset, train, rng)
    if np.ptp(codes, axis=0).max() == 0:
        raise LabError(
            "Run {run} gives every image the same code: it has learned nothing, and every draw is in a hole. Try "
            "another run.",
            run=inference.run_id,
        )
    progress(0.3)
    held_out, _ = _codes(inference, dataset, drawn_indices(dataset, _MOST_CODES, config.seed), rng)
    mixture = prior.fit_codes(rng.permutation(codes), config.seed) if config.prior == "mixture" else None
    progress(0.6)
    draws = prior.draw_codes(inference.latent_dim, config.draws, rng, mixture)
    real, _ = nearest(held_out, codes)
    progress(0.8)
    drawn, neighbours = nearest(draws, codes)
    threshold = float(np.quantile(real, USUAL))
    order = np.argsort(drawn, kind="stable")
    return Holes(
        config.prior,
        share_in_holes(drawn, real),
        threshold,
        drawn,
        real,
        _shown(order[::-1][:_SHOWN], draws, drawn, train[neighbours]),
        _shown(order[:_SHOWN], draws, drawn, train[neighbours]),
        len(codes),
        sampled,
        mixture.components if mixture else 0,
    )


def images(inference: Inference, shown: Shown) -> Images:
    """Return what draws decode to, (S, H, W, C); a conditional run is asked for each class in turn, draw by draw."""
    labels = np.array(shown.draws) % inference.classes if inference.classes else None
    return inference.decode(shown.codes, labels)


def farther(drawn: Floats, real: Floats) -> float:
    """Return the share of pairs, one of each, of which the first is larger; equal ones count half (Mann-Whitney)."""
    among = np.sort(real)
    below, up_to = np.searchsorted(among, drawn, "left"), np.searchsorted(among, drawn, "right")
    return float((below + up_to).mean() / (2 * len(among)))


def share_in_holes(drawn: Floats, real: Floats) -> Estimate:
    """Return the share of draws that are farther than 99% of test images, with a careful 95% interval.

    It goes from the lower end of the share's interval at the upper end of the threshold's, to the upper one at the
    lower; the threshold's interval is made by drawing as many test images anew with replacement.
    """
    rng = np.random.default_rng(0)
    again = np.quantile(rng.choice(real, (_RESAMPLED, len(real))), USUAL, axis=1)
    low, high = np.quantile(again, [0.025, 0.975])
    share = share_with_interval(drawn > np.quantile(real, USUAL))
    return dataclasses.replace(
        share, low=share_with_interval(drawn > high).low, high=share_with_interval(drawn > low).high
    )


def nearest(codes: npt.NDArray[np.floating], among: npt.NDArray[np.floating]) -> tuple[Floats, Indices]:
    """Return the Euclidean distance from each code (N, K) to the nearest of others (M, K), (N,), and which, (N,)."""
    which, distances = nearest_to(among, codes, 1)
    return distances[:, 0], which[:, 0]


def _codes(inference: Inference, dataset: Dataset, indices: Indices, rng: np.random.Generator) -> tuple[Codes, bool]:
    """Return a code of each image (N, K), drawn of its posterior where it has one, and whether it was drawn."""
    found = posteriors_of(inference, dataset, indices)
    if found is None:
        return codes_of(inference, dataset, indices), False
    mean, log_variance = found
    return (mean + np.exp(0.5 * log_variance) * rng.standard_normal(mean.shape)).astype(np.float32), True


def _shown(chosen: Indices, draws: Codes, distances: Floats, neighbours: Indices) -> Shown:
    return Shown(
        tuple(map(int, chosen)),
        draws[chosen],
        tuple(map(float, distances[chosen])),
        tuple(map(int, neighbours[chosen])),
    )


def _check(inference: Inference, dataset: Dataset) -> None:
    if not inference.encodes:
        raise no_encoder(inference.run_id) if inference.decodes else no_code(inference.run_id)
    for part, fewest in (("test", _FEWEST_TEST), ("train", _FEWEST_TRAIN)):
        if dataset.counts[part] < fewest:
            raise LabError(
                "Holes are told by how far apart real codes are: that takes at least {fewest} {part} images; {dataset} "
                "has {count}.",
                fewest=fewest,
                part=part,
                dataset=dataset.name,
                count=dataset.counts[part],
            )


SPEC = StudySpec(
    name="holes",
    label=N_("Holes"),
    question=N_("How many draws of the prior fall where no image has its code?"),
    subject="run",
    config=Config,
    run=run,
)
