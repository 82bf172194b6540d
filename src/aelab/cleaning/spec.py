"""What the file of a check declares, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from aelab.cleaning.subject import Subject
from aelab.errors import LabError
from aelab.fields import Config


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that share one fault; often it is a single one.

    Attributes
    ----------
    members : tuple of int
        Indices into the dataset, the best first. Empty only where there is no picture to show.
    value : float
        What was measured, in the check's `unit`.
    keep : tuple of int
        Those of the members that the proposal keeps; all of them where the lab proposes nothing.
    evidence : LabError
        One sentence with the figures.
    """

    members: tuple[int, ...]
    value: float
    keep: tuple[int, ...]
    evidence: LabError


@dataclass(frozen=True)
class CheckSpec:
    """One thing that can be wrong with pictures.

    Attributes
    ----------
    name, label : str
    definition : str
        The rule, for a student.
    severity : int
        Place among the checks; the smallest is the worst, and comes first.
    config : type of Config
    find : callable
        ``find(subject, config) -> iterable of Group``, the worst first. No picture is in two groups.
    equation : str
        LaTeX; empty where the rule is said in words.
    value_label, unit : str
        Of what a group's `value` is. Empty where it is a bare count.
    automatic : bool
        Whether the proposals may be accepted all at once. False where a person must look: the check
        knows that something is odd, not that it is wrong.
    copies : bool
        Whether the members of a group are one picture, so that the last of them is never left out.
    """

    name: str
    label: str
    definition: str
    severity: int
    config: type[Config]
    find: Callable[[Subject, Any], Iterable[Group]]
    equation: str = ""
    value_label: str = ""
    unit: str = ""
    automatic: bool = False
    copies: bool = False

    @property
    def order(self) -> int:
        """Place in lists, for the registry."""
        return self.severity
