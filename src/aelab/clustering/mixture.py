"""A mixture of normal distributions: groups that may be long, small or turned, with a probability of belonging.

References
----------
.. [1] A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum likelihood from incomplete data via the EM algorithm",
   Journal of the Royal Statistical Society B 39(1), 1977.
.. [2] G. Schwarz, "Estimating the dimension of a model", Annals of Statistics 6(2), 1978. doi:10.1214/aos/1176344136
"""

from __future__ import annotations

import warnings
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from aelab.clustering import kmeans
from aelab.clustering.spec import AlgorithmSpec, Clustering, Values, check
from aelab.errors import N_
from aelab.metrics.spec import MetricSpec

_MOST_FULL = 64  # dimensions: a full covariance of more takes minutes
_IMAGES_A_DIMENSION = 2  # of a cluster: with fewer, its full covariance is mostly chance
_LEAST_VARIANCE = 1e-4  # of the mean one; a pixel that is always black has none
_MOST_STEPS = 100


def fit(values: Values, count: int, seed: int = 0, restarts: int = 10) -> Clustering:
    """Fit a mixture of `count` normal distributions, which begins where the best of `restarts` k-means has ended.

    Parameters
    ----------
    values : ndarray, float (N, D)
    count, seed, restarts : int

    Returns
    -------
    Clustering
        `objective` is the mean log-likelihood of a point, in nats. `doubt` is the probability of the next cluster as a
        share of that of the own one. Covariances are diagonal in more than 64 dimensions, and where a cluster has
        fewer than two images a dimension at the mean.

    Raises
    ------
    LabError
        As `check` has it.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - only its use need cost

    check(values, count)
    scale = float(np.sqrt(np.square(values - values.mean(axis=0, dtype=np.float64)).mean()))
    exact = values.shape[1] <= _MOST_FULL  # a full covariance is inverted; so many numbers would take twice the room
    scaled: Values = np.asarray(values / scale, np.float64 if exact else np.float32)
    with threadpool_limits(1):
        found = _fitted(scaled, count, seed, restarts)
        labels = found.predict(scaled)
        chances = np.sort(found.predict_proba(scaled), axis=1)
        nats = float(found.score(scaled) - values.shape[1] * np.log(scale))  # of the values as they were
        distance = _mahalanobis(scaled, found, labels)
    doubt = chances[:, -2] / chances[:, -1] if count > 1 else np.zeros(len(values))
    parameters = found._n_parameters()  # what scikit-learn's own criterion counts
    return Clustering(
        labels.astype(np.int32),
        distance,
        doubt,
        nats,
        covariance="full" if found.covariance_type == "full" else "diagonal",
        bic=float(parameters * np.log(len(values)) - 2 * nats * len(values)),
        converged=bool(found.converged_),
    )


def covariance_of(images: int, dimensions: int, count: int) -> Literal["full", "diag"]:
    """Return the shape of the covariances that so many points can tell."""
    enough = images / count >= _IMAGES_A_DIMENSION * dimensions
    return "full" if dimensions <= _MOST_FULL and enough else "diag"


def _fitted(values: Values, count: int, seed: int, restarts: int) -> Any:
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415
    from sklearn.mixture import GaussianMixture  # noqa: PLC0415 - a second to import

    covariance = covariance_of(len(values), values.shape[1], count)
    begin = kmeans.fitted(values, count, seed, restarts)
    members = np.bincount(begin.labels_, minlength=count)
    mixture = GaussianMixture(
        count,
        covariance_type=covariance,
        reg_covar=_LEAST_VARIANCE,
        max_iter=_MOST_STEPS,
        weights_init=np.maximum(members, 1) / np.maximum(members, 1).sum(),
        means_init=begin.cluster_centers_,
        precisions_init=_precisions(values, begin.labels_, count, covariance),
        random_state=seed,
    )
    with warnings.catch_warnings():  # `converged` says it
        warnings.simplefilter("ignore", ConvergenceWarning)
        return mixture.fit(values)


def _precisions(values: Values, labels: npt.NDArray[np.integer], count: int, covariance: str) -> Values:
    """Return the inverse covariances of groups of points, (K, D, D), or (K, D) of diagonal ones.

    scikit-learn would begin with those of a k-means of its own, begun once: accuracy would then hang on the seed more
    than on anything else.
    """
    found = []
    for cluster in range(count):
        inside = values[labels == cluster]
        if len(inside) == 0:
            variance = np.ones(values.shape[1], values.dtype)  # all points together have about that
            found.append(variance if covariance == "diag" else np.diag(variance))
        elif covariance == "diag":
            found.append(1 / (inside.var(axis=0) + _LEAST_VARIANCE))
        else:
            apart = inside - inside.mean(axis=0)
            spread = apart.T @ apart / len(inside) + _LEAST_VARIANCE * np.eye(values.shape[1])
            inverse = np.linalg.inv(spread)
            found.append((inverse + inverse.T) / 2)
    return np.stack(found).astype(values.dtype)


def _mahalanobis(values: Values, found: Any, labels: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    distance = np.zeros(len(values))
    for cluster in np.unique(labels):
        members = labels == cluster
        apart = values[members] - found.means_[cluster]
        precision = found.precisions_cholesky_[cluster]
        white = apart @ precision if precision.ndim == 2 else apart * precision
        distance[members] = np.linalg.norm(white, axis=1)
    return distance


BIC: Final = MetricSpec(
    name="bic",
    label=N_("Bayesian information criterion"),
    symbol=N_("BIC"),
    unit="",
    direction="lower",
    definition=N_(
        "How unlikely the mixture makes the images, with a penalty for each of its p parameters. It compares numbers "
        "of clusters of the same images; the value itself means nothing."
    ),
    equation=r"\mathrm{BIC} = p \ln N - 2 \sum_{i=1}^{N} \ln p(z_i)",
    source="Schwarz (1978), Estimating the dimension of a model, doi:10.1214/aos/1176344136",
    decimals=0,
)

SPEC = AlgorithmSpec(
    name="mixture",
    label=N_("Gaussian mixture"),
    definition=N_(
        "Images are taken for draws of a few normal distributions, whose weights, means and covariances make them most "
        "likely; an image belongs to the most probable one. Groups may be long, turned, and of different sizes."
    ),
    equation=r"\max_{\pi, \mu, \Sigma} \frac{1}{N} \sum_{i=1}^{N} \log \sum_{k=1}^{K} "
    r"\pi_k\, \mathcal{N}(z_i; \mu_k, \Sigma_k)",
    source="Dempster, Laird & Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm",
    objective=N_("mean log-likelihood of an image, in nats (higher is more likely)"),
    heading=N_("Log-likelihood (nats, own space)"),
    fit=fit,
    order=1,
)
