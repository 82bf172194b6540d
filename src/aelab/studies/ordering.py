"""Which images are odd? One figure for each, to sort by: the odd ones come first or last."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_

Key = Literal["position", "brightness", "size", "distance"]

#: What images can be sorted by, and what it is called.
KEYS: Final[dict[Key, str]] = {
    "position": N_("as stored"),
    "brightness": N_("brightness"),
    "size": N_("original size"),
    "distance": N_("distance from the class mean"),
}


def figures(dataset: Dataset, key: Key) -> npt.NDArray[np.float32]:
    """Return the figure of every image, float32 (N,).

    Parameters
    ----------
    dataset : Dataset
    key : {"position", "brightness", "size", "distance"}
        Its place; its mean value in [0, 1]; the pixels (height times width) of the file it came from; the root
        mean square difference, in [0, 1], to the mean of the training images of its class.

    Returns
    -------
    ndarray, float32 (N,)
        NaN for the distance where no training image has the class.
    """
    if key == "position":
        return np.arange(dataset.counts["all"], dtype=np.float32)
    if key == "size":
        sizes = dataset.originals.sizes[dataset.kept]
        areas: npt.NDArray[np.float32] = np.prod(sizes, axis=1, dtype=np.float64).astype(np.float32)
        return areas
    means = _class_means(dataset) if key == "distance" else None
    found = []
    for images, labels in dataset.chunks(dataset.indices()):
        if means is None:
            found.append(images.mean(axis=(1, 2, 3), dtype=np.float64) / 255.0)
        else:
            differences = (images - means[labels]) / 255.0
            found.append(np.sqrt(np.square(differences, out=differences).mean(axis=(1, 2, 3))))
    return np.concatenate(found).astype(np.float32)


def ordered(
    indices: npt.NDArray[np.intp], figures: npt.NDArray[np.float32], *, descending: bool = False
) -> npt.NDArray[np.intp]:
    """Return indices sorted by their figures, equal ones as they stand, unknown ones last."""
    chosen = figures[indices]
    return indices[np.argsort(-chosen if descending else chosen, kind="stable")]


def _class_means(dataset: Dataset) -> npt.NDArray[np.float32]:
    """Return the mean training image of each class, float32 (classes + 1, H, W, C); the last is of label -1."""
    sums = np.zeros((len(dataset.class_names) + 1, *dataset.shape))
    counts = np.zeros(len(sums))
    for images, labels in dataset.chunks(dataset.indices("train")):
        for label in np.unique(labels):
            members = labels == label
            sums[label] += images[members].sum(axis=0, dtype=np.float64)
            counts[label] += np.count_nonzero(members)
    with np.errstate(invalid="ignore"):
        return (sums / counts[:, None, None, None]).astype(np.float32)
