"""Banners and strips: pictures of which cropping leaves little and padding makes little."""

from __future__ import annotations

import math
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
    """When proportions count as odd."""

    most: float = field(
        2.5, "Most", "Odd if the longer side is more than so many times the shorter.", low=1.0, high=100.0
    )


def find(subject: Subject, config: Config) -> Iterator[Group]:
    """Yield a group of one for each picture of odd proportions, the longest first."""
    if not len(subject):
        return
    ratio = np.log(subject.sizes[:, 1] / np.maximum(subject.sizes[:, 0], 1))
    usual = float(np.median(ratio))
    limit = math.log(config.most) + 1e-9  # exactly 1 : 2.5 is allowed
    oddness = np.abs(ratio - usual) if abs(usual) > limit else np.abs(ratio)  # a set of panoramas is no fault
    odd = np.flatnonzero(oddness > limit)
    for index in odd[np.lexsort((odd, -oddness[odd]))].tolist():
        yield _group(subject, index)


def _group(subject: Subject, index: int) -> Group:
    height, width = map(int, subject.sizes[index])
    ratio = max(height, width) / max(1, min(height, width))
    evidence = LabError(
        "The file has {width} × {height} pixels, 1 : {ratio}.", width=width, height=height, ratio=round(ratio, 1)
    )
    return Group((index,), ratio, (), evidence)


SPEC = CheckSpec(
    name="aspect",
    label=N_("Odd proportions"),
    definition=N_(
        "The longer side of the file is many times the shorter one: of a banner, cropping leaves only a piece and "
        "padding only a strip. Where the usual picture is itself that long, the difference from it counts."
    ),
    severity=80,
    config=Config,
    find=find,
    equation=r"\max(h, w) / \min(h, w) > r",
    value_label=N_("Longer side by shorter"),
)
