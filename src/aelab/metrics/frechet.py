"""Fréchet distance: whether a set of generated images looks, as a whole, like a set of real ones.

It compares features, not images. Which network or measurement made the features is decided elsewhere
and must be said beside the number, with how many there were: values of other features, or of fewer
images (which make it larger), cannot be compared.
"""

from __future__ import annotations

import numpy as np

from aelab.errors import N_, LabError
from aelab.metrics.spec import Floats, MetricSpec


def frechet_distance(reference: Floats, candidate: Floats) -> float:
    """Return the squared Fréchet distance between Gaussians fitted to two sets of features.

    Covariances divide by the number of samples minus one. No matrix square root is taken: with
    S1 = AᵀA and S2 = BᵀB, the eigenvalues of S1 S2 are the squared singular values of A Bᵀ, so the
    trace of its square root is their sum. That is real and accurate even where there are fewer
    samples than features, which is where a general square root becomes complex or fails.

    Parameters
    ----------
    reference : ndarray, (N, D)
    candidate : ndarray, (M, D)
        N and M at least 2.

    Returns
    -------
    float
        At least 0, in squared units of the features.

    Raises
    ------
    LabError
        If a set has fewer than 2 samples, the sets differ in D, or a feature is not finite.

    References
    ----------
    .. [1] Dowson & Landau (1982), The Fréchet distance between multivariate normal distributions,
       Journal of Multivariate Analysis 12(3), 450-455, doi:10.1016/0047-259X(82)90077-X
    .. [2] Heusel, Ramsauer, Unterthiner, Nessler & Hochreiter (2017), GANs trained by a two time-scale
       update rule converge to a local Nash equilibrium, NeurIPS, doi:10.48550/arXiv.1706.08500

    Examples
    --------
    >>> line = np.array([[0.0], [1.0], [2.0]])
    >>> frechet_distance(line, line + 3)
    9.0
    """
    reference, candidate = np.asarray(reference, np.float64), np.asarray(candidate, np.float64)
    _check(reference, candidate)
    mean1, factor1 = _fit(reference)
    mean2, factor2 = _fit(candidate)
    shared = np.linalg.svd(factor1 @ factor2.T, compute_uv=False).sum()  # tr (S1 S2)^½
    means = np.square(mean1 - mean2).sum()
    distance = means + np.square(factor1).sum() + np.square(factor2).sum() - 2 * shared
    return float(np.maximum(distance, 0.0))  # equal sets leave a rounding error of either sign


def _fit(features: Floats) -> tuple[Floats, Floats]:
    """Return the mean (D,), and A (min(N, D), D) with AᵀA the covariance."""
    mean = features.mean(axis=0)
    factor = (features - mean) / np.sqrt(len(features) - 1)
    if len(factor) > factor.shape[1]:
        factor = np.linalg.qr(factor, mode="r")
    return mean, factor


def _check(reference: Floats, candidate: Floats) -> None:
    if reference.ndim != 2 or candidate.ndim != 2 or reference.shape[1] != candidate.shape[1]:
        raise LabError(
            "The Fréchet distance compares two tables with the same features in their columns; "
            "the shape of one is {reference}, of the other {candidate}.",
            reference=reference.shape,
            candidate=candidate.shape,
        )
    fewest = min(len(reference), len(candidate))
    if fewest < 2:
        raise LabError("The Fréchet distance needs at least 2 images in each set; one has {count}.", count=fewest)
    if not (np.isfinite(reference).all() and np.isfinite(candidate).all()):
        raise LabError(
            "The Fréchet distance needs finite features; some are NaN or infinite, "
            "which is what a network that diverged gives. Train it again with a lower learning rate."
        )


SPEC = MetricSpec(
    name="frechet",
    label=N_("Fréchet distance"),
    symbol=N_("FD"),
    unit="",
    direction="lower",
    definition=N_(
        "The squared Fréchet distance between two Gaussians, one fitted to features of real images and one to the "
        "same features of generated images; 0 means equal means and covariances."
    ),
    equation=(
        r"\mathrm{FD} = \lVert \mu_1 - \mu_2 \rVert^2 + "
        r"\operatorname{tr}\!\left(\Sigma_1 + \Sigma_2 - 2 (\Sigma_1 \Sigma_2)^{1/2}\right)"
    ),
    source=(
        "Dowson & Landau (1982), The Fréchet distance between multivariate normal distributions, "
        "Journal of Multivariate Analysis 12(3), 450-455, doi:10.1016/0047-259X(82)90077-X; for images: "
        "Heusel et al. (2017), doi:10.48550/arXiv.1706.08500"
    ),
    of_features=frechet_distance,
    decimals=3,
    order=50,
)
