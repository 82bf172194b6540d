"""By what the points of a map can be coloured: what is known of the images, and what can be found out of their codes.

Each is a value an image. What nobody knows of an image is -1 among categories, and NaN among measures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.inference import Inference
from aelab.metrics.mse import mse
from aelab.pixels import to_unit
from aelab.projections.nearest import nearest_others
from aelab.projections.spec import Progress, no_progress
from aelab.studies import clusters
from aelab.studies.latent_map import LatentMap

#: The known factors of a dataset are coloured by "factor:" and their name.
FACTOR: Final = "factor:"

_NEAREST: Final = 10
_VOTERS: Final = 5
_AT_ONCE: Final = 256
_MOST_NAMES: Final = 50  # a factor of more values is a measure
_QUICK: Final = 5000  # images of which none of these takes more than a second or two


@dataclass(frozen=True)
class Colouring:
    """A value for each image of a map.

    Attributes
    ----------
    name : str
        What it is asked for by.
    label : str
        What people read, in English; of a known factor its name, as its dataset has it.
    kind : {"categories", "measure"}
    values : ndarray (N,)
        int32, -1 where unknown, for categories; else float32, NaN where unknown.
    names : tuple of str
        Of the categories, by value.
    unit : str
        Of a measure.
    summary : str
        What it is and how it was found, in a sentence.
    """

    name: str
    label: str
    kind: Literal["categories", "measure"]
    values: npt.NDArray[np.generic]
    names: tuple[str, ...] = ()
    unit: str = ""
    summary: str = ""

    @property
    def unknown(self) -> int:
        """Of how many images it is not known."""
        values = self.values.astype(np.float64)
        return int(np.count_nonzero(values < 0 if self.kind == "categories" else np.isnan(values)))


@dataclass(frozen=True)
class Way:
    """One way to colour points.

    Attributes
    ----------
    label, summary : str
    of : callable
        ``of(found, inference, dataset, progress) -> (values, names)``.
    kind : {"categories", "measure"}
    unit : str
    needs : {"nothing", "labels", "reconstructions"}
    quick : bool
        Whether it takes no time, however many images there are.
    """

    label: str
    summary: str
    of: Callable[[LatentMap, Inference, Dataset, Progress], tuple[npt.NDArray[np.generic], tuple[str, ...]]]
    kind: Literal["categories", "measure"]
    unit: str = ""
    needs: Literal["nothing", "labels", "reconstructions"] = "nothing"
    quick: bool = False


def choices(inference: Inference, dataset: Dataset) -> dict[str, str]:
    """Return by what the images of a dataset can be coloured, with what people read; the usual one first."""
    labelled = any(dataset.class_names)
    offered = {
        name: way.label
        for name, way in WAYS.items()
        if (way.needs != "labels" or labelled) and (way.needs != "reconstructions" or inference.reconstructs)
    }
    return offered | {f"{FACTOR}{name}": name for name in dataset.factors}


def check(name: str, inference: Inference, dataset: Dataset) -> None:
    """Raise a `LabError` where the images of a dataset cannot be coloured by that."""
    offered = choices(inference, dataset)
    if name not in offered:
        raise LabError(
            "The images of {dataset} cannot be coloured by {name}; choose one of {choices}.",
            dataset=dataset.name,
            name=repr(name),
            choices=", ".join(offered),
        )


def is_quick(name: str, found: LatentMap) -> bool:
    """Return whether a colouring takes so little time that nobody need be told to wait."""
    return name.startswith(FACTOR) or WAYS[name].quick or len(found.indices) <= _QUICK


def colour(
    name: str, found: LatentMap, inference: Inference, dataset: Dataset, progress: Progress = no_progress
) -> Colouring:
    """Return the values of the images of a map by one way to colour them.

    Raises
    ------
    LabError
        If these images cannot be coloured by that.
    """
    check(name, inference, dataset)
    if name.startswith(FACTOR):
        return _factor(name, found, dataset)
    way = WAYS[name]
    values, names = way.of(found, inference, dataset, progress)
    return Colouring(name, way.label, way.kind, values, names, way.unit, way.summary)


def with_column(table: pd.DataFrame, made: Colouring) -> pd.DataFrame:
    """Return the table of a map with what its points are coloured by, "" where unknown; the class is there already."""
    if made.name == "class":
        return table
    values: Any = made.values
    if made.kind == "categories":
        values = [made.names[int(value)] if int(value) >= 0 else "" for value in values]
    return table.assign(**{made.name: values})


def _factor(name: str, found: LatentMap, dataset: Dataset) -> Colouring:
    own = name.removeprefix(FACTOR)
    known = dataset.factors[own]
    different = np.unique(known)
    summary = N_("A cause of the image that is known, since it was drawn by it.")
    if len(different) > _MOST_NAMES or not np.array_equal(different, np.round(different)):
        return Colouring(name, own, "measure", known[found.indices].astype(np.float32), summary=summary)
    values = np.searchsorted(different, known[found.indices]).astype(np.int32)
    names = tuple(f"{each:g}" for each in different)
    if np.array_equal(known, dataset.labels):  # what the classes are: they have names
        names = tuple(dataset.class_names[int(code)] for code in different)
    return Colouring(name, own, "categories", values, names, summary=summary)


Values = tuple[npt.NDArray[np.generic], tuple[str, ...]]


def _classes(found: LatentMap, inference: Inference, dataset: Dataset, progress: Progress) -> Values:
    return found.labels, dataset.class_names


def _clusters(found: LatentMap, inference: Inference, dataset: Dataset, progress: Progress) -> Values:
    count = min(clusters.usual_count(dataset, found.labels), len(np.unique(found.codes, axis=0)))
    values = clusters.assign(found.codes, found.labels, count)  # the view of clusters has the same
    return values, tuple(str(number + 1) for number in range(count))


def _errors(found: LatentMap, inference: Inference, dataset: Dataset, progress: Progress) -> Values:
    parts = []
    for images, labels in dataset.chunks(found.indices, _AT_ONCE):
        given = to_unit(images)
        parts.append(mse(given, inference.reconstruct(given, labels), data_range=1.0))
        progress(min(1.0, len(parts) * _AT_ONCE / len(found.indices)))
    return np.concatenate(parts).astype(np.float32), ()


def _densities(found: LatentMap, inference: Inference, dataset: Dataset, progress: Progress) -> Values:
    _, distances = nearest_others(found.codes, min(_NEAREST, len(found.codes) - 1), progress)
    mean = distances.mean(axis=1)
    apart = mean[mean > 0]
    smallest = apart.min() if len(apart) else 1.0  # codes that are equal lie no denser than the densest that differ
    return (1 / np.maximum(mean, smallest)).astype(np.float32), ()


def _predictions(found: LatentMap, inference: Inference, dataset: Dataset, progress: Progress) -> Values:
    values = np.full(len(found.labels), -1, np.int32)
    known = np.flatnonzero(found.labels >= 0)
    if len(known) > 1:
        labels = found.labels[known]
        which, _ = nearest_others(found.codes[known], min(_VOTERS, len(known) - 1), progress)
        values[known] = vote(labels[which], len(dataset.class_names)) != labels
    return values, (N_("right"), N_("wrong"))


def vote(labels: npt.NDArray[np.int32], classes: int) -> npt.NDArray[np.intp]:
    """Return the class that most of each row (N, k) have; of equally many the one that the nearest of them has."""
    counts = np.stack([np.count_nonzero(labels == each, axis=1) for each in range(classes)], axis=1).astype(float)
    for place in range(labels.shape[1]):
        counts[np.arange(len(labels)), labels[:, place]] += 2.0 ** -(place + 2)
    return np.asarray(counts.argmax(axis=1))


WAYS: Final[dict[str, Way]] = {
    "class": Way(N_("Class"), N_("What the image shows, as its dataset says."), _classes, "categories", quick=True),
    "cluster": Way(
        N_("Cluster"),
        N_("Groups of codes that lie together, by k-means with as many groups as there are classes, unaware of them."),
        _clusters,
        "categories",
    ),
    "error": Way(
        N_("Reconstruction error"),
        N_("Mean squared error between the image and what the run makes of it; lower is better."),
        _errors,
        "measure",
        N_("squared pixel range"),
        needs="reconstructions",
    ),
    "density": Way(
        N_("Density of the codes"),
        N_("1 / the mean Euclidean distance from a code to the 10 nearest other codes on this map; higher is denser."),
        _densities,
        "measure",
        N_("1 / distance"),
    ),
    "prediction": Way(
        N_("Right or wrong by its neighbours"),
        N_("Whether most of the 5 nearest other codes on this map are of the image's own class."),
        _predictions,
        "categories",
        needs="labels",
    ),
}
