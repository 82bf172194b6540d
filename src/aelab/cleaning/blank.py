"""Pictures with nothing on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.cleaning._reading import Floats, measured
from aelab.cleaning.spec import CheckSpec, Group
from aelab.cleaning.subject import Subject
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field

UInt8 = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Config(BaseConfig):
    """When a picture counts as blank."""

    deviation: float = field(
        6.0, "Deviation", "Blank below this standard deviation of the pixels.", low=0.0, high=64.0, unit="of 255"
    )
    share: float = field(
        0.99, "Share", "Blank from this share of pixels that have the commonest value.", low=0.5, high=1.0
    )


def find(subject: Subject, config: Config) -> Iterator[Group]:
    """Yield a group of one for each picture that is nearly one colour, the flattest first."""
    figures = spread(subject)
    blank = np.flatnonzero((figures[:, 0] < config.deviation) | (figures[:, 1] >= config.share))
    order = blank[np.lexsort((blank, figures[blank, 0]))]
    for index in order.tolist():
        yield _group(index, *map(float, figures[index]))


def spread(subject: Subject) -> Floats:
    """Return standard deviation (0 to 127.5) and share of the commonest value (0 to 1) of each picture, (N, 2).

    Of several colour channels the one in which there is most to see counts.
    """
    return subject.once("spread", lambda: measured(subject.images, _spread))


def _spread(images: UInt8) -> Floats:
    count, channels = len(images), images.shape[3]
    values = np.moveaxis(images, 3, 1).reshape(count * channels, -1)  # a row is one channel of one picture
    cells = values + 256 * np.arange(len(values))[:, None]
    histogram = np.bincount(cells.ravel(), minlength=256 * len(values)).reshape(len(values), 256) / values.shape[1]
    levels = np.arange(256.0)
    variance = histogram @ levels**2 - (histogram @ levels) ** 2
    deviation = np.sqrt(np.maximum(variance, 0)).reshape(count, channels).max(axis=1)
    commonest = histogram.max(axis=1).reshape(count, channels).min(axis=1)
    return np.stack([deviation, commonest], axis=1).astype(np.float32)


def _group(index: int, deviation: float, share: float) -> Group:
    evidence = LabError(
        "{share}% of the pixels have one value; the standard deviation is {deviation} of 255.",
        share=round(100 * share, 1),
        deviation=round(deviation, 1),
    )
    return Group((index,), deviation, (), evidence)


SPEC = CheckSpec(
    name="blank",
    label=N_("Blank"),
    definition=N_(
        "Nearly one colour: the standard deviation of the pixels is low, or nearly all of them have the same value. "
        "There is nothing on it to learn."
    ),
    severity=30,
    config=Config,
    find=find,
    equation=r"\sigma = \sqrt{\tfrac{1}{n} \sum_i (x_i - \bar{x})^2}",
    value_label=N_("Standard deviation"),
    unit=N_("of 255"),
    automatic=True,
)
