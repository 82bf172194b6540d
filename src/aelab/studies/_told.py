"""The setting of every study that decodes: which class a conditional run is asked for."""

from __future__ import annotations

from typing import Any

from aelab.fields import field
from aelab.intake.limits import MOST_CLASSES


def class_field() -> Any:
    """Return the field of a config for the number of that class."""
    return field(
        0,
        "Class",
        "Number of the class that a conditional run is asked for; any other run draws the same whatever it is.",
        low=0,
        high=MOST_CLASSES - 1,
    )
