"""Principal component analysis: the flat picture that keeps as much of the codes' variance as a flat picture can."""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.projections import spec
from aelab.projections._checks import check
from aelab.projections._signs import signs
from aelab.projections.spec import (
    Affine,
    Config,
    Fitted,
    Floats,
    Labels,
    Linear,
    Progress,
    ProjectionSpec,
    no_progress,
)  # fmt: skip


def fit(codes: Floats, labels: Labels, config: Config, progress: Progress = no_progress) -> Fitted:
    """Turn the codes so that the first axis holds the most variance, the next the most of the rest.

    A code of fewer numbers than the map has axes leaves the last axes at zero. The sign of an axis,
    which is arbitrary, is chosen so that its largest loading is positive.
    """
    check(codes)
    mean = codes.mean(axis=0, dtype=np.float64)
    centred = codes.astype(np.float64) - mean
    variances, vectors = np.linalg.eigh(centred.T @ centred)  # of a K x K matrix, however many codes there are
    variances, vectors = np.maximum(variances[::-1], 0), vectors[:, ::-1]
    kept = min(config.dimensions, codes.shape[1])
    matrix = np.zeros((codes.shape[1], config.dimensions))
    matrix[:, :kept] = vectors[:, :kept] * signs(vectors[:, :kept])
    shares = np.zeros(config.dimensions)
    shares[:kept] = variances[:kept] / variances.sum()
    return Fitted(
        (centred @ matrix).astype(np.float32),
        tuple(float(share) for share in shares),
        linear=Linear(mean.astype(np.float32), matrix.astype(np.float32)),
        inverse=Affine(mean.astype(np.float32), matrix.T.astype(np.float32), exact=kept == codes.shape[1]),
    )


SPEC = ProjectionSpec(
    name="pca",
    label="PCA",
    summary=N_("Keeps distances as well as a plane can; what varies little is not seen."),
    config=Config,
    fit=fit,
    place=spec.place_linearly,
    source="K. Pearson, On lines and planes of closest fit to systems of points in space, 1901",
    equation=r"y_n = W^\top (z_n - \bar{z}), \quad W = \arg\max_{W^\top W = I} \sum_n \lVert W^\top (z_n - \bar{z})"
    r" \rVert^2",
    order=10,
)
