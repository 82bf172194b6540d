"""Do groups that are found in a run's codes without being told of classes agree with the classes?

A number alone says little: the same algorithm, with the same seed, puts the same images into clusters by their pixels,
and by as many principal components as a code has numbers.  Whatever the run has learned must show against those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from aelab.clustering import algorithms
from aelab.clustering.agreement import contingency, matching
from aelab.clustering.intervals import Draws, draws, estimates, leads
from aelab.clustering.silhouette import silhouette
from aelab.clustering.spec import Clustering, Values
from aelab.datasets.spec import Progress, no_progress
from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Codes, Inference
from aelab.metrics.estimate import Estimate
from aelab.studies._codes import codes_of, drawn_indices
from aelab.studies._pixels import components_of, pixels_of, room_for
from aelab.studies.clustered import Clusters, Reason, Row, Space, Tried
from aelab.studies.spec import StudySpec

_USUAL_CLUSTERS = 10  # of images without classes
_SHOWN = 12  # images of each cluster
_TRIED_ON, _TRIED_RESTARTS = 2000, 3

Labels = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Config(BaseConfig):
    """How to put which images into clusters."""

    algorithm: str = field(
        "kmeans",
        "Algorithm",
        "k-means finds round groups; a mixture also long and turned ones.",
        choices=algorithms.names,
    )
    clusters: int = field(0, "Clusters", "How many; 0 takes as many as there are classes, or 10.", low=0, high=100)
    part: Literal["test", "validation", "train"] = field(
        "test", "Images of", "The part of the split that is put into clusters, and measured on."
    )
    limit: int = field(
        10_000,
        "Images",
        "At most so many of that part, drawn by chance; 0 takes all that there is room for.",
        low=0,
        high=100_000_000,
    )
    restarts: int = field(10, "Restarts", "Of k-means, from other beginnings; the tightest is kept.", low=1, high=100)
    seed: int = field(0, "Seed", "Of the beginnings, and of what is drawn.", low=0, high=2**31 - 1)
    highest: int = field(
        0, "Try up to", "Also tries every number of clusters from 2 to this one; 0 tries none.", low=0, high=50
    )


def assign(values: Values, classes: Labels, count: int, seed: int = 0, algorithm: str = "kmeans") -> Labels:
    """Return the cluster of each of some codes (N, D), int32 (N,): those that `run` measures, with the same numbers.

    Parameters
    ----------
    values : ndarray, float (N, D)
    classes : ndarray, int (N,)
        -1 where they are not known. They decide nothing but the numbers of the clusters.
    count, seed, algorithm
        How many clusters, as `usual_count` or somebody says, and by what.

    Raises
    ------
    LabError
        As `aelab.clustering.spec.check` has it.
    """
    found = algorithms[algorithm].fit(values, count, seed, Config().restarts).labels
    known = classes if not _reason(classes) else np.full(len(classes), -1)
    return _order(found, known, count)[0]


def usual_count(dataset: Dataset, classes: Labels) -> int:
    """Return into how many clusters images of these classes are put unless somebody says: as many as there are.

    Where the classes are not known it is ten, and fewer where clusters would have fewer than ten images.
    """
    usual = min(_USUAL_CLUSTERS, max(2, len(classes) // _USUAL_CLUSTERS))
    return usual if _reason(classes) else len(dataset.class_names)


def run(inference: Inference, dataset: Dataset, config: Config, progress: Progress = no_progress) -> Clusters:
    """Put images into clusters by their codes, their pixels and their principal components.

    Raises
    ------
    LabError
        If the run has no encoder, one cluster is asked for, there are fewer than two images a cluster or fewer
        different codes than clusters, or codes are no numbers.
    """
    indices = drawn_indices(dataset, room_for(dataset, config.limit), config.seed, config.part)
    labels = dataset.labels[indices]
    reason = _reason(labels)
    known = labels if not reason else np.full(len(labels), -1)
    classes = len(dataset.class_names) if not reason else 0
    count = config.clusters or usual_count(dataset, labels)
    _check_count(dataset, config.part, len(indices), count)
    spaces, found = _fitted(codes_of(inference, dataset, indices), dataset, indices, count, config, progress)
    rows = _rows(spaces, found, known, config.seed)
    tried, n_tried = _tried(spaces["code"], config, progress)
    ordered, matched = _order(found["code"].labels, known, count)
    return Clusters(
        algorithm=config.algorithm,
        part=config.part,
        clusters=count,
        seed=config.seed,
        restarts=config.restarts,
        n=len(indices),
        n_labelled=int(np.count_nonzero(labels >= 0)),
        reason=reason,
        rows=rows,
        counts=contingency(known[known >= 0], ordered[known >= 0], (classes, count)),
        matched=matched,
        indices=indices.astype(np.int64),
        labels=ordered,
        central=_first(indices, ordered, found["code"].distance, count),
        doubtful=_first(indices, ordered, -found["code"].doubt, count),
        tried=tried,
        n_tried=n_tried,
    )


def _check_count(dataset: Dataset, part: str, images: int, clusters: int) -> None:
    """Refuse one cluster of all images, and clusters of single images: they agree with any classes, and say nothing."""
    if clusters == 1:
        raise LabError("One cluster of all images says nothing. Choose at least 2, or 0 for as many as is usual.")
    if images < 2 * clusters:
        raise LabError(
            "Clusters need at least {least} images; the {part} part of {dataset} has {count}. Choose another part, or "
            "fewer clusters.",
            least=2 * clusters,
            part=part,
            dataset=dataset.name,
            count=images,
        )


def _reason(labels: Labels) -> Reason:
    present = np.unique(labels[labels >= 0])
    return "unlabelled" if not len(present) else "one class" if len(present) == 1 else ""


def _fitted(
    codes: Codes, dataset: Dataset, indices: npt.NDArray[np.intp], count: int, config: Config, progress: Progress
) -> tuple[dict[Space, Values], dict[Space, Clustering]]:
    """Return what is put into clusters, and the clusters: the same algorithm, images and seed in each space."""
    fit = algorithms[config.algorithm].fit
    spaces: dict[Space, Values] = {"code": codes}
    found: dict[Space, Clustering] = {
        "code": fit(codes, count, config.seed, config.restarts)
    }  # refuses before the rest
    progress(0.2)
    spaces["pixels"] = pixels_of(dataset, indices)
    spaces["pca"] = components_of(spaces["pixels"], codes.shape[1], config.seed)
    found["pca"] = fit(spaces["pca"], count, config.seed, config.restarts)
    progress(0.3)
    found["pixels"] = fit(spaces["pixels"], count, config.seed, config.restarts)
    progress(0.7)
    return spaces, found


def _rows(
    spaces: Mapping[Space, Values], found: Mapping[Space, Clustering], classes: Labels, seed: int
) -> tuple[Row, ...]:
    """Return each clustering with its measures; `classes` is -1 where an image counts for no agreement."""
    kept = classes >= 0
    drawn: dict[Space, Draws] = {}
    agreements: dict[Space, dict[str, Estimate]] = {space: {} for space in spaces}
    for space in spaces if kept.any() else ():
        own = found[space].labels[kept]
        drawn[space] = draws(classes[kept], own, seed)
        shape = (int(classes.max()) + 1, int(own.max()) + 1)
        agreements[space] = estimates(contingency(classes[kept], own, shape), drawn[space])
    return tuple(
        Row(
            space=space,
            dimensions=values.shape[1],
            agreement=agreements[space],
            leads=leads(agreements["code"], agreements[space], drawn["code"] - drawn[space])
            if space in drawn and space != "code"
            else {},
            silhouette=silhouette(values, found[space].labels, seed),
            objective=found[space].objective,
            covariance=found[space].covariance,
            converged=found[space].converged,
        )
        for space, values in spaces.items()
    )


def _tried(codes: Codes, config: Config, progress: Progress) -> tuple[tuple[Tried, ...], int]:
    """Try other numbers of clusters on a fair draw of the codes; return also of how many images that is."""
    drawn = codes[np.random.default_rng(config.seed).permutation(len(codes))[:_TRIED_ON]]
    tried = []
    for count in range(2, config.highest + 1):
        progress(0.8 + 0.2 * count / (config.highest + 1))
        try:
            found = algorithms[config.algorithm].fit(drawn, count, config.seed, _TRIED_RESTARTS)
        except LabError:  # so many clusters cannot be; fewer could
            break
        tried.append(Tried(count, silhouette(drawn, found.labels, config.seed).mean, found.bic))
    return tuple(tried), len(drawn) if tried else 0


def _order(clusters: Labels, classes: Labels, count: int) -> tuple[npt.NDArray[np.int32], tuple[int, ...]]:
    """Return clusters numbered in the order of their classes, the largest first where they have none; and those."""
    kept, shape = classes >= 0, (int(classes.max(initial=-1)) + 1, count)
    matched = matching(contingency(classes[kept], clusters[kept], shape)) if kept.any() else np.full(shape[1], -1)
    sizes = np.bincount(clusters, minlength=shape[1])
    order = np.lexsort((-sizes, np.where(matched < 0, shape[0], matched)))
    return np.argsort(order)[clusters].astype(np.int32), tuple(int(code) for code in matched[order])


def _first(
    indices: npt.NDArray[np.intp], labels: Labels, values: npt.NDArray[np.float64], count: int
) -> tuple[tuple[int, ...], ...]:
    """Return the images of each cluster with the smallest values, the smallest first."""
    by_value = np.argsort(values, kind="stable")
    return tuple(
        tuple(int(index) for index in indices[by_value[labels[by_value] == cluster][:_SHOWN]])
        for cluster in range(count)
    )


SPEC = StudySpec(
    name="clusters",
    label=N_("Clusters"),
    question=N_("Do groups found in the codes agree with the classes?"),
    subject="run",
    config=Config,
    run=run,
)
