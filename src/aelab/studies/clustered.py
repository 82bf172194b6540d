"""What clusters of codes are like: how they agree with classes, beside the same of pixels and of principal components.

No SPEC: `clusters` asks, this is the answer, and how it is written as tables.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.errors import LabError
from aelab.metrics.estimate import Estimate

#: What was put into clusters: the run's codes, the pixels, as many principal components as a code has numbers.
Space = Literal["code", "pixels", "pca"]

#: Why there is nothing to agree with.
Reason = Literal["", "unlabelled", "one class"]


@dataclass(frozen=True)
class Row:
    """One clustering of the images.

    Attributes
    ----------
    space : {"code", "pixels", "pca"}
    dimensions : int
        Numbers of each image.
    agreement : mapping of str to Estimate
        `accuracy`, `nmi` and `ari` with 95% bootstrap intervals over images; empty where there are no classes.
    leads : mapping of str to Estimate
        By how much the codes' clusters agree better, by measure, on the same draws of images; empty for the codes.
    silhouette : Estimate
        NaN where it is not defined; its `n` says of how many images.
    objective : float
        What the algorithm optimised, as its SPEC says.
    covariance : str
        "full" or "diagonal"; "" of k-means.
    converged : bool
    """

    space: Space
    dimensions: int
    agreement: Mapping[str, Estimate]
    leads: Mapping[str, Estimate]
    silhouette: Estimate
    objective: float
    covariance: str
    converged: bool

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Row:
        """Return a row as `to_json` of its `Clusters` has written it."""
        read = {name: {key: Estimate(**each) for key, each in data[name].items()} for name in ("agreement", "leads")}
        return cls(**{**data, **read, "silhouette": Estimate(**data["silhouette"])})


@dataclass(frozen=True)
class Tried:
    """Another number of clusters of the codes, tried on a fair draw of the images.

    Attributes
    ----------
    clusters : int
    silhouette : float
        Higher is better.
    bic : float or None
        Lower is better; of mixtures only.
    """

    clusters: int
    silhouette: float
    bic: float | None


@dataclass(frozen=True)
class Clusters:
    """The clusters of a run's codes.

    Attributes
    ----------
    algorithm : str
    part : str
        Of the split; clusters were fitted on the images on which they are measured.
    clusters, seed, restarts : int
    n, n_labelled : int
        Images, and those of them whose class is known; agreement is measured on the latter.
    reason : str
        Why no agreement is measured; "" where it is.
    rows : tuple of Row
        Of the codes, the pixels and the principal components.
    counts : ndarray, int64 (C, K)
        Images by class and cluster of the codes, (0, K) without classes. Clusters that are matched stand in the order
        of their classes, those left over behind them.
    matched : tuple of int
        The class of each cluster, -1 for one that is left over or where there are no classes.
    indices, labels : ndarray, (n,)
        Images of the dataset, ascending, and the cluster of each by the order above.
    central, doubtful : tuple of tuple of int
        For each cluster, images of the dataset: the nearest to its middle first, the most doubtful first.
    tried : tuple of Tried
    n_tried : int
        Images of the draw on which they were tried.
    """

    algorithm: str
    part: str
    clusters: int
    seed: int
    restarts: int
    n: int
    n_labelled: int
    reason: Reason
    rows: tuple[Row, ...]
    counts: npt.NDArray[np.int64]
    matched: tuple[int, ...]
    indices: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int32]
    central: tuple[tuple[int, ...], ...]
    doubtful: tuple[tuple[int, ...], ...]
    tried: tuple[Tried, ...]
    n_tried: int

    def row(self, space: Space) -> Row:
        """Return one of the clusterings."""
        return next(row for row in self.rows if row.space == space)

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Images of each cluster, int64 (K,)."""
        return np.bincount(self.labels, minlength=self.clusters).astype(np.int64)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        arrays = {name: getattr(self, name).tolist() for name in ("counts", "indices", "labels")}
        return dataclasses.asdict(self) | arrays

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Clusters:
        """Return what `to_json` has written."""
        known = dict(data)
        known["rows"] = tuple(Row.from_json(row) for row in data["rows"])
        known["tried"] = tuple(Tried(**each) for each in data["tried"])
        known["counts"] = np.array(data["counts"], np.int64).reshape(-1, data["clusters"])
        known["indices"], known["labels"] = np.array(data["indices"], np.int64), np.array(data["labels"], np.int32)
        known["matched"] = tuple(data["matched"])
        for name in ("central", "doubtful"):
            known[name] = tuple(tuple(each) for each in data[name])
        return cls(**known)


def why_none(found: Clusters) -> LabError | None:
    """Return why no agreement with classes is measured, as a sentence; None where it is."""
    if found.reason == "unlabelled":
        return LabError(
            "The classes of these images are not known, so nobody can say how often clusters find them: only whether "
            "clusters are apart (silhouette)."
        )
    if found.reason == "one class":
        return LabError(
            "All labelled images are of one class, which any cluster finds: only whether clusters are apart "
            "(silhouette) is measured."
        )
    return None


def table(found: Clusters) -> pd.DataFrame:
    """Return the clusterings as a tidy table: a row for each of codes, pixels and components."""
    lines = []
    for row in found.rows:
        line: dict[str, Any] = {"space": row.space, "dimensions": row.dimensions}
        for name, each in (*row.agreement.items(), ("silhouette", row.silhouette)):
            line |= {name: each.mean, f"{name}_low": each.low, f"{name}_high": each.high}
        for name, each in row.leads.items():
            line |= {f"{name}_lead": each.mean, f"{name}_lead_low": each.low, f"{name}_lead_high": each.high}
        asked = {name: getattr(found, name) for name in ("algorithm", "clusters", "restarts", "seed")}
        line |= {"objective": row.objective, "covariance": row.covariance, "converged": row.converged, **asked}
        line |= {"n": found.n, "n_labelled": found.n_labelled, "n_silhouette": row.silhouette.n, "split": found.part}
        lines.append(line)
    return pd.DataFrame(lines)


def members(found: Clusters, classes: npt.NDArray[np.integer], names: Sequence[str]) -> pd.DataFrame:
    """Return the cluster of each image: columns index, class ("" where unknown), cluster (from 1) and matched_class."""
    own = [names[code] if code >= 0 else "" for code in classes[found.indices]]
    matched = [names[code] if code >= 0 else "" for code in np.array(found.matched)[found.labels]]
    return pd.DataFrame(
        {"index": found.indices, "class": own, "cluster": found.labels.astype(int) + 1, "matched_class": matched}
    )
