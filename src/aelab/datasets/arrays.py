"""Images that are arrays already: an npz file, the IDX files of MNIST and its kin, or a CSV of pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aelab import storage
from aelab.datasets.spec import ImageSet, Progress, SourceSpec
from aelab.errors import N_, LabError
from aelab.fields import Config, field
from aelab.intake import csv_pixels, idx, npz
from aelab.intake.labelled import LabelledImages
from aelab.intake.limits import MOST_CLASSES


@dataclass(frozen=True)
class ArraysConfig(Config):
    """Where the arrays are."""

    path: str = field(
        "", "File", "An npz file, a CSV of pixels, a file of IDX images with its labels beside it, or their folder."
    )


def recognises(path: Path) -> bool:
    """Return whether `path` is an npz, IDX or CSV file of images, or a folder of IDX files, by its content."""
    if path.is_dir():
        return idx.training_images(path) is not None
    return npz.is_npz(path) or idx.is_idx(path) or csv_pixels.is_csv(path)


def read(path: Path) -> LabelledImages:
    """Read what `recognises` recognises.

    Raises
    ------
    LabError
        If it is something else, damaged, or no images with labels.
    """
    if path.is_dir():
        images = idx.training_images(path)
        if images is None:
            raise LabError("The folder {file} has no train-images-idx3-ubyte (or .gz).", file=path.name)
        return idx.read(images)
    if not path.is_file():
        raise LabError("There is no file {file}.", file=path)
    if idx.is_idx(path):
        return idx.read(path)
    return csv_pixels.read(path) if csv_pixels.is_csv(path) else npz.read(path)


def load(config: ArraysConfig, progress: Progress) -> ImageSet:
    """Read the arrays as they are: no image is resized. Each label that occurs is a class."""
    path = storage.user_path(config.path)
    content = read(path)
    values, labels = np.unique(content.labels, return_inverse=True)
    if len(values) > MOST_CLASSES:
        raise LabError(
            "{file}: the labels have {count} different values; classes can be up to {most}.",
            file=path.name,
            count=len(values),
            most=MOST_CLASSES,
        )
    progress(1.0)
    return ImageSet(
        images=content.images,
        labels=labels.astype(np.int32),
        class_names=tuple(str(value) for value in values),
        provenance={"source": "arrays", "origin": N_("Imported from arrays."), "file": path.name},
        test=content.test,
    )


SPEC = SourceSpec(
    name="arrays",
    label=N_("Arrays"),
    summary=N_(
        "An npz file with images and labels, IDX files as MNIST is published in, or a CSV with a label and pixels."
    ),
    config=ArraysConfig,
    load=load,
    ready=False,
    order=11,
)
