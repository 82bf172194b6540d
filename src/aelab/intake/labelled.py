"""Images and labels that come as arrays, whatever file they came in: checked, and in the store's form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError
from aelab.intake.limits import LEAST_SIDE, MOST_SIDE, check_room

Array = npt.NDArray[Any]
#: Labels are smaller than this.
HIGHEST_LABEL: Final = 2**53


@dataclass(frozen=True)
class LabelledImages:
    """What a file of arrays holds.

    Attributes
    ----------
    images : ndarray, uint8 (N, H, W, C)
    labels : ndarray, int64 (N,)
        As they stand in the file: whole numbers from 0 up.
    test : ndarray, bool (N,), or None
        Which of them the file keeps apart as a test set.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    test: npt.NDArray[np.bool_] | None = None


def pair(images: Array, labels: Array, file: str, images_name: str, labels_name: str) -> LabelledImages:
    """Check one array of images and the array of their labels.

    Parameters
    ----------
    images : ndarray (N, H, W) or (N, H, W, C)
        uint8, or floats in [0, 1], which are scaled to 0 to 255.
    labels : ndarray (N,)
    file, images_name, labels_name : str
        What an error calls them.

    Raises
    ------
    LabError
        If they cannot be images with their labels.
    """
    images = _images(images, file, images_name)
    labels = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels  # Keras' CIFAR-10 has (N, 1)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not _are_labels(labels):
        raise LabError(
            "{file}: {array} must hold one whole number from 0 up for each image; it is {dtype} of shape {shape}, "
            "lowest value {low}, highest {high}.",
            file=file,
            array=labels_name,
            dtype=labels.dtype,
            shape=labels.shape,
            low=labels.min() if labels.size and labels.dtype.kind in "iuf" else "unknown",
            high=labels.max() if labels.size and labels.dtype.kind in "iuf" else "unknown",
        )
    if len(labels) != len(images):
        raise LabError(
            "{file}: {array} must have one label for each of the {count} images in {images}; it has {found}.",
            file=file,
            array=labels_name,
            count=len(images),
            images=images_name,
            found=len(labels),
        )
    return LabelledImages(images, labels.astype(np.int64))


def _are_labels(labels: Array) -> bool:
    return bool(labels.min(initial=0) >= 0 and labels.max(initial=0) < HIGHEST_LABEL)


def with_test(train: LabelledImages, test: LabelledImages, file: str) -> LabelledImages:
    """Join a training set and its test set, in this order; a `LabError` says why they do not go together."""
    if train.images.shape[1:] != test.images.shape[1:]:
        raise LabError(
            "{file}: the test images must be of the size of the training images, {expected}; they are {found}.",
            file=file,
            expected=_times(train.images.shape[1:]),
            found=_times(test.images.shape[1:]),
        )
    check_room(len(train.images) + len(test.images), *train.images.shape[1:])
    return LabelledImages(
        np.concatenate([train.images, test.images]),
        np.concatenate([train.labels, test.labels]),
        np.repeat([False, True], [len(train.labels), len(test.labels)]),
    )


def _images(array: Array, file: str, name: str) -> npt.NDArray[np.uint8]:
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or array.shape[3] not in (1, 3) or not len(array):
        raise LabError(
            "{file}: {array} must be images of shape (N, H, W), (N, H, W, 1) or (N, H, W, 3); its shape is {shape}.",
            file=file,
            array=name,
            shape=array.shape,
        )
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in array.shape[1:3]):
        raise LabError(
            "{file}: the images in {array} must have sides of {low} to {high} pixels; they have {shape}.",
            file=file,
            array=name,
            low=LEAST_SIDE,
            high=MOST_SIDE,
            shape=_times(array.shape[1:3]),
        )
    check_room(*array.shape)
    return array if array.dtype == np.uint8 else _from_floats(array, file, name)


def _from_floats(array: Array, file: str, name: str) -> npt.NDArray[np.uint8]:
    if array.dtype.kind != "f":
        raise LabError(
            "{file}: {array} must be uint8 from 0 to 255 or floats from 0 to 1; it is {dtype}.",
            file=file,
            array=name,
            dtype=array.dtype,
        )
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 1):  # as a NaN makes it, too
        raise LabError(
            "{file}: the floats in {array} must be from 0 to 1; they are from {low} to {high}. "
            "Scale them first, or save them as uint8 from 0 to 255.",
            file=file,
            array=name,
            low=f"{low:g}",
            high=f"{high:g}",
        )
    images = np.empty(array.shape, np.uint8)
    for image, floats in zip(images, array, strict=True):  # one by one: the floats alone are already large
        image[...] = np.rint(floats.astype(np.float32) * 255)
    return images


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
