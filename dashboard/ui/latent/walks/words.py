"""What several walks say: how far a place is from real images."""

from __future__ import annotations

import numpy as np

from aelab.inference import Codes
from aelab.studies import places
from aelab.studies.decoding import FAR, Surroundings
from ui.i18n import t
from ui.numbers import figure


def distance(around: Surroundings, code: Codes) -> str:
    """Say how far a code (1, K) is from real images: far from data is made up."""
    found = places.nearest(around, code)
    if found is None:
        return t(
            "It lies {distance} from the middle of the prior; draws of the prior lie about {usual} from it. Far from "
            "where it was trained to draw, the picture means nothing.",
            distance=figure(float(np.linalg.norm(code))),
            usual=figure(float(np.sqrt(code.shape[1]))),
        )
    away = float(found.distances[0, 0])
    if alone(around):
        return t(
            "The code of the only test image is {distance} away. How far codes usually are from one another, one image "
            "does not tell.",
            distance=figure(away),
        )
    said = t(
        "Of the codes of N = {count} test images, the nearest is {distance} away; from a code to the nearest other it "
        "is {usual} at the median.",
        count=len(around.codes),
        distance=figure(away),
        usual=figure(around.apart),
    )
    return f"{said} {judged(around, away)}"


def alone(around: Surroundings) -> bool:
    """Return whether there is but one code, of which no other tells what is far."""
    return len(around.codes) == 1


def judged(around: Surroundings, away: float) -> str:
    """Say whether a distance from the nearest code is far, where there are several."""
    if away > FAR * around.apart:
        return t("**Far from data: the picture is made up.**")
    return t("That is about as near to data as images are to one another.")
