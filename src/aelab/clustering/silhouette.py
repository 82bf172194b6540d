"""Are clusters apart? The one measure that needs no classes.

References
----------
.. [1] P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis",
   Journal of Computational and Applied Mathematics 20, 1987. doi:10.1016/0377-0427(87)90125-7
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.clustering.spec import Values
from aelab.errors import N_
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.metrics.spec import MetricSpec

_MOST = 2000  # points, all of whose distances are worked out
_MEGABYTES = 64  # of distances at a time


def silhouette(values: Values, labels: npt.NDArray[np.integer], seed: int = 0) -> Estimate:
    """Return the mean silhouette of points (N, D) in clusters (N,), from -1 to 1, of at most 2,000 drawn fairly.

    Returns
    -------
    Estimate
        Its `n` says of how many points; NaN where they lie in one cluster, or each in one of its own.
    """
    from sklearn import config_context  # noqa: PLC0415 - a second to import
    from sklearn.metrics import silhouette_samples  # noqa: PLC0415

    chosen = np.sort(np.random.default_rng(seed).permutation(len(values))[:_MOST])
    kept = labels[chosen]
    if not 2 <= len(np.unique(kept)) < len(kept):
        return Estimate(np.nan, np.nan, np.nan, len(kept))
    with config_context(working_memory=_MEGABYTES):
        return mean_with_interval(silhouette_samples(values[chosen], kept))


SILHOUETTE: Final = MetricSpec(
    name="silhouette",
    label=N_("Silhouette"),
    symbol=N_("Silhouette"),
    unit="",
    direction="higher",
    definition=N_(
        "How much nearer an image is to its own cluster than to the next one: a is its mean distance to the former, b "
        "to the latter. From -1 to 1; 0 is no gap. It knows no classes, and falls with the number of dimensions."
    ),
    equation=r"s = \frac{1}{N} \sum_{i=1}^{N} \frac{b_i - a_i}{\max(a_i, b_i)}",
    source="Rousseeuw (1987), doi:10.1016/0377-0427(87)90125-7",
    decimals=3,
)
