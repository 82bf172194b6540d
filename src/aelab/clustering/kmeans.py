"""k-means: every point belongs to the nearest of a few middles, which are the means of what belongs to them.

References
----------
.. [1] S. P. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28(2), 1982.
   doi:10.1109/TIT.1982.1056489
.. [2] D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from aelab.clustering.spec import AlgorithmSpec, Clustering, Values, check
from aelab.errors import N_

_MOST_STEPS = 300


def fit(values: Values, count: int, seed: int = 0, restarts: int = 10) -> Clustering:
    """Put points into `count` clusters; of `restarts` beginnings by k-means++, the one with the least inertia is kept.

    Parameters
    ----------
    values : ndarray, float (N, D)
        As they are: whoever wants dimensions to count alike scales them before.
    count, seed, restarts : int

    Returns
    -------
    Clustering
        `objective` is the mean squared distance to the middles, in the squared unit of the values; `doubt` is the
        distance to the own middle as a share of that to the next one.

    Raises
    ------
    LabError
        As `check` has it.
    """
    check(values, count)
    found = fitted(values, count, seed, restarts)
    distances = np.sort(found.transform(values).astype(np.float64), axis=1)
    own = distances[:, 0]
    doubt = own / np.maximum(distances[:, 1], 1e-300) if count > 1 else np.zeros(len(own))
    return Clustering(
        found.labels_.astype(np.int32),
        own,
        np.minimum(doubt, 1.0),
        float(found.inertia_) / len(values),
        converged=found.n_iter_ < _MOST_STEPS,
    )


def fitted(values: Values, count: int, seed: int, restarts: int) -> Any:
    """Return scikit-learn's `KMeans`, fitted on points that were checked."""
    from sklearn.cluster import KMeans  # noqa: PLC0415 - a second to import
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - it has to look for the libraries that came just now

    means = KMeans(count, n_init=restarts, max_iter=_MOST_STEPS, random_state=seed)
    # Points that differ by next to nothing may still fall together: fewer clusters then have any.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return means.fit(values)


SPEC = AlgorithmSpec(
    name="kmeans",
    label=N_("k-means"),
    definition=N_(
        "Every image belongs to the nearest of a few middles, and each middle is the mean of what belongs to it. It "
        "finds round groups of about the same width."
    ),
    equation=r"\min_{\mu_1 \dots \mu_K} \frac{1}{N} \sum_{i=1}^{N} \min_k \lVert z_i - \mu_k \rVert^2",
    source="Lloyd (1982), doi:10.1109/TIT.1982.1056489; Arthur & Vassilvitskii (2007), k-means++",
    objective=N_("mean squared distance to the nearest middle (inertia by image, lower is tighter)"),
    heading=N_("Squared distance (own space)"),
    fit=fit,
)
