"""How the words of a study are explained: name, meaning, equation, source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A number or a way that a study tells of, as it is explained to students.

    Attributes
    ----------
    term, meaning : str
        The meaning says which values are better, where some are.
    equation : str
        LaTeX.
    source : str
        The paper that defines it; empty where there is none.
    """

    term: str
    meaning: str
    equation: str
    source: str
