"""Do clusters agree with classes? Measures of a table that counts images by class and cluster.

Everything is worked out from that table (C, K), so that an interval over images is a matter of drawing tables.
Clusters have no names: which class one stands for is decided by the matching that is right most often.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.errors import N_
from aelab.metrics.spec import MetricSpec

Counts = npt.NDArray[np.int64]


def contingency(classes: npt.ArrayLike, clusters: npt.ArrayLike, shape: tuple[int, int]) -> Counts:
    """Return how many images of each class are in each cluster, int64 `shape`, from their numbers (N,)."""
    flat = np.asarray(classes, np.int64) * shape[1] + np.asarray(clusters, np.int64)
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)


def matching(counts: Counts) -> npt.NDArray[np.int64]:
    """Return the class of each cluster, int64 (K,), -1 for a cluster that is left over.

    No class has two clusters and no cluster two classes; of all such matchings it is the one with the most images
    right (Kuhn 1955, doi:10.1002/nav.3800020109). Where there are fewer clusters, classes are left over.
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - only its use need cost

    chosen = np.full(counts.shape[1], -1, np.int64)
    classes, clusters = linear_sum_assignment(counts, maximize=True)
    chosen[clusters] = classes
    return chosen


def accuracy(counts: Counts) -> float:
    """Return the share of images, in [0, 1], whose cluster is matched with their class; NaN of no images."""
    matched = matching(counts)
    found = np.flatnonzero(matched >= 0)
    total = int(counts.sum())
    return float(counts[matched[found], found].sum() / total) if total else float("nan")


def normalized_mutual_information(counts: Counts) -> float:
    """Return mutual information over the mean of both entropies, in [0, 1]; 1 where there is one class and cluster.

    scikit-learn's `normalized_mutual_info_score` with its arithmetic mean.
    """
    shares = counts / max(int(counts.sum()), 1)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    mean = (_entropy(rows) + _entropy(columns)) / 2
    if mean == 0:
        return 1.0
    found = shares > 0
    both = shares[found]
    information = float(np.sum(both * np.log(both / np.outer(rows, columns)[found])))
    return float(np.clip(information / mean, 0.0, 1.0))


def adjusted_rand_index(counts: Counts) -> float:
    """Return the share of pairs of images on which both agree, adjusted for chance: 1 is full, 0 that of chance.

    Hubert & Arabie's; below 0 where they agree less than chance would.
    """
    pairs = _pairs(counts).sum()
    rows, columns = _pairs(counts.sum(axis=1)).sum(), _pairs(counts.sum(axis=0)).sum()
    expected = rows * columns / max(_pairs(counts.sum()), 1.0)
    most = (rows + columns) / 2
    return 1.0 if most == expected else float((pairs - expected) / (most - expected))


def _entropy(shares: npt.NDArray[np.float64]) -> float:
    present = shares[shares > 0]
    return float(-np.sum(present * np.log(present)))


def _pairs(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.asarray(counts * (counts - 1.0) / 2)


ACCURACY: Final = MetricSpec(
    name="accuracy",
    label=N_("Accuracy of clusters"),
    symbol=N_("Accuracy"),
    unit="",
    direction="higher",
    definition=N_(
        "Each cluster is matched with one class and each class with one cluster, so that most images are right; the "
        "share of images that are. From 0 to 1. One cluster for everything has the share of the largest class."
    ),
    equation=r"\max_{m} \frac{1}{N} \sum_{i=1}^{N} [\, y_i = m(c_i) \,]",
    source="Kuhn (1955), The Hungarian method for the assignment problem, doi:10.1002/nav.3800020109",
    decimals=3,
)
NMI: Final = MetricSpec(
    name="nmi",
    label=N_("Normalized mutual information"),
    symbol=N_("NMI"),
    unit="",
    direction="higher",
    definition=N_(
        "How much the cluster of an image tells of its class, as a share of the mean of both entropies. 0 is nothing, "
        "1 everything; it rises a little with more clusters."
    ),
    equation=r"\mathrm{NMI} = \frac{2\, I(Y; C)}{H(Y) + H(C)}",
    source="Strehl & Ghosh (2002), Cluster ensembles, JMLR 3, 583-617 (with the arithmetic mean)",
    decimals=3,
)
ARI: Final = MetricSpec(
    name="ari",
    label=N_("Adjusted Rand index"),
    symbol=N_("ARI"),
    unit="",
    direction="higher",
    definition=N_(
        "The share of pairs of images that clusters and classes both put together or both keep apart, less what chance "
        "would give. 1 is full agreement, 0 that of chance."
    ),
    equation=r"\mathrm{ARI} = \frac{R - \mathbb{E}[R]}{\max R - \mathbb{E}[R]}",
    source="Hubert & Arabie (1985), Comparing partitions, doi:10.1007/BF01908075",
    decimals=3,
)
