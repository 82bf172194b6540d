"""What the file of a rule declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aelab.diagnosis.case import Case


@dataclass(frozen=True)
class Finding:
    """What a rule has found.

    Attributes
    ----------
    rule : str
    template : str
        The English sentence with its evidence, with `{name}` wherever a value goes; the dashboard translates it.
    values : mapping of str to str or number
    change : mapping
        Settings with which to train again, and their values; empty where no setting is to blame.
    """

    rule: str
    template: str
    values: Mapping[str, str | int | float]
    change: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "rule": self.rule, "template": self.template, "values": dict(self.values), "change": dict(self.change)
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Rebuild what `to_json` returned."""
        return cls(data["rule"], data["template"], data["values"], data["change"])


@dataclass(frozen=True)
class RuleSpec:
    """One rule.

    Attributes
    ----------
    name, label : str
    summary : str
        What the illness is, and why it matters.
    find : callable
        ``find(case)`` gives a Finding, or None in a run that is well, or that cannot have it.
    """

    name: str
    label: str
    summary: str
    find: Callable[[Case], Finding | None]
    order: int = 0
