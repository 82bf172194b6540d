"""Look for everything that can be wrong with a dataset, and say it worst first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab.cleaning import checks
from aelab.cleaning.spec import CheckSpec, Group
from aelab.cleaning.subject import Subject
from aelab.errors import LabError
from aelab.fields import Config

_MOST_GROUPS = 50_000  # of a check, held at once: nobody looks at more, and memory is bounded


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check : CheckSpec
    config : Config
        The settings it looked with.
    groups : tuple of Group
        The worst first.
    more : int
        Further groups, less bad, that are only counted; they come to light when these are cleaned.
    """

    check: CheckSpec
    config: Config
    groups: tuple[Group, ...]
    more: int = 0

    @property
    def pictures(self) -> int:
        """How many pictures are in the groups."""
        return sum(len(group.members) for group in self.groups)

    @property
    def proposed(self) -> int:
        """How many pictures the proposals of all groups would leave out."""
        return sum(len(group.members) - len(group.keep) for group in self.groups)

    def key(self, group: Group) -> str:
        """Return what a choice calls one of the groups: the check, and the group's first picture in the dataset."""
        if group.members:
            return f"{self.check.name}:{min(group.members)}"
        return next(key for key, each in self.keyed() if each is group)

    def keyed(self) -> Iterator[tuple[str, Group]]:
        """Yield every group with its key; one without pictures has its place for a number."""
        for place, group in enumerate(self.groups):
            yield f"{self.check.name}:{min(group.members, default=place)}", group


@dataclass(frozen=True, eq=False)
class Inspection:
    """Everything that was found in a dataset.

    Attributes
    ----------
    findings : tuple of Finding
        One for each check, the worst kind first, those too that found nothing.
    labels : ndarray, int32 (N,)
    names : sequence of str
    """

    findings: tuple[Finding, ...]
    labels: npt.NDArray[np.int32]
    names: Sequence[str]

    def __getitem__(self, check: str) -> Finding:
        return next(finding for finding in self.findings if finding.check.name == checks[check].name)

    def groups(self) -> Iterator[tuple[str, Finding, Group]]:
        """Yield every group with its key and its check's finding, the worst kind first."""
        for finding in self.findings:
            for key, group in finding.keyed():
                yield key, finding, group

    def counts(self) -> dict[str, int]:
        """Return how many groups each check found."""
        return {finding.check.name: len(finding.groups) + finding.more for finding in self.findings}

    def flags(self) -> dict[int, tuple[str, ...]]:
        """Return the names of the checks that found something, for each picture in which they did."""
        found: dict[int, tuple[str, ...]] = {}
        for finding in self.findings:
            for index in (index for group in finding.groups for index in group.members):
                found[index] = (*found.get(index, ()), finding.check.name)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return counts and the file names of every group, as plain JSON data."""
        return {
            "images": len(self.labels),
            "counts": self.counts(),
            "checks": [self._finding_to_json(finding) for finding in self.findings],
        }

    def _finding_to_json(self, finding: Finding) -> dict[str, Any]:
        return {
            "check": finding.check.name,
            "settings": finding.config.to_json(),
            "groups": [
                {
                    "key": key,
                    "files": [self.names[index] for index in group.members],
                    "keep": [self.names[index] for index in group.keep],
                    "value": group.value,
                    "evidence": str(group.evidence),
                }
                for key, group in finding.keyed()
            ],
            "more": finding.more,
            "pictures": finding.pictures,
        }


def inspect(
    subject: Subject,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    only: Sequence[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Inspection:
    """Ask every check.

    Parameters
    ----------
    subject : Subject
    settings : mapping of str to mapping, optional
        By the name of a check, what differs from its defaults.
    only : sequence of str, optional
        The names of the checks to ask.
    progress : callable, optional
        Told the share done, 0 to 1.

    Raises
    ------
    LabError
        If there is no such check or setting, or its value is out of bounds.
    """
    settings = settings or {}
    chosen = [checks[name] for name in only] if only is not None else list(checks)
    for name in settings:
        checks[name]  # raises, naming those that there are
    configs = [_config(check, settings.get(check.name, {})) for check in chosen]
    findings = []
    for done, (check, config) in enumerate(zip(chosen, configs, strict=True), start=1):
        groups = iter(check.find(subject, config))
        findings.append(Finding(check, config, tuple(islice(groups, _MOST_GROUPS)), sum(1 for _ in groups)))
        if progress is not None:
            progress(done / len(chosen))
    findings.sort(key=lambda finding: finding.check.severity)
    return Inspection(tuple(findings), subject.labels, subject.names)


def _config(check: CheckSpec, values: Mapping[str, Any]) -> Config:
    try:
        return check.config.parse(values)
    except LabError as error:
        raise LabError("{check}: {reason}", check=check.name, reason=error) from None
