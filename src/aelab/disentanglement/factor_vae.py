"""The FactorVAE score: while one factor is held fixed, does one and the same number of the code hardly move?

References
----------
.. [1] H. Kim and A. Mnih, "Disentangling by factorising", ICML 2018. arXiv:1802.05983, section 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.disentanglement.factors import Kinds, Values
from aelab.errors import N_
from aelab.metrics.spec import MetricSpec

_VOTES = 800  # as in the paper, with which the classifier is made, and as many to judge it
_GROUP = 64  # images with the same value
_LEAST = 1e-10  # of the largest variance of a number: below it, the number does not move at all


def factor_vae(codes: Values, kinds: Mapping[str, Kinds], seed: int = 0) -> float:
    """Return the share of votes that a majority classifier gets right, from about 1 / F (chance) to 1.

    A vote draws a factor, one of its values, and images with that value; it goes to the number of the code with the
    least variance among them, as a share of its variance over all images. The classifier says, for each number, the
    factor for which most votes went to it. It is judged on votes of its own. Numbers that do not move at all take no
    part, as in the paper.

    Parameters
    ----------
    codes : ndarray, float (N, D)
    kinds : mapping of str to ndarray, int (N,)
        Values that are drawn by how frequent they are; groups are of 64 images, or of all that there are with the
        value, two at least.
    seed : int
    """
    variance = codes.var(axis=0, dtype=np.float64)
    awake = variance > _LEAST * variance.max()
    if not awake.any():
        return 1 / len(kinds)
    rng = np.random.default_rng(seed)
    normed = codes[:, awake].astype(np.float64) / np.sqrt(variance[awake])
    made, judged = (_votes(normed, list(kinds.values()), rng) for _ in range(2))
    chosen = made.argmax(axis=1)
    return float(judged[np.arange(len(judged)), chosen].sum() / judged.sum())


def _votes(codes: Values, kinds: list[Kinds], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return how many votes each number got while each factor was fixed, int64 (D, F)."""
    votes = np.zeros((codes.shape[1], len(kinds)), np.int64)
    for _ in range(_VOTES):
        fixed = int(rng.integers(len(kinds)))
        same = np.flatnonzero(kinds[fixed] == kinds[fixed][rng.integers(len(codes))])
        group = rng.permutation(same)[:_GROUP]
        if len(group) > 1:
            votes[codes[group].var(axis=0).argmin(), fixed] += 1
    return votes


FACTOR_VAE: Final = MetricSpec(
    name="factor_vae",
    label=N_("FactorVAE score"),
    symbol=N_("FactorVAE"),
    unit="",
    direction="higher",
    definition=N_(
        "Images with the same value of one factor are drawn, 64 at a time; the number of the code that varies least "
        "among them votes. How often the number tells which factor was fixed, by majority, on other draws. From "
        "1 / factors (chance) to 1. Of a continuous factor, the same value is one of 10 bins."
    ),
    equation=r"d^* = \arg\min_d \frac{\mathrm{Var}(z_d \mid v_k)}{\mathrm{Var}(z_d)}, \quad "
    r"\frac{1}{M} \sum_m [\, C(d^*_m) = k_m \,]",
    source="Kim & Mnih (2018), arXiv:1802.05983",
    decimals=3,
)
