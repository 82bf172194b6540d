"""Filters ready to restore any image of a dataset, as well as they can without ever having seen it.

A slider asks for another severity at every move, and tuning takes seconds.  So a filter is tuned for the five
calibrated severities of a noise, and serves the levels around each of them.
"""

from __future__ import annotations

import math
from typing import Final

from aelab.datasets.store import Dataset
from aelab.filters import filters
from aelab.filters.tuning import Tuned, tune
from aelab.noise import noises
from aelab.noise.corruption import Corruption, Part
from aelab.studies._one_thread import one_thread
from aelab.studies.draws import check_validation, some

#: Filters that take seconds for one choice of settings, and minutes for all severities of photos.
SLOW: Final = frozenset({"non_local_means"})

_MOST_TUNED, _FEWEST_TUNED, _TUNED_VALUES = 16, 4, 16_384  # images, images, values of all of them
_MOST_LEARNED, _LEARNED_VALUES = 2000, 2_000_000  # what is learned is kept in the server's memory


def nearest(corruption: Corruption) -> Corruption:
    """Return a corruption with every level moved to the nearest calibrated severity of its noise, by ratio."""
    return Corruption(tuple(Part(part.noise, _nearest(part)) for part in corruption.parts), corruption.how)


def severities(corruption: Corruption) -> tuple[Corruption, ...]:
    """Return everything that `nearest` can come to where the levels are moved; of several noises only this one."""
    if len(corruption.parts) > 1:
        return (nearest(corruption),)
    noise = corruption.parts[0].noise
    return tuple(Corruption.of(noise, level) for level in noises[noise].severities)


def tuned(dataset: Dataset, name: str, corruption: Corruption) -> Tuned:
    """Tune a filter on a few validation images, after learning from training images if it learns.

    Parameters
    ----------
    dataset : Dataset
    name : str
        Of the filter.
    corruption : Corruption
        For whose images it is tuned.

    Raises
    ------
    LabError
        If there are no validation images, or no such filter.
    """
    with one_thread():
        return _tuned(dataset, name, corruption)


def _tuned(dataset: Dataset, name: str, corruption: Corruption) -> Tuned:
    spec, values = filters[name], math.prod(dataset.shape)
    most = max(_FEWEST_TUNED, min(_MOST_TUNED, _TUNED_VALUES // values))
    check_validation(dataset)
    clean, noisy = some(dataset, "validation", corruption, 0, most)
    if spec.learn is None:
        return tune(spec, clean, noisy)
    learned_from = max(_FEWEST_TUNED, min(_MOST_LEARNED, _LEARNED_VALUES // values))
    return tune(spec, clean, noisy, some(dataset, "train", corruption, 0, learned_from))


def _nearest(part: Part) -> float:
    levels = noises[part.noise].severities
    if part.level <= 0:
        return levels[0]
    return min(levels, key=lambda level: abs(math.log(level / part.level)))
