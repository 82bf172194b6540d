"""Linear discriminant analysis: the flat picture in which the known classes lie as far apart as they can."""

from __future__ import annotations

import warnings

import numpy as np

from aelab.errors import N_, LabError
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
    """Find the axes along which class means lie far apart, in units of the spread within classes.

    Fitted on the images whose class is known; the others are drawn too. The way back is the least squares fit of the
    codes by their coordinates.

    Raises
    ------
    LabError
        If there are too few classes, or codes of too few numbers, for so many axes.
    """
    check(codes)
    known = labels >= 0
    classes = len(np.unique(labels[known]))
    _check_room(classes, codes.shape[1], config.dimensions)
    _check_enough(int(known.sum()), classes)
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # noqa: PLC0415 - a second to import

    learned = LinearDiscriminantAnalysis(solver="svd")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of dimensions that say the same twice, which are no fault here
        learned.fit(codes[known].astype(np.float64), labels[known])
    axes = learned.scalings_[:, : config.dimensions]
    if axes.shape[1] < config.dimensions or not np.isfinite(axes).all():
        raise LabError("The classes do not differ along {dimensions} axes. Use PCA.", dimensions=config.dimensions)
    axes = axes * signs(axes)
    return _fitted(codes, learned.xbar_, axes)


def _check_room(classes: int, latent_dim: int, dimensions: int) -> None:
    if classes < 2:
        raise LabError(
            "LDA needs images of at least two classes; of these images the classes that are known number {classes}. "
            "Use PCA.",
            classes=classes,
        )
    if dimensions > min(classes - 1, latent_dim):
        raise LabError(
            "LDA has at most one axis less than there are classes, and no more than the codes have numbers: {most} "
            "here ({classes} classes, codes of {latent_dim}). A map of {dimensions} is asked for. Use PCA.",
            most=min(classes - 1, latent_dim),
            classes=classes,
            latent_dim=latent_dim,
            dimensions=dimensions,
        )


def _check_enough(count: int, classes: int) -> None:
    if count <= classes:
        raise LabError(
            "LDA needs more images than classes; there are {count} of {classes} classes. Take more images, or use PCA.",
            count=count,
            classes=classes,
        )


def _fitted(codes: Floats, mean: Floats, axes: Floats) -> Fitted:
    centred = codes.astype(np.float64) - mean
    coordinates = centred @ axes
    middle = coordinates.mean(axis=0)
    slopes = np.linalg.lstsq(coordinates - middle, centred - centred.mean(axis=0), rcond=None)[0]
    origin = codes.mean(axis=0, dtype=np.float64) - middle @ slopes
    return Fitted(
        coordinates.astype(np.float32),
        linear=Linear(mean.astype(np.float32), axes.astype(np.float32)),
        inverse=Affine(origin.astype(np.float32), slopes.astype(np.float32), exact=codes.shape[1] == axes.shape[1]),
    )


SPEC = ProjectionSpec(
    name="lda",
    label="LDA",
    summary=N_(
        "Pulls the classes apart as far as straight axes can, because it is told them: that they lie apart is no "
        "discovery."
    ),
    config=Config,
    fit=fit,
    place=spec.place_linearly,
    source="R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7, 1936",
    equation=r"W = \arg\max_W \det\left((W^\top S_W W)^{-1}\, W^\top S_B W\right)",
    order=40,
)
