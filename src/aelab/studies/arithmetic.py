"""What does a run make of one group of images minus another, plus an image?

The mean code of images with something, minus that of images without it, is a direction of the latent space; added to
the code of another image it is to bring the same to it [1]_ [2]_.

References
----------
.. [1] A. Radford, L. Metz and S. Chintala, "Unsupervised representation learning with deep convolutional generative
   adversarial networks", ICLR 2016, section 6.3.2. arXiv:1511.06434
.. [2] T. White, "Sampling generative networks", 2016, section 4. arXiv:1609.04468
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Codes, Inference
from aelab.pixels import Images
from aelab.studies import decoding, groups, places
from aelab.studies._codes import codes_of
from aelab.studies._told import class_field
from aelab.studies.decoding import Surroundings
from aelab.studies.places import Nearest, Place
from aelab.studies.spec import StudySpec

_MOST_MEMBERS = 2000  # of a group; the mean of more hardly differs
_NEIGHBOURS = 5


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which groups, which image, and how much of their difference."""

    plus: str = field("", "With", "The group that has something: the name of a class, or factor:NAME=VALUE.")
    minus: str = field("", "Without", "The group that has it not; likewise.")
    image: int = field(
        -1,
        "Image",
        "Number of the image of the dataset that it is added to; -1: the first test image.",
        low=-1,
        high=1e9,
    )
    most: float = field(2.0, "Up to", "How many times the difference is added at the end of the row.", low=0.1, high=10)
    steps: int = field(9, "Steps", "Images in the row, the image alone first.", low=2, high=41)
    label: int = class_field()


@dataclass(frozen=True)
class Mean:
    """The middle of a group.

    Attributes
    ----------
    code : ndarray, float32 (1, K)
        Mean of the codes.
    image : ndarray, float32 (1, H, W, C)
        What it decodes to.
    n : int
        Over how many images.
    """

    code: Codes
    image: Images
    n: int


@dataclass(frozen=True)
class Arithmetic:
    """A row of images: base + strength · (plus − minus).

    Attributes
    ----------
    plus, minus : Mean
    direction : ndarray, float32 (1, K)
        Their difference.
    strengths : ndarray, float32 (S,)
        From 0.
    codes : ndarray, float32 (S, K)
    images : ndarray, float32 (S, H, W, C) in [0, 1]
    nearest : Nearest
        The test images whose codes are nearest to each of them, (S, 5).
    """

    plus: Mean
    minus: Mean
    direction: Codes
    strengths: npt.NDArray[np.float32]
    codes: Codes
    images: Images
    nearest: Nearest


def run(inference: Inference, dataset: Dataset, config: Config) -> Arithmetic:
    """Add the difference of two groups to an image; the first two groups there are where none is named."""
    around = decoding.surroundings(inference, dataset)
    usual = groups.offered(dataset)
    if len(usual) < 2 and not (config.plus and config.minus):
        raise LabError(
            "Dataset {dataset} has neither two classes nor a known factor: there are no groups to add and take away.",
            dataset=dataset.name,
        )
    named = [groups.parse(text, dataset) if text else usual[n] for n, text in enumerate((config.plus, config.minus))]
    sides = [mean_of(inference, dataset, around, groups.members(dataset, group), config.label) for group in named]
    test = dataset.indices("test")
    base = places.of_image(inference, dataset, config.image if config.image >= 0 else int(test[0]))
    return combine(inference, around, sides[0], sides[1], base, config)


def mean_of(
    inference: Inference,
    dataset: Dataset,
    around: Surroundings,
    members: npt.NDArray[np.intp],
    label: int | None = None,
) -> Mean:
    """Return the mean code of some images, an even choice of 2,000 where there are more, and what it decodes to."""
    if not len(members):
        raise LabError("A group without images has no mean code. Choose another one, or select images on the map.")
    members = members[:: -(-len(members) // _MOST_MEMBERS)]
    known = np.isin(members, around.indices)
    codes = around.codes[np.searchsorted(around.indices, members[known])]
    if not known.all():
        codes = np.concatenate([codes, codes_of(inference, dataset, members[~known])])
    code = codes.mean(axis=0, keepdims=True, dtype=np.float64).astype(np.float32)
    return Mean(code, inference.decode(code, label), len(members))


def combine(
    inference: Inference, around: Surroundings, plus: Mean, minus: Mean, base: Place, config: Config = Config()
) -> Arithmetic:
    """Walk from a base in the direction from one group to the other."""
    direction = plus.code - minus.code
    strengths = np.linspace(0, config.most, config.steps, dtype=np.float32)
    codes = base.code + strengths[:, None] * direction
    found = places.nearest(around, codes, _NEIGHBOURS)
    if found is None:
        raise LabError(
            "Run {run} has no encoder: images have no codes in it that could be added.", run=inference.run_id
        )
    return Arithmetic(plus, minus, direction, strengths, codes, inference.decode(codes, config.label), found)


def every(found: Arithmetic, step: int) -> Arithmetic:
    """Return a row with every so-manieth of its images, the first among them."""
    nearest = Nearest(found.nearest.indices[::step], found.nearest.distances[::step])
    return dataclasses.replace(
        found,
        strengths=found.strengths[::step],
        codes=found.codes[::step],
        images=found.images[::step],
        nearest=nearest,
    )


SPEC = StudySpec(
    name="arithmetic",
    label=N_("Arithmetic"),
    question=N_("What is this image with what one group has and another has not?"),
    subject="run",
    config=Config,
    run=run,
)
