"""What runs are tested on: noises, alone or put together, each at some of the five calibrated severities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from aelab.errors import LabError
from aelab.noise import noises
from aelab.noise.corruption import Corruption, How, Part

NUMBERS: Final = (1, 2, 3, 4, 5)

_SIGNS: Final[dict[How, str]] = {"then": "+", "or": "|"}


@dataclass(frozen=True)
class Ladder:
    """A noise, or several put together, from the lightest to the heaviest of the five calibrated severities.

    Attributes
    ----------
    names : tuple of str
        Of the noises, at least one.
    how : {"then", "or"}
        As `Corruption.how`.
    """

    names: tuple[str, ...]
    how: How = "then"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` writes: ``gaussian``, ``gaussian+jpeg`` (one after the other) or ``gaussian|jpeg`` (one).

        Raises
        ------
        LabError
            If there is no such noise, or it is given a level.
        """
        how: How = "or" if _SIGNS["or"] in text else "then"
        names = tuple(name.strip() for name in text.split(_SIGNS[how]))
        for name in names:
            if ":" in name:
                raise LabError(
                    "{value} is a noise with a level. Here noises stand without one: name {noise}, and choose "
                    "severities from 1 (light) to 5 (heavy).",
                    value=repr(name[:80]),
                    noise=repr(name.partition(":")[0][:80]),
                )
            noises[name]  # a LabError where there is none
        return cls(names, how)

    def __str__(self) -> str:
        return _SIGNS[self.how].join(self.names)

    def at(self, number: int) -> Corruption:
        """Return it at a severity from 1 to 5, each of its noises at its own level of that number."""
        return Corruption(tuple(Part(name, noises[name].severities[number - 1]) for name in self.names), self.how)


@dataclass(frozen=True)
class Column:
    """A noise at a severity: the column of a matrix."""

    noise: Ladder
    severity: int

    @property
    def corruption(self) -> Corruption:
        """What is done to the images."""
        return self.noise.at(self.severity)


def columns(ladders: Sequence[Ladder], numbers: Sequence[int]) -> tuple[Column, ...]:
    """Return every noise at every severity, the severities of a noise side by side."""
    return tuple(Column(noise, number) for noise in ladders for number in numbers)


def read_numbers(text: str) -> tuple[int, ...]:
    """Read severities with commas between them, ascending and each once.

    Raises
    ------
    LabError
        For what is no whole number from 1 to 5.
    """
    found = set()
    for part in filter(None, (each.strip() for each in text.split(","))):
        if part not in {str(number) for number in NUMBERS}:
            raise LabError(
                "A severity is a whole number from 1 (light) to 5 (heavy); {value} is none.", value=repr(part[:9])
            )
        found.add(int(part))
    return tuple(sorted(found))
