"""What lies between two images?  Their codes are walked from one to the other, and the pictures blended beside them.

On the straight line between two codes, and on the great circle [1]_, which White proposed for latent spaces [2]_: draws
of a normal prior lie near a sphere, and the straight line between two of them passes nearer to its middle than draws
do.  The blend of the pixels shows what no network is needed for.

References
----------
.. [1] K. Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985. doi:10.1145/325334.325242
.. [2] T. White, "Sampling generative networks", 2016. arXiv:1609.04468
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Codes, Inference
from aelab.pixels import Images
from aelab.studies import decoding, places
from aelab.studies._told import class_field
from aelab.studies.decoding import Surroundings
from aelab.studies.places import Distances, Place
from aelab.studies.spec import StudySpec

_SMALLEST_SINE = 1e-4  # of the angle between two codes that a great circle is drawn through

Shares = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which images, and how many steps from one to the other."""

    first: int = field(
        -1,
        "First image",
        "Number of an image of the dataset; -1 takes the first test image. A run without an encoder takes it as the "
        "seed of a draw of the prior.",
        low=-1,
        high=1e9,
    )
    second: int = field(
        -1, "Second image", "Likewise; -1 takes the first test image of another class.", low=-1, high=1e9
    )
    steps: int = field(11, "Steps", "Images in a row, both ends included.", low=2, high=101)
    label: int = class_field()


@dataclass(frozen=True)
class Path:
    """The steps of one way from one code to another.

    Attributes
    ----------
    codes : ndarray, float32 (S, K)
    images : ndarray, float32 (S, H, W, C) in [0, 1]
    distances : ndarray, float64 (S,), or None
        From each code to the nearest code of a test image, Euclidean; None of a run without an encoder.
    """

    codes: Codes
    images: Images
    distances: Distances | None


@dataclass(frozen=True)
class Interpolation:
    """Two ways between two codes, and the blend of the two pictures.

    Attributes
    ----------
    shares : ndarray, float32 (S,)
        How much of the second end there is in each step, from 0 to 1.
    linear, spherical : Path
    blend : ndarray, float32 (S, H, W, C) in [0, 1]
        Of the pictures themselves; of what is decoded at both ends where the codes are of no pictures.
    round : bool
        Whether there is a great circle: not between codes in one direction, or opposite ones, or where one is zero;
        `spherical` is `linear` then.
    """

    shares: Shares
    linear: Path
    spherical: Path
    blend: Images
    round: bool

    @property
    def table(self) -> Images:
        """The images as rows: linear, spherical, blend, float32 (3, S, H, W, C)."""
        return np.stack([self.linear.images, self.spherical.images, self.blend])


def linear(first: Codes, second: Codes, shares: Shares) -> Codes:
    """Return the points (S, K) of the straight line between two codes (K,), the ends exactly."""
    points = (1 - shares[:, None]) * first + shares[:, None] * second
    return _with_ends(points, first, second, shares)


def has_arc(first: Codes, second: Codes) -> bool:
    """Return whether two codes (K,) have one great circle through them."""
    return _sine(first, second)[0] >= _SMALLEST_SINE


def spherical(first: Codes, second: Codes, shares: Shares) -> Codes:
    """Return the points (S, K) of the arc between two codes (K,); those of the line where there is no arc.

    slerp(a, b; t) = sin((1 - t) ω) / sin ω · a + sin(t ω) / sin ω · b, with ω the angle between a and b.
    """
    sine, angle = _sine(first, second)
    if sine < _SMALLEST_SINE:
        return linear(first, second, shares)
    share = shares[:, None].astype(np.float64)
    points = (np.sin((1 - share) * angle) * first + np.sin(share * angle) * second) / sine
    return _with_ends(points.astype(np.float32), first, second, shares)


def run(inference: Inference, dataset: Dataset, config: Config) -> Interpolation:
    """Walk between the codes of two images of the dataset, or between two draws of the prior."""
    around = decoding.surroundings(inference, dataset)
    ends = (config.first, config.second)
    if not inference.encodes:
        seeds = [number if number >= 0 else usual for usual, number in enumerate(ends)]
        first, second = (places.of_draw(inference, seed) for seed in seeds)
    else:
        usual = usual_ends(dataset)
        chosen = [number if number >= 0 else other for number, other in zip(ends, usual, strict=True)]
        first, second = (places.of_image(inference, dataset, index) for index in chosen)
    return between(inference, around, first, second, steps=config.steps, label=config.label)


def usual_ends(dataset: Dataset) -> tuple[int, int]:
    """Return the first test image, and the first of another class, or the last where there is but one class."""
    test = dataset.indices("test")
    if not len(test):
        raise LabError("Dataset {dataset} has no test images.", dataset=dataset.name)
    others = test[dataset.labels[test] != dataset.labels[test[0]]]
    return int(test[0]), int(others[0] if len(others) else test[-1])


def between(
    inference: Inference, around: Surroundings, first: Place, second: Place, *, steps: int, label: int | None = None
) -> Interpolation:
    """Walk from one place to another, both ways."""
    shares = np.linspace(0, 1, steps, dtype=np.float32)
    a, b = first.code[0], second.code[0]
    straight = _path(inference, around, linear(a, b, shares), label)
    bent = _path(inference, around, spherical(a, b, shares), label) if has_arc(a, b) else straight
    start = straight.images[:1] if first.image is None else first.image
    end = straight.images[-1:] if second.image is None else second.image
    weight = shares[:, None, None, None]
    blend = np.asarray((1 - weight) * start + weight * end, np.float32)
    return Interpolation(shares, straight, bent, blend, bent is not straight)


def _path(inference: Inference, around: Surroundings, codes: Codes, label: int | None) -> Path:
    found = places.nearest(around, codes)
    return Path(codes, inference.decode(codes, label), None if found is None else found.distances[:, 0])


def _sine(first: Codes, second: Codes) -> tuple[float, float]:
    """Return the sine of the angle between two codes, and the angle; 0 where one has no direction."""
    a, b = first.astype(np.float64), second.astype(np.float64)
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    if norms == 0:
        return 0.0, 0.0
    angle = float(np.arccos(np.clip(a @ b / norms, -1.0, 1.0)))
    return float(np.sin(angle)), angle


def _with_ends(points: Codes, first: Codes, second: Codes, shares: Shares) -> Codes:
    """Put the ends themselves where rounding has moved them."""
    points[shares == 0], points[shares == 1] = first, second
    return points


SPEC = StudySpec(
    name="interpolation",
    label=N_("Interpolation"),
    question=N_("What lies between two images?"),
    subject="run",
    config=Config,
    run=run,
)
