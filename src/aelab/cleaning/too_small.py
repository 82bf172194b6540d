"""Pictures that were too small to begin with, whatever they have been enlarged to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aelab.cleaning.spec import CheckSpec, Group
from aelab.cleaning.subject import Subject
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field


@dataclass(frozen=True)
class Config(BaseConfig):
    """When a picture counts as too small."""

    least: int = field(
        32, "Least side", "Too small if the shorter side of the file has fewer pixels.", low=1, high=4096, unit="px"
    )


def find(subject: Subject, config: Config) -> Iterator[Group]:
    """Yield a group of one for each picture that is too small, the smallest first."""
    shorter = subject.sizes.min(axis=1)
    small = np.flatnonzero(shorter < _limit(shorter, config.least))
    area = subject.sizes[small].astype(np.int64).prod(axis=1)
    for index in small[np.lexsort((small, area, shorter[small]))].tolist():
        yield _group(subject, index)


def _limit(shorter: np.ndarray, least: int) -> float:
    """Return how many pixels are enough: where all are small, as in MNIST, being small is no fault of one."""
    usual = float(np.median(shorter)) if len(shorter) else 0.0
    return least if usual >= least else usual / 2


def _group(subject: Subject, index: int) -> Group:
    height, width = map(int, subject.sizes[index])
    evidence = LabError("The file has {width} × {height} pixels.", width=width, height=height)
    return Group((index,), float(min(height, width)), (), evidence)


SPEC = CheckSpec(
    name="too_small",
    label=N_("Too small"),
    definition=N_(
        "The shorter side of the file has fewer pixels than set here. What it is enlarged to is invented by the "
        "resizing. Where the usual picture of the dataset is itself smaller than that, half the usual side counts."
    ),
    severity=60,
    config=Config,
    find=find,
    equation=r"\min(h, w) < s",
    value_label=N_("Shorter side"),
    unit=N_("px"),
    automatic=True,
)
