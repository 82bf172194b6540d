"""Pictures without fine detail: out of focus, shaken, or enlarged from a few pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.cleaning._reading import Floats, grey, measured, shrunk
from aelab.cleaning.spec import CheckSpec, Group
from aelab.cleaning.subject import Subject
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field

_SIDE = 64  # pixels: in a common size detail is comparable, and sensor noise averages out
_FLAT = 16.0  # variance below which there is no contrast to speak of: that picture is blank, not blurred
_MAD_TO_SIGMA = 1.4826  # of a normal distribution
_LEAST_SIGMA = 0.1  # of the logarithm: sharpness that hardly varies must not make outliers of a tenth
_FLOOR_TO_USUAL = 0.25


@dataclass(frozen=True)
class Config(BaseConfig):
    """When a picture counts as blurred."""

    deviations: float = field(
        4.0,
        "Deviations",
        "Blurred from so many robust standard deviations below the usual sharpness of this dataset.",
        low=1.0,
        high=20.0,
    )
    floor: float = field(0.01, "Floor", "Blurred below this sharpness in any case, unless all are.", low=0.0, high=1.0)


def find(subject: Subject, config: Config) -> Iterator[Group]:
    """Yield a group of one for each blurred picture, the most blurred first."""
    sharpness = subject.once("sharpness", lambda: measured(subject.images, _sharpness))
    known = sharpness[np.isfinite(sharpness)]
    if not len(known):
        return
    usual, limit = _usual_and_limit(known, config)
    blurred = np.flatnonzero(sharpness < limit)
    order = blurred[np.lexsort((blurred, sharpness[blurred]))]
    for index in order.tolist():
        yield _group(index, float(sharpness[index]), usual)


def _sharpness(images: npt.NDArray[np.uint8]) -> Floats:
    """Return the variance of the Laplacian by the variance of the picture, (n,); NaN where it is flat."""
    planes = shrunk(grey(images), _SIDE)
    inner = planes[:, 1:-1, 1:-1]
    sides = planes[:, :-2, 1:-1] + planes[:, 2:, 1:-1] + planes[:, 1:-1, :-2] + planes[:, 1:-1, 2:]
    detail, contrast = (4 * inner - sides).var(axis=(1, 2)), planes.var(axis=(1, 2))
    sharpness: Floats = np.where(contrast >= _FLAT, detail / np.maximum(contrast, _FLAT), np.nan)
    return sharpness


def _usual_and_limit(sharpness: Floats, config: Config) -> tuple[float, float]:
    logarithms = np.log(np.maximum(sharpness, 1e-9))
    usual = float(np.median(logarithms))
    sigma = max(_MAD_TO_SIGMA * float(np.median(np.abs(logarithms - usual))), _LEAST_SIGMA)
    # Where the whole dataset is soft, as enlarged digits are, softness is no fault of one picture.
    floor = min(config.floor, _FLOOR_TO_USUAL * float(np.exp(usual)))
    return float(np.exp(usual)), max(float(np.exp(usual - config.deviations * sigma)), floor)


def _group(index: int, sharpness: float, usual: float) -> Group:
    evidence = LabError(
        "Sharpness {sharpness}, where {usual} is usual in this dataset.",
        sharpness=f"{sharpness:.2g}",
        usual=f"{usual:.2g}",
    )
    return Group((index,), sharpness, (), evidence)


SPEC = CheckSpec(
    name="blurred",
    label=N_("Blurred"),
    definition=N_(
        "Little fine detail: the variance of the Laplacian, by the variance of the grey picture (at most 64 × 64 "
        "pixels) so that contrast does not count, is far below what is usual in this dataset, measured in robust "
        "standard deviations of its logarithm, or below an absolute floor. A smooth picture is not always a bad one."
    ),
    severity=90,
    config=Config,
    find=find,
    equation=r"s = \operatorname{Var}(\nabla^2 x) / \operatorname{Var}(x), \quad "
    r"\ln s < \operatorname{med}(\ln s) - k \cdot 1.4826 \operatorname{MAD}(\ln s) \;\text{or}\; s < s_0",
    value_label=N_("Sharpness"),
)
