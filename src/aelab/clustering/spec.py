"""What the file of a clustering algorithm declares, what it gives, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError

Values = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Clustering:
    """Points in groups.

    Attributes
    ----------
    labels : ndarray, int32 (N,)
        The cluster of each point, from 0.
    distance : ndarray, float64 (N,)
        To the middle of its own cluster: Euclidean, or Mahalanobis' where clusters have shapes.
    doubt : ndarray, float64 (N,)
        How nearly a point belongs to another cluster, from 0 (not at all) to 1 (as much as to its own).
    objective : float
        What was optimised; the algorithm's file says what it is.
    covariance : str
        Of what shape clusters are: "full", "diagonal", or "" where they have none.
    bic : float or None
        Bayesian information criterion, lower is better; None of an algorithm without a likelihood.
    converged : bool
        Whether another step would have changed next to nothing.
    """

    labels: npt.NDArray[np.int32]
    distance: npt.NDArray[np.float64]
    doubt: npt.NDArray[np.float64]
    objective: float
    covariance: str = ""
    bic: float | None = None
    converged: bool = True


@dataclass(frozen=True)
class AlgorithmSpec:
    """One way to find groups.

    Attributes
    ----------
    name, label : str
    definition : str
        One or two sentences for a student.
    equation : str
        LaTeX: what is optimised.
    source : str
    objective, heading : str
        What `Clustering.objective` is, with its unit and direction: as a sentence, and as it stands in a table.
    fit : callable
        ``fit(values, count, seed, restarts) -> Clustering`` of float values (N, D).
    """

    name: str
    label: str
    definition: str
    equation: str
    source: str
    objective: str
    heading: str
    fit: Callable[[Values, int, int, int], Clustering]
    order: int = 0


def check(values: Values, count: int) -> None:
    """Refuse points of which no `count` groups can be made.

    Raises
    ------
    LabError
        If there are fewer points than groups, a value is no number, or too many points are the same.
    """
    if len(values) < count:
        raise LabError(
            "{count} clusters of {images} images cannot be: choose at most {images} clusters, or more images.",
            count=count,
            images=len(values),
        )
    if not np.isfinite(values).all():
        raise LabError("Values that are no numbers cannot be put into clusters. Train the run again.")
    distinct = len({hash(row.tobytes()) for row in np.ascontiguousarray(values)})
    if distinct == 1:
        raise LabError(
            "Every image has the same code, so there is nothing to put into clusters: the run has learned nothing. "
            "Try another run."
        )
    if distinct < count:
        raise LabError(
            "The {images} images have only {distinct} different codes, too few for {count} clusters. Choose at most "
            "{distinct}, or another run.",
            images=len(values),
            distinct=distinct,
            count=count,
        )
