"""The same file more than once."""

from __future__ import annotations

from aelab.cleaning._labels import split_by_label
from aelab.cleaning.spec import CheckSpec, Group
from aelab.cleaning.subject import Subject
from aelab.datasets.similar import identical_groups
from aelab.errors import N_, LabError
from aelab.fields import Config


def find(subject: Subject, config: Config) -> list[Group]:
    """Return the groups of byte-identical files, the largest first; the proposal keeps the first by name."""
    groups = [_group(subject, members.tolist()) for members in identical_groups(subject.digests)]
    return sorted(groups, key=lambda group: (-len(group.members), min(group.members)))


def _group(subject: Subject, found: list[int]) -> Group:
    members = subject.by_name(found)
    keep = tuple(part[0] for part in split_by_label(members, subject.labels))
    evidence = LabError("The same file {count} times.", count=len(members))
    return Group(tuple(members), float(len(members)), keep, evidence)


SPEC = CheckSpec(
    name="repeats",
    label=N_("Exact repeats"),
    definition=N_(
        "Files that are byte for byte the same. One that stands in the training set and again in the test set makes "
        "every reported number too good. The proposal keeps the first by name; of files under several labels one of "
        "each, since only you can tell which label is right."
    ),
    severity=40,
    config=Config,
    find=find,
    value_label=N_("Files"),
    automatic=True,
    copies=True,
)
