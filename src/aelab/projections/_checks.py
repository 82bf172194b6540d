"""What every projection refuses, each in one sentence."""

from __future__ import annotations

import numpy as np

from aelab.errors import LabError
from aelab.projections.spec import Config, Floats

_FEWEST, _FEWEST_OF_NEIGHBOURS = 3, 7  # of seven images, two neighbours are below a third


def check(codes: Floats) -> None:
    """Raise a `LabError` where codes (N, K) are too few, no numbers, or all the same."""
    if len(codes) < _FEWEST:
        raise LabError("A map needs at least {fewest} images; there are {count}.", fewest=_FEWEST, count=len(codes))
    if not np.isfinite(codes).all():
        raise LabError("Some of the codes are no numbers (NaN or infinite), so there is no map. Train the run again.")
    if np.ptp(codes, axis=0).max() == 0:
        raise LabError(
            "Every image has the same code, so there is no map: the run has learned nothing. Try another run."
        )


def check_neighbours(count: int, config: Config, name: str) -> None:
    """Raise a `LabError` where the setting called `name` asks for about as many neighbours as there are codes."""
    if count < _FEWEST_OF_NEIGHBOURS:
        raise LabError(
            "A map by neighbours needs at least {fewest} images; there are {count}. Use PCA.",
            fewest=_FEWEST_OF_NEIGHBOURS,
            count=count,
        )
    wanted = getattr(config, name)
    if wanted >= count / 3:
        raise LabError(
            "{setting} must be below a third of the {count} images; it is {value}. Try {proposal}.",
            setting=config.knob(name).label,
            count=count,
            value=f"{wanted:g}",
            proposal=fitting(count),
        )


def fitting(count: int) -> int:
    """Return a number of neighbours that so many images allow."""
    return max(2, count // 10)
