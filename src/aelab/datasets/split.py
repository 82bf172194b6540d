"""One fixed split into train, validation and test, made when a dataset is stored.

Stratified by class, seeded, and with what is one picture always on one side: a picture that stands in
the training set twice under two names must not be a "test" image the third time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from aelab.datasets._dealing import Units, deal, shared_out
from aelab.errors import LabError
from aelab.fields import Config, field

TRAIN: Final = 0
VALIDATION: Final = 1
TEST: Final = 2
SPLIT_NAMES: Final = ("train", "validation", "test")
FREE: Final = 255  # in a given split: the source leaves the choice

_VALIDATION_MOST = 5000  # more does not make early choices better, and costs training images
_MOST = 100_000_000

Codes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SplitPlan(Config):
    """How a dataset is to be split. A number below 1 is a share of each class, a whole number a count in all."""

    validation: float = field(
        0.1,
        "Validation",
        "A share of each class (0.1; about 5,000 images in all at most), or how many images (200).",
        low=0.001,
        high=_MOST,
    )
    test: float = field(
        0.2,
        "Test",
        "A share of each class (0.2), or how many images (248). A source's own test set stays as it is.",
        low=0.001,
        high=_MOST,
    )
    seed: int = field(0, "Seed", "Another seed deals the images otherwise.", low=0, high=2**32 - 1)
    distance: int = field(
        6,
        "Near-duplicates",
        "Images whose perceptual hashes differ in so few bits stay on one side; -1 takes identical ones only.",
        low=-1,
        high=16,
        unit="bits",
    )
    given: Literal["keep", "ignore"] = field(
        "keep", "Source's own split", "Keep the split that the images came with, or make a new one."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, value in (("validation", self.validation), ("test", self.test)):
            if value >= 1 and not value.is_integer():
                raise LabError(
                    "{field} must be a share below 1 or a whole number of images; it is {value}.",
                    field=name,
                    value=value,
                )
        if self.validation < 1 and self.test < 1 and self.validation + self.test >= 1:
            raise LabError(
                "Validation and Test must leave something for training; together they are {share}.",
                share=round(self.validation + self.test, 6),
            )


def make_split(
    labels: npt.NDArray[np.integer],
    groups: npt.NDArray[np.integer],
    plan: SplitPlan,
    given: Codes | None = None,
) -> Codes:
    """Assign every image to train (0), validation (1) or test (2).

    Parameters
    ----------
    labels : ndarray, int (N,)
        -1 where unknown, which is like a class of its own.
    groups : ndarray, int (N,)
        Images with the same number are one picture, whatever their labels, and stay on one side.
    plan : SplitPlan
    given : ndarray, uint8 (N,), optional
        The split that the source brought. A validation or test set in it stays exactly as it is. A part
        that it lacks is taken from the images it leaves `FREE`, or, where it leaves none, from its training
        set. Other images of a picture that stands in a given part are for training: `leaks` names them.

    Returns
    -------
    ndarray, uint8 (N,)
        Each class gives the same share to each part, and a class of three different pictures one. A count
        is met exactly, where groups permit. A group that is larger than what its class owes a part goes
        to training, unless the part would be empty.

    Raises
    ------
    LabError
        If the plan's counts leave nothing for training.
    """
    keep = given if plan.given == "keep" else None
    split = np.full(len(labels), TRAIN, np.uint8) if keep is None else np.where(keep == FREE, TRAIN, keep)
    asked = {part: size for part, size in ((TEST, plan.test), (VALIDATION, plan.validation)) if part not in split}
    pool = split == TRAIN
    if keep is not None and (keep == FREE).any():
        pool = keep == FREE
    if not asked or not pool.any():
        return split
    bound = np.isin(groups, groups[~pool])[pool]
    units = Units.of(labels[pool], groups[pool], bound, np.random.default_rng(plan.seed))
    codes = np.array([TRAIN, *asked], np.uint8)
    split[pool] = codes[deal(units, _quotas(units, asked))]
    return split


def _quotas(units: Units, asked: Mapping[int, float]) -> Ints:
    """Return how many images of each class each part should get, int64 (parts, classes)."""
    images, groups = units.images_by_class, units.groups_by_class
    total = int(images.sum())
    left = images - 1  # one of each class at least is for training
    quotas = np.zeros((len(asked), len(images)), np.int64)
    for number, (part, size) in enumerate(asked.items()):
        low = np.minimum(groups > number + 1, left).astype(np.int64)
        if size < 1:
            share = min(size, _VALIDATION_MOST / total) if part == VALIDATION else size
            quota = np.clip(np.rint(share * images).astype(np.int64), low, left)
        else:
            _check_count(part, int(size), int(left.sum()))
            low = low if low.sum() <= size else np.zeros_like(low)
            quota = shared_out(int(size), np.float64(size / total) * images, low, left)
        quotas[number] = quota
        left = left - quota
    return quotas


def _check_count(part: int, wanted: int, most: int) -> None:
    if wanted > most:
        raise LabError(
            "{part} asks for {wanted} images, but at most {most} can be spared: one of each class is for training.",
            part=SPLIT_NAMES[part],
            wanted=wanted,
            most=most,
        )


def leaks(split: Codes, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return those pairs (P, 2) of one picture that stand in two different parts of the split."""
    torn: npt.NDArray[np.int64] = pairs[split[pairs[:, 0]] != split[pairs[:, 1]]]
    return torn
