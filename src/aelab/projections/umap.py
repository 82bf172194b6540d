"""UMAP: neighbours stay neighbours, and groups keep a little more of their order than by t-SNE [1]_.

Its library brings a compiler along, and is installed only by who asks for it.

References
----------
.. [1] L. McInnes, J. Healy and J. Melville, "UMAP: uniform manifold approximation and projection for dimension
   reduction", 2018. arXiv:1802.03426
"""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from aelab.errors import N_
from aelab.fields import field
from aelab.projections import spec
from aelab.projections._checks import check, check_neighbours
from aelab.projections.spec import Fitted, Floats, Labels, Progress, ProjectionSpec, no_progress

_INSTALL = "python -m pip install umap-learn"


@dataclass(frozen=True)
class Config(spec.Config):
    """How UMAP goes about it."""

    neighbours: int = field(
        15, "Neighbours", "How many neighbours UMAP keeps for each image; more show more of the whole.", low=2, high=200
    )
    min_dist: float = field(0.1, "Least distance", "How closely UMAP may pack points on the map.", low=0.0, high=0.99)
    seed: int = field(0, "Seed", "Another seed gives another map.", low=0, high=2**31 - 1)


def missing() -> str:
    """Return how to install UMAP, "" where it is there."""
    return "" if importlib.util.find_spec("umap") else _INSTALL


def fit(codes: Floats, labels: Labels, config: Config, progress: Progress = no_progress) -> Fitted:
    """Let neighbours find each other on the map.

    Raises
    ------
    LabError
        If there are too few codes for so many neighbours.
    """
    check(codes)
    check_neighbours(len(codes), config, "neighbours")
    with _quiet():
        learned = _made(config, init="spectral" if codes.shape[1] > 2 else "random").fit(codes.astype(np.float32))
    return Fitted(np.asarray(learned.embedding_, np.float32))


def place(fitted: Fitted, codes: Floats, config: Config, new: Floats) -> Floats:
    """Return where new codes lie on a map that exists, by UMAP's `transform`: half a minute, mostly of its compiler.

    Of a map that was read from a file, UMAP works out the neighbours anew and leaves the points where they are.
    """
    with _quiet():
        learned = _made(config, init=fitted.coordinates.copy(), n_epochs=0).fit(codes.astype(np.float32))
        learned.embedding_, learned.n_epochs = fitted.coordinates.astype(np.float32), None
        return np.asarray(learned.transform(new.astype(np.float32)), np.float32)


def _made(config: Config, **more: Any) -> Any:
    from umap import UMAP  # noqa: PLC0415 - ten seconds to import, where it is installed at all

    return UMAP(
        config.neighbours,
        n_components=config.dimensions,
        min_dist=config.min_dist,
        random_state=config.seed,
        n_jobs=1,  # as many threads as it likes would not give the same map twice
        **more,
    )


def _quiet() -> warnings.catch_warnings[None]:
    """Return a context without the warnings of UMAP and its compiler, which nobody here can do anything about."""
    return warnings.catch_warnings(action="ignore")


SPEC = ProjectionSpec(
    name="umap",
    label="UMAP",
    summary=N_("Keeps neighbours together; distances between groups, their sizes and the axes mean little."),
    config=Config,
    fit=fit,
    place=place,
    source="L. McInnes, J. Healy and J. Melville, UMAP: uniform manifold approximation and projection, 2018",
    equation=r"\min_y \sum_{i \ne j} w_{ij} \log \frac{w_{ij}}{v_{ij}} + (1 - w_{ij}) \log \frac{1 - w_{ij}}"
    r"{1 - v_{ij}}, \quad v_{ij} = (1 + a \lVert y_i - y_j \rVert^{2b})^{-1}",
    quick=False,
    places_quickly=False,
    neighbours="neighbours",
    missing=missing,
    order=30,
)
