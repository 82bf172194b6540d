"""Mutual information gap: does one number of a code know a factor much better than every other number?

References
----------
.. [1] R. T. Q. Chen, X. Li, R. Grosse and D. Duvenaud, "Isolating sources of disentanglement in variational
   autoencoders", NeurIPS 2018. arXiv:1802.04942, section 4.1.
.. [2] F. Locatello et al., "Challenging common assumptions in the unsupervised learning of disentangled
   representations", ICML 2019. arXiv:1811.12359, appendix C (histograms of 20 bins of posterior means).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.disentanglement.factors import CODE_BINS, Kinds, Values, binned
from aelab.errors import N_
from aelab.metrics.spec import MetricSpec

Floats = npt.NDArray[np.float64]


def mutual_information(codes: Values, kinds: Mapping[str, Kinds]) -> Floats:
    """Return the mutual information of each number of a code and each factor, in nats, float64 (D, F).

    Of histograms: finite samples lift each by about (19 · (values of the factor − 1)) / 2N nats.

    Parameters
    ----------
    codes : ndarray, float (N, D)
    kinds : mapping of str to ndarray, int (N,)
    """
    cut = [binned(column, CODE_BINS) for column in codes.T]
    return np.array([[_information(column, factor) for factor in kinds.values()] for column in cut])


def entropies(kinds: Mapping[str, Kinds]) -> Floats:
    """Return the entropy of each factor in nats, float64 (F,)."""
    return np.array([_information(factor, factor) for factor in kinds.values()])


def gaps(information: Floats, entropy: Floats) -> Floats:
    """Return the gap of each factor, float64 (F,): that between the two best informed numbers, over its entropy."""
    ranked = np.sort(information, axis=0)[::-1]
    second = ranked[1] if len(ranked) > 1 else np.zeros(ranked.shape[1])
    return np.asarray((ranked[0] - second) / entropy)


def mig(codes: Values, kinds: Mapping[str, Kinds]) -> float:
    """Return the mean gap over factors, in [0, 1]."""
    return float(gaps(mutual_information(codes, kinds), entropies(kinds)).mean())


def _information(one: Kinds, other: Kinds) -> float:
    counts = np.bincount(one * (other.max() + 1) + other, minlength=(one.max() + 1) * (other.max() + 1))
    shares = counts.reshape(one.max() + 1, other.max() + 1) / len(one)
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    found = shares > 0
    return max(0.0, float(np.sum(shares[found] * np.log(shares[found] / expected[found]))))


MIG: Final = MetricSpec(
    name="mig",
    label=N_("Mutual information gap"),
    symbol=N_("MIG"),
    unit="",
    direction="higher",
    definition=N_(
        "For each factor, how much more the best informed number of the code knows of it than the second best, as a "
        "share of the factor's entropy; the mean over factors. From 0 (no number stands out) to 1 (each factor is "
        "known in full by one number only). Histograms of 20 bins; continuous factors in 10."
    ),
    equation=r"\mathrm{MIG} = \frac{1}{F} \sum_{k=1}^{F} \frac{I(z_{j_1}; v_k) - I(z_{j_2}; v_k)}{H(v_k)}",
    source="Chen, Li, Grosse & Duvenaud (2018), arXiv:1802.04942",
    decimals=3,
)
