"""Disentanglement, completeness and informativeness: what a predictor of each factor looks at, and how well it does.

References
----------
.. [1] C. Eastwood and C. K. I. Williams, "A framework for the quantitative evaluation of disentangled
   representations", ICLR 2018. https://openreview.net/forum?id=By-7dz-AZ
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from aelab.disentanglement.factors import Values, is_discrete
from aelab.errors import N_
from aelab.metrics.spec import MetricSpec

_TREES, _LEAF = 40, 5
_HELD_OUT = 1 / 3  # of the images, on which predictions are judged

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Dci:
    """The three scores, each in [0, 1], higher is better.

    Attributes
    ----------
    disentanglement : float
        Whether each number of the code is used for one factor only.
    completeness : float
        Whether each factor is predicted from one number only.
    informativeness : float
        How well factors are predicted on images held out.
    importance : ndarray, float64 (D, F)
        Of each number for each factor; every column sums to 1, or to 0 where the factor cannot be predicted.
    """

    disentanglement: float
    completeness: float
    informativeness: float
    importance: Floats


def dci(codes: Values, factors: Mapping[str, npt.NDArray[np.generic]], seed: int = 0) -> Dci:
    """Predict each factor from codes by a random forest, and return what it looked at and how well it did.

    The paper proposes lasso or random forests, and reports the error; here the forest's importances are taken (mean
    decrease of impurity), and informativeness is the share of the error that prediction takes away: 1 - error / error
    of a guess, by squared error for quantities and by wrong guesses for kinds, not below 0, averaged over factors.

    Parameters
    ----------
    codes : ndarray, float (N, D)
    factors : mapping of str to ndarray, (N,)
        Whole numbers are kinds, others quantities, which need not be binned.
    seed : int
        Of the forest, and of which third of the images is held out.
    """
    order = np.random.default_rng(seed).permutation(len(codes))
    held_out, fitted = np.split(order, [int(len(order) * _HELD_OUT)])
    columns, skills = [], []
    for values in factors.values():
        forest = _forest(is_discrete(values), seed).fit(codes[fitted], values[fitted])
        columns.append(np.asarray(forest.feature_importances_, np.float64))
        skills.append(_skill(forest.predict(codes[held_out]), values[held_out], values[fitted]))
    importance = np.stack(columns, axis=1)
    return Dci(disentanglement(importance), completeness(importance), float(np.mean(skills)), importance)


def disentanglement(importance: Floats) -> float:
    """Return 1 - the entropy of what each number is used for, over numbers by how much they are used at all."""
    weights = importance.sum(axis=1)
    total = float(weights.sum())
    return float(np.sum(weights * (1 - _evenness(importance))) / total) if total else 0.0


def completeness(importance: Floats) -> float:
    """Return 1 - the entropy of what each factor is predicted from, over factors."""
    return disentanglement(importance.T)


def _evenness(rows: Floats) -> Floats:
    """Return the entropy of each row (A, B) as shares, to the base B: 0 is all in one place, 1 everywhere the same."""
    if rows.shape[1] == 1:
        return np.zeros(len(rows))
    shares = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-300)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return np.asarray(-np.sum(shares * logs, axis=1) / np.log(rows.shape[1]))


def _forest(discrete: bool, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor  # noqa: PLC0415 - a second to import

    # Every split may look at every number: offered some by chance, a forest would spread its importances.
    settings = {"n_estimators": _TREES, "min_samples_leaf": _LEAF, "max_features": None, "random_state": seed}
    return RandomForestClassifier(**settings) if discrete else RandomForestRegressor(**settings)


def _skill(
    predicted: npt.NDArray[np.generic], actual: npt.NDArray[np.generic], known: npt.NDArray[np.generic]
) -> float:
    """Return the share of the error of a guess that a prediction takes away, not below 0."""
    if is_discrete(actual):
        commonest = np.bincount(np.asarray(known, np.int64)).argmax()
        error, guess = np.mean(predicted != actual), np.mean(actual != commonest)
    else:
        numbers = np.asarray(actual, np.float64)
        error = np.mean(np.square(np.asarray(predicted, np.float64) - numbers))
        guess = np.mean(np.square(np.asarray(known, np.float64).mean() - numbers))
    return max(0.0, 1 - float(error) / float(guess)) if guess > 0 else 0.0


SCORES: Final = (
    MetricSpec(
        name="disentanglement",
        label=N_("Disentanglement (DCI)"),
        symbol=N_("Disentanglement"),
        unit="",
        direction="higher",
        definition=N_(
            "Whether each number of the code is used to predict one factor only: 1 minus the entropy of its "
            "importances for the factors, weighted by how much it is used. From 0 (for all alike) to 1 (for one)."
        ),
        equation=r"\sum_i \rho_i \Bigl(1 + \sum_k P_{ik} \log_F P_{ik}\Bigr), "
        r"\quad P_{ik} = R_{ik} / \textstyle\sum_l R_{il}",
        source="Eastwood & Williams (2018), https://openreview.net/forum?id=By-7dz-AZ (random forests)",
        decimals=3,
    ),
    MetricSpec(
        name="completeness",
        label=N_("Completeness (DCI)"),
        symbol=N_("Completeness"),
        unit="",
        direction="higher",
        definition=N_(
            "Whether each factor is predicted from one number of the code only: 1 minus the entropy of the importances "
            "of all numbers for it. From 0 (spread over all) to 1 (in one)."
        ),
        equation=r"\sum_k \rho_k \Bigl(1 + \sum_i \tilde P_{ik} \log_D \tilde P_{ik}\Bigr)",
        source="Eastwood & Williams (2018), https://openreview.net/forum?id=By-7dz-AZ (random forests)",
        decimals=3,
    ),
    MetricSpec(
        name="informativeness",
        label=N_("Informativeness (DCI)"),
        symbol=N_("Informativeness"),
        unit="",
        direction="higher",
        definition=N_(
            "How well the factors can be predicted from the code on a third of the images, held out: the share of the "
            "error of a mere guess that the prediction takes away, the mean over factors. From 0 to 1."
        ),
        equation=r"\frac{1}{F} \sum_k \max\bigl(0,\, 1 - E(v_k, \hat v_k) / E(v_k, \bar v_k)\bigr)",
        source="Eastwood & Williams (2018), https://openreview.net/forum?id=By-7dz-AZ (as 1 - normalised error)",
        decimals=3,
    ),
)
