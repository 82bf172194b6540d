"""One fixed split into train, validation and test, made when a dataset is stored.

Stratified by class, seeded, and with identical images always on one side: a picture that stands in
the training set twice under two names must not be a "test" image the third time.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
import numpy.typing as npt

TRAIN: Final = 0
VALIDATION: Final = 1
TEST: Final = 2
SPLIT_NAMES: Final = ("train", "validation", "test")

_VALIDATION_SHARE = 0.1
_TEST_SHARE = 0.2
_VALIDATION_MOST = 5000  # more does not make early choices better, and costs training images


def make_split(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int32],
    seed: int,
    test: npt.NDArray[np.bool_] | None = None,
) -> npt.NDArray[np.uint8]:
    """Assign every image to train (0), validation (1) or test (2).

    Parameters
    ----------
    images : ndarray, uint8 (N, H, W, C)
    labels : ndarray, int32 (N,)
    seed : int
    test : ndarray, bool (N,), optional
        The source's own test set; kept as it is. Otherwise a fifth of each class is test.

    Returns
    -------
    ndarray, uint8 (N,)
        A tenth of each class (about 5,000 images in all at most) is validation. A class of three has
        one image in each part.
    """
    rng = np.random.default_rng(seed)
    split = np.full(len(labels), TRAIN, np.uint8)
    if test is not None:
        split[test] = TEST
    groups = _groups_of_identical(images)
    free = np.flatnonzero(split == TRAIN)
    validation_share = min(_VALIDATION_SHARE, _VALIDATION_MOST / max(len(free), 1))
    for label in np.unique(labels[free]):
        members = free[labels[free] == label]
        keys = np.unique(groups[members])
        rng.shuffle(keys)
        if test is None:
            keys = _give(split, members, groups, keys, TEST, _TEST_SHARE)
        _give(split, members, groups, keys, VALIDATION, validation_share)
    _keep_groups_together(split, groups, fixed=test is not None)
    return split


def _give(
    split: npt.NDArray[np.uint8],
    members: npt.NDArray[np.intp],
    groups: npt.NDArray[np.intp],
    keys: npt.NDArray[np.intp],
    part: int,
    share: float,
) -> npt.NDArray[np.intp]:
    """Move about `share` of `members` to `part`, whole groups at a time; return the keys left over."""
    wanted = round(share * len(members))
    if wanted == 0 and len(keys) > 1:
        wanted = 1
    sizes = dict(zip(*np.unique(groups[members], return_counts=True), strict=True))
    taken, used = 0, 0
    while taken < wanted and used < len(keys) - 1:
        taken += sizes[keys[used]]
        used += 1
    split[members[np.isin(groups[members], keys[:used])]] = part
    return keys[used:]


def _groups_of_identical(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    digests = b"".join(hashlib.blake2b(image.tobytes(), digest_size=8).digest() for image in images)
    return np.unique(np.frombuffer(digests, np.uint64), return_inverse=True)[1]


def _keep_groups_together(split: npt.NDArray[np.uint8], groups: npt.NDArray[np.intp], *, fixed: bool) -> None:
    """Put identical images that carry different labels, and so were dealt apart, on one side.

    They all go to training: an image that is seen in training must not be tested on. Where the source
    brought its own test set (`fixed`) that set stays as published.
    """
    movable = split != TEST if fixed else np.ones(len(split), bool)
    low = np.full(groups.max(initial=-1) + 1, TEST, np.uint8)
    np.minimum.at(low, groups[movable], split[movable])
    split[movable] = low[groups[movable]]
