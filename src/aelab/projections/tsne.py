"""t-SNE: neighbours stay neighbours, and nothing else of the map means anything [1]_.

By openTSNE [2]_, which is several times as fast as scikit-learn's beyond some thousand codes [3]_, can be stopped, and
gives new codes a place on a map that exists.

References
----------
.. [1] L. van der Maaten and G. Hinton, "Visualizing data using t-SNE", JMLR 9, 2008.
.. [2] P. G. Poličar, M. Stražar and B. Zupan, "openTSNE: a modular Python library for t-SNE dimensionality reduction
   and embedding", Journal of Statistical Software 109, 2024.
.. [3] G. C. Linderman et al., "Fast interpolation-based t-SNE for improved visualization of single-cell RNA-seq data",
   Nature Methods 16, 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aelab.errors import N_
from aelab.fields import field
from aelab.projections import spec
from aelab.projections._checks import check, check_neighbours
from aelab.projections.spec import Fitted, Floats, Labels, Progress, ProjectionSpec, no_progress

_EXAGGERATED = 250  # the first steps pull neighbourhoods together, as in the paper
_LOOKED_AT = 10  # steps between two looks at whether to stop
_CELLS = 50  # of openTSNE's grid along each axis, at least; one for each unit of a map that is larger
_MANY = 10_000  # from here on a grid, made once for all steps that place new codes, is faster than a tree for each


@dataclass(frozen=True)
class Config(spec.Config):
    """How t-SNE goes about it."""

    perplexity: float = field(
        30.0, "Perplexity", "About how many neighbours t-SNE keeps for each image.", low=2.0, high=500.0
    )
    # What is minimised is known only some steps after the exaggerated ones.
    iterations: int = field(750, "Iterations", "Steps of t-SNE's descent.", low=300, high=10_000)
    learning_rate: float = field(
        0.0,
        "Learning rate",
        "How far a step of t-SNE goes; 0 takes what suits the number of images.",
        low=0.0,
        high=1e6,
    )
    seed: int = field(0, "Seed", "Another seed gives another map.", low=0, high=2**31 - 1)


def fit(codes: Floats, labels: Labels, config: Config, progress: Progress = no_progress) -> Fitted:
    """Let neighbours find each other on the map.

    Raises
    ------
    LabError
        If there are too few codes for the perplexity, or they cannot be told apart.
    """
    check(codes)
    check_neighbours(len(codes), config, "perplexity")
    from openTSNE import TSNE  # noqa: PLC0415 - more than a second to import, for this one method

    points = TSNE(
        config.dimensions,
        perplexity=config.perplexity,
        learning_rate=config.learning_rate or "auto",
        early_exaggeration_iter=_EXAGGERATED,
        n_iter=config.iterations - _EXAGGERATED,
        initialization="pca" if codes.shape[1] >= config.dimensions else "random",  # no fewer components than axes
        negative_gradient_method=_gradient,
        callbacks=_Look(config.iterations, progress),
        callbacks_every_iters=_LOOKED_AT,
        random_state=config.seed,
        n_jobs=1,  # sums of several threads would not be the same twice
    ).fit(codes.astype(np.float64))
    return Fitted(np.asarray(points, np.float32), divergence=float(points.kl_divergence))


class _Look:
    """Hears of every tenth step, of the exaggerated ones and of those after them."""

    def __init__(self, steps: int, progress: Progress) -> None:
        self._steps, self._progress, self._done = steps, progress, 0

    def __call__(self, step: int, error: float, embedding: object) -> bool:
        """Report how many of all the steps are done, and let it go on."""
        self._done += _LOOKED_AT
        self._progress(min(1.0, self._done / self._steps))
        return False


def _gradient(embedding: Floats, affinities: Any, **asked: Any) -> tuple[float, Floats]:
    """Return the divergence of a map (N, d) and its gradient, by what is cheaper for a map of that size.

    All repel all: approximated on a grid [3]_, whose cells are as many as the map is large, or by a tree of the points.
    Maps grow while they unfold. So the grid is for the beginning, and the tree, which is exacter, for the rest.
    """
    from openTSNE.tsne import kl_divergence_bh, kl_divergence_fft  # noqa: PLC0415 - as above

    cells = max(_CELLS, float(np.ptp(embedding, axis=0).max())) ** 2
    on_a_grid = cells < len(embedding) and embedding.shape[1] == 2  # a grid in space has too many
    result: tuple[float, Floats] = (kl_divergence_fft if on_a_grid else kl_divergence_bh)(
        embedding, affinities, **asked
    )
    return result


def place(fitted: Fitted, codes: Floats, config: Config, new: Floats) -> Floats:
    """Return where new codes lie on a map that exists: openTSNE's `transform`, with neighbours looked for exactly.

    Each begins in the middle of its nearest neighbours, and is moved by what draws it to them and away from all others,
    which stay where they are.
    """
    from openTSNE import TSNEEmbedding  # noqa: PLC0415 - as above

    from aelab.projections._affinities import Affinities  # noqa: PLC0415 - as above

    known = TSNEEmbedding(
        fitted.coordinates,
        Affinities(codes),
        negative_gradient_method="fft" if len(codes) >= _MANY and config.dimensions == 2 else "bh",
        random_state=config.seed,
        n_jobs=1,
        callbacks=None,
        max_step_norm=5,
    )
    middle = (fitted.coordinates.max(axis=0) + fitted.coordinates.min(axis=0)) / 2  # openTSNE moves it to zero
    return np.asarray(known.transform(new.astype(np.float64)) + middle, np.float32)


SPEC = ProjectionSpec(
    name="tsne",
    label="t-SNE",
    summary=N_("Keeps neighbours together; distances between groups, their sizes and the axes mean nothing."),
    config=Config,
    fit=fit,
    place=place,
    source="L. van der Maaten and G. Hinton, Visualizing data using t-SNE, JMLR 9, 2008",
    equation=r"\min_y \sum_{i \ne j} p_{ij} \log \frac{p_{ij}}{q_{ij}}, \quad q_{ij} = \frac{(1 + \lVert y_i - y_j"
    r" \rVert^2)^{-1}}{\sum_{k \ne l} (1 + \lVert y_k - y_l \rVert^2)^{-1}}",
    quick=False,
    neighbours="perplexity",
    order=20,
)
