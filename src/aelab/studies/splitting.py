"""What would another split look like, and does the present one leak?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.alike import same_pictures
from aelab.datasets.similar import group_ids
from aelab.datasets.split import SPLIT_NAMES, SplitPlan, leaks, make_split
from aelab.datasets.store import Dataset

Codes = npt.NDArray[np.uint8]
Pairs = npt.NDArray[np.int64]

#: Bits within which pictures count as one wherever leaks are measured, however a split was made.
USUAL_DISTANCE: Final = SplitPlan().distance
_MOST_HASHED = 100_000  # images; of more, only a split that asks for their hashes is worth the minutes


@dataclass(frozen=True)
class SplitPreview:
    """A split that is not made yet, beside the one that is.

    Attributes
    ----------
    counts : mapping of str to int
        Images that each part would have.
    before, after : DataFrame
        Columns class, train, validation, test, all; unlabelled images have the class "".
    leaks_before, leaks_after : ndarray, int64 (P, 2)
        Pairs of images that are one picture and stand in two parts.
    distance : int
        Bits of the perceptual hash within which two images count as one picture here, whatever the plan keeps
        together: a plan must not be its own judge. -1 where there are too many images to look for more than
        identical ones.
    not_kept_together : int
        How many of `leaks_after` the plan does not try to prevent; the others the source brought so.
    """

    counts: Mapping[str, int]
    before: pd.DataFrame
    after: pd.DataFrame
    leaks_before: Pairs
    leaks_after: Pairs
    distance: int
    not_kept_together: int


def preview(dataset: Dataset, plan: SplitPlan) -> SplitPreview:
    """Split a dataset without storing anything.

    Raises
    ------
    LabError
        If the plan cannot be carried out with so many images.
    """
    distance = USUAL_DISTANCE if len(dataset.kept) <= _MOST_HASHED or plan.distance >= 0 else -1
    pairs = _pairs(dataset, distance)
    groups = group_ids(len(dataset.kept), pairs if plan.distance == distance else _pairs(dataset, plan.distance))
    brought = dataset.originals.given
    given = brought[dataset.kept] if brought is not None else None
    split = make_split(dataset.labels, groups, plan, given)
    torn = leaks(split, pairs)
    return SplitPreview(
        counts={part: int(np.count_nonzero(split == code)) for code, part in enumerate(SPLIT_NAMES)},
        before=balance(dataset, dataset.split),
        after=balance(dataset, split),
        leaks_before=leaks(dataset.split, pairs),
        leaks_after=torn,
        distance=distance,
        not_kept_together=int(np.count_nonzero(groups[torn[:, 0]] != groups[torn[:, 1]])),
    )


def _pairs(dataset: Dataset, distance: int) -> Pairs:
    return same_pictures(dataset.originals, dataset.kept, dataset.digests, distance)


def balance(dataset: Dataset, split: Codes) -> pd.DataFrame:
    """Count the images of each class in each part of a split, as `SplitPreview.before` holds them."""
    codes = [code for code in [*range(len(dataset.class_names)), -1] if np.any(dataset.labels == code)]
    table = pd.DataFrame({"class": [dataset.class_names[code] if code >= 0 else "" for code in codes]})
    for number, part in enumerate(SPLIT_NAMES):
        inside = np.bincount(dataset.labels[split == number] + 1, minlength=len(dataset.class_names) + 1)
        table[part] = [int(inside[code + 1]) for code in codes]
    table["all"] = table[list(SPLIT_NAMES)].sum(axis=1)
    return table
