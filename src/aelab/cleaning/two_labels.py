"""One picture under two labels: the dataset contradicts itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.cleaning._copies import DISTANCE, copies
from aelab.cleaning._labels import split_by_label
from aelab.cleaning.spec import CheckSpec, Group
from aelab.cleaning.subject import Subject
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field


@dataclass(frozen=True)
class Config(BaseConfig):
    """When pictures count as one."""

    distance: int = field(
        DISTANCE,
        "Distance",
        "Bits of 64 that two perceptual hashes may differ in; -1 compares the bytes of the files only.",
        low=-1,
        high=16,
        unit="bits",
    )


def find(subject: Subject, config: Config) -> list[Group]:
    """Return the groups of copies that carry several labels, the most labels first.

    Accepting a proposal leaves every copy out: whichever of them stayed would be a guess. Keep one by hand
    where you can see which label is right.
    """
    several = [members for members in copies(subject, config.distance) if _contradicts(subject, members)]
    groups = [_group(subject, members) for members in several]
    return sorted(groups, key=lambda group: (-group.value, -len(group.members), min(group.members)))


def _contradicts(subject: Subject, members: npt.NDArray[np.int64]) -> bool:
    labels = subject.labels[members]
    return len(np.unique(labels[labels >= 0])) > 1


def _group(subject: Subject, found: npt.NDArray[np.int64]) -> Group:
    by_label = split_by_label(subject.by_name(found), subject.labels)
    members = tuple(index for part in by_label for index in part)
    classes = sorted({name for name in map(subject.class_of, members) if name})
    evidence = LabError("One picture, {count} files, as {classes}.", count=len(members), classes=" + ".join(classes))
    return Group(members, float(len(by_label)), (), evidence)


SPEC = CheckSpec(
    name="two_labels",
    label=N_("Two labels"),
    definition=N_(
        "The same picture, as identical or nearly identical files, stands in several classes. At most one of the "
        "labels is right, and no rule can tell which: keep the file whose label is right, or leave all of them out."
    ),
    severity=20,
    config=Config,
    find=find,
    value_label=N_("Labels"),
)
