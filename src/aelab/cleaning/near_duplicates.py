"""The same picture in several files: resized, recompressed, brightened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.cleaning._copies import DISTANCE, bits_apart, copies
from aelab.cleaning._labels import split_by_label
from aelab.cleaning.spec import CheckSpec, Group
from aelab.cleaning.subject import Subject
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field


@dataclass(frozen=True)
class Config(BaseConfig):
    """When pictures count as nearly the same."""

    distance: int = field(
        DISTANCE, "Distance", "Bits of 64 that two perceptual hashes may differ in.", low=0, high=16, unit="bits"
    )


def find(subject: Subject, config: Config) -> list[Group]:
    """Return the groups of near-duplicates, the most alike first; the proposal keeps the largest file."""
    found = [
        _group(subject, members)
        for members in copies(subject, config.distance)
        if len(np.unique(subject.digests[members])) > 1
    ]
    return sorted(found, key=lambda group: (group.value, -len(group.members), min(group.members)))


def _group(subject: Subject, found: npt.NDArray[np.int64]) -> Group:
    members = subject.by_name(found)
    members.sort(key=lambda index: -_area(subject, index))  # stable: equal sizes stay in the order of names
    keep = tuple(part[0] for part in split_by_label(members, subject.labels))
    bits = bits_apart(subject, np.array(members))
    evidence = LabError(
        "{count} files that differ, with hashes at most {bits} of 64 bits apart.", count=len(members), bits=bits
    )
    return Group(tuple(members), float(bits), keep, evidence)


def _area(subject: Subject, index: int) -> int:
    height, width = subject.sizes[index].tolist()
    return int(height * width)


SPEC = CheckSpec(
    name="near_duplicates",
    label=N_("Near-duplicates"),
    definition=N_(
        "Different files of one picture: their perceptual hashes, 64 bits that say where the coarse picture is "
        "brighter than its middle, differ in a few bits only. Where many pictures of the dataset have such hashes by "
        "chance, their 32 × 32 pixels must also correlate by 0.995. The proposal keeps the largest file, of files "
        "under several labels one of each."
    ),
    severity=50,
    config=Config,
    find=find,
    equation=r"\sum_{i=1}^{64} \lvert a_i - b_i \rvert \le d",
    value_label=N_("Bits apart"),
    unit=N_("bits"),
    automatic=True,
    copies=True,
)
