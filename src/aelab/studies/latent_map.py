"""Where do the images of a dataset lie in a run's latent space, seen in two or three dimensions?

References
----------
.. [1] L. van der Maaten and G. Hinton, "Visualizing data using t-SNE", JMLR 9, 2008.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Inference
from aelab.studies._codes import codes_of, drawn_indices
from aelab.studies.spec import StudySpec

Floats = npt.NDArray[np.float32]

_FEWEST_FOR_TSNE = 7  # with fewer, even the lowest perplexity is above a third of them


@dataclass(frozen=True)
class Config(BaseConfig):
    """How to project the codes of the test images."""

    method: Literal["pca", "tsne"] = field(
        "pca", "Projection", "PCA keeps distances as well as a plane can; t-SNE keeps neighbours, not distances."
    )
    dimensions: int = field(2, "Dimensions", "Of the map: a plane or a space.", low=2, high=3)
    perplexity: float = field(
        30.0, "Perplexity", "About how many neighbours t-SNE keeps for each image.", low=2.0, high=500.0
    )
    # The first 250 steps exaggerate neighbourhoods; what is minimised is known only after some more.
    iterations: int = field(1000, "Iterations", "Steps of t-SNE's descent.", low=300, high=10_000)
    seed: int = field(0, "Seed", "Of t-SNE and of the choice of images.", low=0, high=2**31 - 1)
    limit: int = field(2000, "Images", "Test images on the map; 0 takes all of them.", low=0, high=100_000)


@dataclass(frozen=True)
class LatentMap:
    """Test images on a map.

    Attributes
    ----------
    coordinates : ndarray, float32 (N, dimensions)
    codes : ndarray, float32 (N, K)
    indices : ndarray (N,)
        Of the images in the dataset.
    labels : ndarray, int32 (N,)
    explained_variance : tuple of float
        Share of the codes' variance along each axis; empty for t-SNE, whose axes mean nothing.
    divergence : float or None
        What t-SNE minimised, in nats; None for PCA.
    """

    coordinates: Floats
    codes: Floats
    indices: npt.NDArray[np.intp]
    labels: npt.NDArray[np.int32]
    explained_variance: tuple[float, ...]
    divergence: float | None


def run(inference: Inference, dataset: Dataset, config: Config) -> LatentMap:
    """Encode test images and project their codes.

    Raises
    ------
    LabError
        If t-SNE is asked for more neighbours than there are images, or the codes cannot be told apart.
    """
    indices = drawn_indices(dataset, config.limit, config.seed)
    codes = codes_of(inference, dataset, indices)
    labels = dataset.labels[indices]
    if config.method == "pca":
        coordinates, explained = _pca(codes, config.dimensions)
        return LatentMap(coordinates, codes, indices, labels, explained, None)
    coordinates, divergence = _tsne(codes, config)
    return LatentMap(coordinates, codes, indices, labels, (), divergence)


def table(found: LatentMap, class_names: Sequence[str]) -> pd.DataFrame:
    """Return a map as a tidy table: columns index, class ("" where unknown), x, y and, in three dimensions, z."""
    names = [class_names[label] if label >= 0 else "" for label in found.labels]
    axes = dict(zip(("x", "y", "z"), found.coordinates.T, strict=False))
    return pd.DataFrame({"index": found.indices, "class": names, **axes})


def _pca(codes: Floats, dimensions: int) -> tuple[Floats, tuple[float, ...]]:
    """Return coordinates (N, dimensions) and each axis' share of the variance, largest first.

    A code of fewer numbers than the map has axes leaves the last axes at zero. The sign of an axis,
    which is arbitrary, is chosen so that its largest loading is positive.
    """
    centred = codes.astype(np.float64) - codes.mean(axis=0, dtype=np.float64)
    _, scale, axes = np.linalg.svd(centred, full_matrices=False)
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)] + 1e-300)[:, None]
    coordinates = np.zeros((len(codes), dimensions), np.float32)
    kept = min(dimensions, len(axes))
    coordinates[:, :kept] = centred @ axes[:kept].T
    variance = np.zeros(dimensions)
    variance[:kept] = scale[:kept] ** 2 / max(float(np.sum(scale**2)), 1e-300)
    return coordinates, tuple(float(share) for share in variance)


def _tsne(codes: Floats, config: Config) -> tuple[Floats, float]:
    from sklearn.manifold import TSNE  # noqa: PLC0415 - a second to import, for this one method

    if len(codes) < _FEWEST_FOR_TSNE:
        raise LabError(
            "t-SNE needs at least {fewest} test images; there are {count}. Use PCA.",
            fewest=_FEWEST_FOR_TSNE,
            count=len(codes),
        )
    if config.perplexity >= len(codes) / 3:
        raise LabError(
            "perplexity must be below a third of the {count} images; it is {value}. Try {proposal}.",
            count=len(codes),
            value=f"{config.perplexity:g}",
            proposal=max(2, len(codes) // 10),
        )
    if np.ptp(codes, axis=0).max() == 0:
        raise LabError(
            "Every image has the same code, so there is no map: the run has learned nothing. Try another run."
        )
    tsne = TSNE(
        config.dimensions,
        perplexity=config.perplexity,
        max_iter=config.iterations,
        learning_rate="auto",
        init="pca" if codes.shape[1] >= config.dimensions else "random",  # no fewer components than axes
        random_state=config.seed,
        n_jobs=1,
    )
    return tsne.fit_transform(codes).astype(np.float32), float(tsne.kl_divergence_)


SPEC = StudySpec(
    name="latent_map",
    label=N_("Latent map"),
    question=N_("Which images does a run take to be alike?"),
    subject="run",
    config=Config,
    run=run,
)
