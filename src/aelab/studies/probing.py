"""What does a run make of a picture that nobody has shown it before?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.datasets.prepare import Pixels, Prepare, prepared
from aelab.datasets.store import Dataset
from aelab.inference import Codes, Inference
from aelab.metrics.mse import mse
from aelab.pixels import Images, to_unit


@dataclass(frozen=True)
class Probe:
    """A picture of one's own, through the eyes of a run.

    Attributes
    ----------
    given, made : ndarray, float32 (1, H, W, C)
        In [0, 1]: as the network gets it, and its reconstruction.
    error : float
        Mean squared error between the two.
    nearest : ndarray, int64 (K,)
        Indices into the dataset of the test images with the most similar codes, the nearest first.
    distances : ndarray, float64 (K,)
        Euclidean, between codes.
    label : int or None
        The class that a conditional run takes it to be of, by `Inference.closest_classes`.
    """

    given: Images
    made: Images
    error: float
    nearest: npt.NDArray[np.int64]
    distances: npt.NDArray[np.float64]
    label: int | None = None


def as_given(pixels: Pixels, dataset: Dataset, *, inverted: bool = False) -> Images:
    """Return a picture as the images of a dataset are, float32 (1, H, W, C) in [0, 1].

    Parameters
    ----------
    pixels : ndarray, uint8 (h, w, c)
        c is 1, 3 or 4.
    dataset : Dataset
    inverted : bool
        Whether dark and bright are swapped: ink is bright in MNIST, and dark on paper.
    """
    height, width, channels = dataset.shape
    usual = Prepare(height=height, width=width, color="gray" if channels == 1 else "rgb")
    image = to_unit(prepared(pixels, dataset.recipe.prepare or usual))[None]
    return 1 - image if inverted else image


def run(
    inference: Inference,
    image: Images,
    codes: Codes,
    indices: npt.NDArray[np.intp],
    count: int = 8,
) -> Probe:
    """Reconstruct a picture, and find the images whose codes are most like its own.

    Parameters
    ----------
    inference : Inference
    image : ndarray, float32 (1, H, W, C)
    codes : ndarray, float32 (N, latent)
        Of the images to compare with.
    indices : ndarray, int (N,)
        What these images are in their dataset.
    count : int
        How many neighbours, at most.
    """
    labels = inference.closest_classes(image) if inference.classes else None
    code = inference.encode(image, labels)
    made = inference.decode(code, labels)
    distances = np.linalg.norm(codes.astype(np.float64) - code, axis=1)
    nearest = np.argsort(distances, kind="stable")[:count]
    return Probe(
        image,
        made,
        float(mse(image, made, data_range=1.0)[0]),
        np.asarray(indices)[nearest],
        distances[nearest],
        None if labels is None else int(labels[0]),
    )
