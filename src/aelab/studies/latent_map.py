"""Where do the images of a dataset lie in a run's latent space, seen in two or three dimensions?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import OnlyWith, field
from aelab.inference import Codes, Inference
from aelab.projections import projections, raw, spec, tsne, umap
from aelab.projections._checks import check_neighbours, fitting
from aelab.projections.spec import Affine, Fitted, Floats, Linear, Progress, no_progress
from aelab.runs import Run
from aelab.studies import kept_codes, map_quality
from aelab.studies._codes import codes_of, drawn_indices
from aelab.studies.map_quality import MapQuality
from aelab.studies.spec import StudySpec

_MOST_AT_ONCE = 10_000  # codes, of which a quick projection and its quality take less than two seconds
_ENCODED, _PROJECTED = 0.2, 0.9  # share of the work that is done by then


@dataclass(frozen=True)
class Config(raw.Config, tsne.Config, umap.Config):
    """Which images to draw, and how; every projection brings its own settings."""

    method: str = field(
        "pca",
        "Projection",
        "PCA keeps distances as well as a plane can; t-SNE keeps neighbours, not distances.",
        choices=projections.names,
    )
    part: Literal["test", "train", "validation", "all"] = field(
        "test", "Part of the images", "A run has learned from the training images, and never seen the test images."
    )
    seed: int = field(0, "Seed", "Of the projection and of the choice of images.", low=0, high=2**31 - 1)
    limit: int = field(2000, "Images", "How many images are on the map; 0 takes all of them.", low=0, high=1_000_000)

    only_with: ClassVar[OnlyWith] = {
        **dict.fromkeys(("x", "y", "z"), ("method", "raw")),
        **dict.fromkeys(("perplexity", "iterations", "learning_rate"), ("method", "tsne")),
        **dict.fromkeys(("neighbours", "min_dist"), ("method", "umap")),
    }

    @property
    def projection(self) -> spec.Config:
        """What the projection itself is asked."""
        kind = projections[self.method].config
        return kind(**{name: getattr(self, name) for name in kind.names()})

    def asked(self) -> dict[str, Any]:
        """Return the values that count by name: two maps that differ in others only are the same map."""
        values = self.to_json()
        return {name: value for name, value in values.items() if self.counts(name, values)}


@dataclass(frozen=True)
class LatentMap:
    """Images on a map.

    Attributes
    ----------
    coordinates : ndarray, float32 (N, dimensions)
    codes : ndarray, float32 (N, K)
        Not to be changed: they may be shared.
    indices : ndarray (N,)
        Of the images in the dataset, ascending.
    labels : ndarray, int32 (N,)
    explained_variance : tuple of float
        Share of the codes' variance along each axis; empty where the axes mean something else, or nothing.
    divergence : float or None
        What t-SNE minimised, in nats; None of any other.
    linear : Linear or None
        The projection, where it is a change of axes.
    inverse : Affine or None
        The way back from the map to codes; None where there is none.
    quality : MapQuality or None
        What the map is worth; None where nobody has measured it.
    """

    coordinates: Floats
    codes: Floats
    indices: npt.NDArray[np.intp]
    labels: npt.NDArray[np.int32]
    explained_variance: tuple[float, ...]
    divergence: float | None
    linear: Linear | None = None
    inverse: Affine | None = None
    quality: MapQuality | None = None


def run(inference: Inference, dataset: Dataset, config: Config, progress: Progress = no_progress) -> LatentMap:
    """Encode images and project their codes.

    Raises
    ------
    LabError
        If there is no such map of these codes, or what it needs is not installed.
    """
    indices = drawn_indices(dataset, config.limit, config.seed, config.part)
    codes = codes_of(inference, dataset, indices, part_of(progress, 0, _ENCODED))
    return _project(indices, codes, dataset, config, progress)


def of_run(
    run: Run, inference: Inference, dataset: Dataset, config: Config, progress: Progress = no_progress
) -> LatentMap:
    """Do the same with codes that are kept for the next map of the same images."""
    indices, codes = kept(run, inference, dataset, config, part_of(progress, 0, _ENCODED))
    return _project(indices, codes, dataset, config, progress)


def kept(
    run: Run, inference: Inference, dataset: Dataset, config: Config, progress: Progress = no_progress
) -> tuple[npt.NDArray[np.intp], Codes]:
    """Return which images a map shows, and their codes, which are kept."""
    return kept_codes.codes(run, inference, dataset, config.part, config.limit, config.seed, progress)


def _project(
    indices: npt.NDArray[np.intp], codes: Codes, dataset: Dataset, config: Config, progress: Progress
) -> LatentMap:
    """Project codes (N, K) of the images of these indices, and measure what the map is worth."""
    check_installed(config)
    labels = dataset.labels[indices]
    made = projections[config.method].fit(codes, labels, config.projection, part_of(progress, _ENCODED, _PROJECTED))
    quality = map_quality.measure(
        codes, made.coordinates, labels, seed=config.seed, progress=part_of(progress, _PROJECTED, 1)
    )
    return LatentMap(
        coordinates=made.coordinates,
        codes=codes,
        indices=indices,
        labels=labels,
        explained_variance=made.explained_variance,
        divergence=made.divergence,
        linear=made.linear,
        inverse=made.inverse,
        quality=quality,
    )


def place(found: LatentMap, config: Config, codes: Codes) -> Floats:
    """Return where new codes (M, K) lie on a map, float32 (M, dimensions): of t-SNE and UMAP about where."""
    fitted = Fitted(found.coordinates, linear=found.linear)
    return projections[config.method].place(fitted, found.codes, config.projection, codes)


def is_quick(dataset: Dataset, config: Config) -> bool:
    """Return whether a map takes so little time that nobody need be told to wait."""
    images = dataset.counts[config.part]
    drawn = min(images, config.limit) if config.limit else images
    return projections[config.method].quick and drawn <= _MOST_AT_ONCE


def check_installed(config: Config) -> None:
    """Raise a `LabError` where the projection needs what is not installed."""
    chosen = projections[config.method]
    if chosen.missing():
        raise LabError(
            "{method} is not installed: run {command} with the lab's Python and start the lab again, or choose t-SNE.",
            method=chosen.label,
            command=chosen.missing(),
        )


def check_count(count: int, config: Config) -> None:
    """Raise a `LabError` where a setting asks for more neighbours than a map of so many images has."""
    name = projections[config.method].neighbours
    if name:
        check_neighbours(count, config, name)


def usual(method: str, count: int) -> Config:
    """Return the settings with which a map of so many images is usually drawn."""
    begin, name = Config(method=method), projections[method].neighbours
    if name and getattr(begin, name) >= count / 3:
        return replace(begin, **{name: type(getattr(begin, name))(fitting(count))})
    return begin


def count_on(dataset: Dataset, config: Config) -> int:
    """Return how many images a map shows."""
    there = dataset.counts[config.part]
    return min(config.limit, there) if config.limit else there


def table(found: LatentMap, class_names: Sequence[str]) -> pd.DataFrame:
    """Return a map as a tidy table: columns index, class ("" where unknown), x, y and, in three dimensions, z."""
    names = [class_names[label] if label >= 0 else "" for label in found.labels]
    axes = dict(zip(("x", "y", "z"), found.coordinates.T, strict=False))
    return pd.DataFrame({"index": found.indices, "class": names, **axes})


def part_of(progress: Progress, low: float, high: float) -> Progress:
    """Return how a piece of work reports that is the share from `low` to `high` of a larger one."""
    return lambda share: progress(low + (high - low) * share)


SPEC = StudySpec(
    name="latent_map",
    label=N_("Latent map"),
    question=N_("Which images does a run take to be alike?"),
    subject="run",
    config=Config,
    run=run,
)
