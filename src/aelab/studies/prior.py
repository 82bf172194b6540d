"""Where new codes come from: the standard normal distribution, or a mixture that is fitted on a run's codes.

An autoencoder's codes follow no distribution that is known beforehand, and those of a variational one a normal
distribution only roughly: many a draw of the prior falls where no code is, and its image is made up.  A mixture of
normal distributions that is fitted on the codes afterwards knows where they are [1]_, so that any run with an encoder
can draw images.  Of a vector-quantised run it is fitted on the codes before they are rounded; its decoder rounds them.

References
----------
.. [1] P. Ghosh, M. S. M. Sajjadi, A. Vergari, M. Black and B. Schölkopf, "From variational to deterministic
   autoencoders", ICLR 2020: section 4, ex-post density estimation. arXiv:1903.12436
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.fields import field
from aelab.inference import Codes, Inference
from aelab.studies._codes import codes_of

Prior = Literal["normal", "mixture"]
Floats = npt.NDArray[np.float32]

_MOST_CODES: Final = 20_000  # more take longer and change little
_FEWEST_CODES: Final = 10
_HELD_OUT: Final = 0.1
_MOST_COMPONENTS: Final = 64
_MOST_DIRECTIONS: Final = 256
_MOST_COVARIANCES: Final = 65_536  # numbers in those of all components: 64 of them where a code has 32
_CODES_A_NUMBER: Final = 5  # fewer codes than that a component, and its covariance is mostly chance
_MOST_STEPS: Final = 20
_LEAST_VARIANCE: Final = 1e-6  # of a component, where all codes together have 1


def prior_field() -> Any:
    """Return the field of a config for what codes are drawn from."""
    return field(
        "normal",
        "Draw codes from",
        "The standard normal distribution, to which generative models bring their codes, or a mixture of normal "
        "distributions that is fitted on the codes of training images.",
    )


@dataclass(frozen=True)
class Mixture:
    """A mixture of M normal distributions over codes of K numbers.

    Attributes
    ----------
    weights : ndarray, float64 (M,)
        They add up to 1.
    means : ndarray, float32 (M, K)
    factors : ndarray, float32 (M, R, K)
        F with FᵀF the covariance of each component; R is how many directions the codes move in, at most 256.
    n_codes : int
        Codes of training images on which it was fitted, those included by which the number of components was chosen.
    """

    weights: npt.NDArray[np.float64]
    means: Floats
    factors: Floats
    n_codes: int

    @property
    def components(self) -> int:
        """How many normal distributions it is made of."""
        return len(self.weights)

    def draw(self, count: int, rng: np.random.Generator) -> Codes:
        """Return codes (count, K)."""
        which = rng.choice(self.components, count, p=self.weights)
        noise = rng.standard_normal((count, self.factors.shape[1]), dtype=np.float32)
        codes = self.means[which]
        for component, factor in enumerate(self.factors):
            drawn = which == component
            codes[drawn] += noise[drawn] @ factor
        return codes


def draw_codes(latent_dim: int, count: int, rng: np.random.Generator, mixture: Mixture | None = None) -> Codes:
    """Return codes (count, latent_dim) from a mixture, or from the standard normal where there is none."""
    if mixture is not None:
        return mixture.draw(count, rng)
    return rng.standard_normal((count, latent_dim), dtype=np.float32)


def fit(inference: Inference, dataset: Dataset, seed: int = 0) -> Mixture:
    """Fit a mixture on the codes of training images: all of them, or 20,000 drawn fairly.

    Raises
    ------
    LabError
        If the run has no encoder, there are fewer than ten training images, or their codes are no numbers, or all
        the same.
    """
    images = np.random.default_rng(seed).permutation(dataset.indices("train"))[:_MOST_CODES]
    if len(images) < _FEWEST_CODES:
        raise LabError(
            "A mixture is fitted on the codes of at least {fewest} training images; {dataset} has {count}.",
            fewest=_FEWEST_CODES,
            dataset=dataset.name,
            count=len(images),
        )
    codes = codes_of(inference, dataset, np.sort(images))
    if np.ptp(codes, axis=0).max() == 0:
        raise LabError(
            "Run {run} gives every image the same code, so that no mixture can be fitted: it has learned nothing. "
            "Try another run.",
            run=inference.run_id,
        )
    return fit_codes(np.random.default_rng(seed).permutation(codes), seed)


def fit_codes(codes: Codes, seed: int) -> Mixture:
    """Fit a mixture on codes (N, K) in any order that tells nothing, of which a tenth choose the number of components.

    It is doubled for as long as codes that were not fitted become more likely.
    """
    from sklearn.decomposition import PCA  # noqa: PLC0415 - a second to import

    pca = PCA(min(_MOST_DIRECTIONS, *codes.shape), random_state=seed).fit(codes.astype(np.float64))
    places = pca.transform(codes.astype(np.float64))  # (N, R)
    scale = float(np.sqrt(np.square(places).sum(axis=1).mean() / places.shape[1]))
    held_out, fitted = np.split(places / scale, [math.ceil(_HELD_OUT * len(places))])
    best, likelihood = _gaussian_mixture(1, fitted, seed), -math.inf
    for count in (2**power for power in range(int(math.log2(_most_components(*fitted.shape))) + 1)):
        tried = best if count == 1 else _gaussian_mixture(count, fitted, seed)
        if tried.score(held_out) <= likelihood:
            break
        best, likelihood = tried, tried.score(held_out)
    back = scale * pca.components_  # (R, K)
    factors = np.swapaxes(np.linalg.cholesky(best.covariances_), 1, 2) @ back  # (M, R, K)
    return Mixture(
        best.weights_ / best.weights_.sum(),
        (best.means_ @ back + pca.mean_).astype(np.float32),
        factors.astype(np.float32),
        len(codes),
    )


def _most_components(codes: int, numbers: int) -> int:
    return max(1, min(_MOST_COMPONENTS, codes // (_CODES_A_NUMBER * numbers), _MOST_COVARIANCES // numbers**2))


def _gaussian_mixture(count: int, places: npt.NDArray[np.float64], seed: int) -> Any:
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415
    from sklearn.mixture import GaussianMixture  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    mixture = GaussianMixture(count, reg_covar=_LEAST_VARIANCE, max_iter=_MOST_STEPS, random_state=seed)
    # Matrices so small gain nothing from threads, which on a busy computer wait for one another: 100 times as long.
    with threadpool_limits(1), warnings.catch_warnings():  # what twenty steps find is good enough to draw from
        warnings.simplefilter("ignore", ConvergenceWarning)
        return mixture.fit(places)
