"""How far a picture is from its own class and from the others, in a space of a few principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.cleaning._reading import Floats, blocks, chosen, shrunk
from aelab.cleaning.subject import Subject

_SIDE = 16  # pixels of a thumbnail
_FITTED = 5000  # pictures the components are fitted to
_REFERENCES = 5000  # pictures distances are measured to, in all
_A_CLASS = 500  # and of one class at most
_NEIGHBOUR = 3  # the third: two copies of a picture must not vouch for each other
_FEWEST = 5  # pictures of a class that can tell what is usual
_MAD_TO_SIGMA = 1.4826
_LEAST_SIGMA = 0.05
_TINY = 1e-6

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class ClassDistances:
    """Of each picture, float32 (N,); 0 where it cannot be told.

    Attributes
    ----------
    ratio
        Distance to its own class by the distance to the nearest other.
    deviations
        Robust standard deviations by which the logarithm of the distance to its own class is above the usual.
    nearest
        int (N,): the nearest other class, -1 where there is none.
    """

    ratio: Floats
    deviations: Floats
    nearest: npt.NDArray[np.int32]


def class_distances(subject: Subject, components: int) -> ClassDistances:
    """Measure the distance of every picture to the classes.

    Pictures without a label are one class, which is compared with itself only. Distances are Euclidean, to the
    third nearest of at most 500 pictures of a class and 5,000 in all, drawn with a fixed seed.
    """
    count = len(subject)
    found = ClassDistances(np.zeros(count, np.float32), np.zeros(count, np.float32), np.full(count, -1, np.int32))
    if count < _FEWEST:
        return found
    codes = _codes(subject, components)
    references = _references(subject.labels)
    for label, own in references.items():
        members = np.flatnonzero(subject.labels == label)
        if len(own) < _FEWEST:
            continue
        distance, _ = _neighbour(codes, members, own)
        found.deviations[members] = _deviations(distance)
        others = [rows for other, rows in references.items() if other not in (label, -1)]
        if label >= 0 and others:
            rows = np.concatenate(others)
            other, nearest = _neighbour(codes, members, rows)
            found.ratio[members] = distance / np.maximum(other, _TINY)
            found.nearest[members] = subject.labels[nearest]
    return found


def _codes(subject: Subject, components: int) -> Floats:
    """Return the principal components of the thumbnails, float32 (N, K), fitted to a sample."""
    from sklearn.decomposition import PCA  # noqa: PLC0415 - a second to import, for this one check

    rng = np.random.default_rng(0)
    sample = np.sort(rng.permutation(len(subject))[:_FITTED])
    thumbnails = np.concatenate([_thumbnails(block) for block in chosen(subject.images, sample)])
    if not np.ptp(thumbnails, axis=0).any():
        return np.zeros((len(subject), 1), np.float32)
    pca = PCA(min(components, *thumbnails.shape), svd_solver="covariance_eigh").fit(thumbnails)
    mean, axes = pca.mean_.astype(np.float32), pca.components_.astype(np.float32)
    codes = np.empty((len(subject), len(axes)), np.float32)
    for where, block in blocks(subject.images):
        codes[where] = (_thumbnails(block) - mean) @ axes.T
    return codes


def _thumbnails(images: npt.NDArray[np.uint8]) -> Floats:
    """Return float32 (n, K), 0 to 1: what the images look like in 16 × 16 pixels, in their colours."""
    planes = np.moveaxis(images, 3, 1)
    small = shrunk(planes.reshape(-1, *planes.shape[2:]).astype(np.float32), _SIDE)
    return small.reshape(len(images), -1) / np.float32(255)


def _references(labels: npt.NDArray[np.int32]) -> dict[int, Indices]:
    rng = np.random.default_rng(1)
    classes = np.unique(labels)
    most = min(_A_CLASS, max(_FEWEST, _REFERENCES // max(1, len(classes))))
    if len(classes) == 1:
        most = _REFERENCES
    return {int(label): rng.permutation(np.flatnonzero(labels == label))[:most] for label in classes}


def _neighbour(codes: Floats, queries: Indices, rows: Indices) -> tuple[Floats, Indices]:
    """Return the distance of each query to its third nearest row, itself not counted, and which row is nearest."""
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 - as above

    wanted = min(_NEIGHBOUR, len(rows) - 1)
    neighbours = NearestNeighbors(n_neighbors=wanted + 1, algorithm="brute").fit(codes[rows])
    distances, places = neighbours.kneighbors(codes[queries])
    itself = np.isin(queries, rows)
    third = np.where(itself, distances[:, wanted], distances[:, wanted - 1]).astype(np.float32)
    return third, rows[places[:, 0]]


def _deviations(distance: Floats) -> Floats:
    """Return by how many robust standard deviations each logarithm is above the usual one; copies have no say."""
    apart = distance > _TINY
    if np.count_nonzero(apart) < _FEWEST:
        return np.zeros(len(distance), np.float32)
    logarithms = np.log(np.maximum(distance, _TINY))
    usual = np.median(logarithms[apart])
    sigma = max(_MAD_TO_SIGMA * float(np.median(np.abs(logarithms[apart] - usual))), _LEAST_SIGMA)
    scaled: Floats = ((logarithms - usual) / sigma).astype(np.float32)
    return scaled
