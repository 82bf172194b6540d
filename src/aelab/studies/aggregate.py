"""All posteriors of a variational run together: how near their mixture is to the prior.

The aggregate posterior q(z) is the mixture of the posteriors of N images with equal weights, 1/N each.  Where it is not
the prior, draws of the prior decode to images that nobody has trained.

References
----------
.. [1] M. D. Hoffman and M. J. Johnson, "ELBO surgery: yet another way to carve up the variational evidence lower
   bound", NeurIPS workshop on advances in approximate Bayesian inference, 2016.
.. [2] A. Makhzani et al., "Adversarial autoencoders", ICLR workshop 2016: the aggregated posterior. arXiv:1511.05644
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.metrics.estimate import Estimate, mean_with_interval

Floats = npt.NDArray[np.float64]

_BIN: Final = 0.1
_LEAST_HALF, _MOST_HALF = 4.0, 30.0  # beyond 37, a float64 cannot tell the prior from nothing
_MISSED: Final = 0.01  # share of the codes beyond the bins, from which on more than a few odd ones are missed
_MOST_MIXED: Final = 2000  # posteriors in the density curves: more of them hardly change the curves
_MOST_DRAWS: Final = 1000
_AT_ONCE: Final = 100  # draws: with ten thousand posteriors, 8 MB


@dataclass(frozen=True)
class Aggregate:
    """The aggregate posterior, dimension by dimension, beside the standard normal.

    Attributes
    ----------
    edges : ndarray, float64 (B + 1,)
        Of bins of equal width around 0.
    density : ndarray, float64 (K, B)
        Mean of q(z) over each bin.
    prior : ndarray, float64 (B,)
        The same of the standard normal.
    divergence : ndarray, float64 (K,)
        KL(q(z) || N(0, 1)) in nats, between the probabilities of the bins, which are exact, and of the two tails
        beyond them: never above the divergence between the densities, and close to it.
    mean, variance, kurtosis : ndarray, float64 (K,)
        Of q(z), exactly; the kurtosis is the excess, so that the standard normal has 0, 1 and 0.
    n : int
        Posteriors that were mixed for density and divergence; the moments are those of all.
    beyond : ndarray, float64 (K,)
        Share of q(z) beyond the bins.
    """

    edges: Floats
    density: Floats
    prior: Floats
    divergence: Floats
    mean: Floats
    variance: Floats
    kurtosis: Floats
    n: int
    beyond: Floats

    @property
    def runs_off(self) -> bool:
        """Whether codes lie where the prior has nothing: then `density` misses them, and `divergence` is too low."""
        return bool(self.beyond.max() > _MISSED)


@dataclass(frozen=True)
class Information:
    """The divergence from the prior, cut in two after [1]_; nats, estimated by draws of the posteriors.

    Attributes
    ----------
    code : Estimate
        Mutual information of image and code: what a code tells of which of the N images it belongs to. It cannot pass
        `ceiling`, so that with too few images it is too low.
    marginal : Estimate
        KL(q(z) || N(0, I)), all dimensions together: too high by as much as `code` is too low.
    ceiling : float
        ln N.
    """

    code: Estimate
    marginal: Estimate
    ceiling: float


def aggregate(mean: Floats, log_variance: Floats) -> Aggregate:
    """Mix posteriors of N images, (N, K) each."""
    variance = np.exp(log_variance)
    middle = mean.mean(axis=0)
    away = mean - middle
    spread = (variance + away**2).mean(axis=0)
    fourth = (away**4 + 6 * away**2 * variance + 3 * variance**2).mean(axis=0)
    mixed = np.random.default_rng(0).permutation(len(mean))[:_MOST_MIXED]
    edges = _edges(mean[mixed], np.sqrt(variance[mixed]))
    chances = np.stack(
        [_chances(edges, *each) for each in zip(mean[mixed].T, np.sqrt(variance[mixed]).T, strict=True)]
    )  # (K, B + 2)
    prior = _chances(edges, np.zeros(1), np.ones(1))
    return Aggregate(
        edges,
        chances[:, 1:-1] / _BIN,
        prior[1:-1] / _BIN,
        _divergence(chances, prior),
        middle,
        spread,
        fourth / spread**2 - 3,
        len(mixed),
        chances[:, 0] + chances[:, -1],
    )


def information(mean: Floats, log_variance: Floats, seed: int) -> Information:
    """Draw a code of each of some images, and ask how likely it is by its own posterior, all of them, and the prior."""
    from scipy.special import logsumexp  # noqa: PLC0415 - a third of a second that no other page needs

    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(mean))[:_MOST_DRAWS]
    deviation = np.exp(0.5 * log_variance)
    codes = mean[chosen] + deviation[chosen] * rng.standard_normal((len(chosen), mean.shape[1]))
    precision = np.exp(-log_variance)
    constant = -0.5 * (log_variance + mean**2 * precision).sum(axis=1)  # (N,)
    own = -0.5 * (log_variance[chosen] + ((codes - mean[chosen]) / deviation[chosen]) ** 2).sum(axis=1)
    together = np.concatenate(
        [
            logsumexp(constant + part @ (mean * precision).T - 0.5 * part**2 @ precision.T, axis=1)
            for part in np.split(codes, range(_AT_ONCE, len(codes), _AT_ONCE))
        ]
    ) - math.log(len(mean))
    prior = -0.5 * (codes**2).sum(axis=1)  # the factor of 2π is the same in all three
    return Information(mean_with_interval(own - together), mean_with_interval(together - prior), math.log(len(mean)))


def _edges(mean: Floats, deviation: Floats) -> Floats:
    """Return the edges of bins that hold nearly all of every mixture, and of the prior."""
    reach = float(np.quantile(np.abs(mean) + 3 * deviation, 0.999))
    bins = math.ceil(min(max(reach, _LEAST_HALF), _MOST_HALF) / _BIN)
    return np.asarray(_BIN * np.arange(-bins, bins + 1), np.float64)


def _chances(edges: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Return how much of a mixture of normal distributions (N,) falls below all bins, into each, and above, (B + 2,).

    Above 0 the differences are taken from the other end, where they do not vanish beside 1.
    """
    from scipy.special import ndtr  # noqa: PLC0415

    lower = ndtr((edges[: len(edges) // 2 + 1, None] - mean) / deviation).mean(axis=1)
    upper = ndtr((mean - edges[len(edges) // 2 :, None]) / deviation).mean(axis=1)
    return np.concatenate([lower[:1], np.diff(lower), -np.diff(upper), upper[-1:]])


def _divergence(chances: Floats, prior: Floats) -> Floats:
    """Return the divergence in nats of each row of probabilities (K, B) from those of the prior (B,), never below 0."""
    from scipy.special import rel_entr  # noqa: PLC0415

    nats: Floats = np.maximum(rel_entr(np.maximum(chances, 0), prior).sum(axis=1), 0.0)
    return nats
