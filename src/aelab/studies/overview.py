"""What is in a dataset?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.split import SPLIT_NAMES
from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.pixels import Images
from aelab.studies.spec import StudySpec


@dataclass(frozen=True)
class Config(BaseConfig):
    """How finely to count pixel values."""

    bins: int = field(32, "Bins", "Bars of the pixel histogram.", low=2, high=256)


@dataclass(frozen=True)
class Overview:
    """Counts and averages of a dataset.

    Attributes
    ----------
    balance : DataFrame
        Columns class, train, validation, test, all: images of each; unlabelled images have the class "".
    mean_images : ndarray, float32 (classes, H, W, C)
        In [0, 1], over the training images, in the order of `mean_classes`: the classes that have some.
    mean_classes : tuple of str
    edges : ndarray (bins + 1,)
        Of the histogram, in units of [0, 1].
    histogram : ndarray (channels, bins)
        Share of each channel's pixels.
    """

    balance: pd.DataFrame
    mean_images: Images
    mean_classes: tuple[str, ...]
    edges: npt.NDArray[np.float64]
    histogram: npt.NDArray[np.float64]


def run(dataset: Dataset, config: Config) -> Overview:
    """Count the images of each class and part, average the training images, count their pixel values."""
    codes = [code for code in [*range(len(dataset.class_names)), -1] if np.any(dataset.labels == code)]
    names = tuple(dataset.class_names[code] if code >= 0 else "" for code in codes)
    sums = np.zeros((len(codes), *dataset.shape))
    counts = np.zeros((dataset.shape[2], 256), np.int64)
    train = dataset.indices("train")
    for images, labels in dataset.chunks(train):
        for row, code in enumerate(codes):
            sums[row] += images[labels == code].sum(axis=0, dtype=np.float64)
        for channel in range(dataset.shape[2]):
            counts[channel] += np.bincount(images[..., channel].ravel(), minlength=256)
    sizes = np.array([np.count_nonzero(dataset.labels[train] == code) for code in codes])
    seen = np.flatnonzero(sizes)  # a class may be in the source's own test set only
    means = (sums[seen] / sizes[seen, None, None, None] / 255.0).astype(np.float32)
    edges = np.linspace(0.0, 1.0, config.bins + 1)
    histogram = np.stack([np.histogram(np.arange(256) / 255.0, edges, weights=row)[0] for row in counts])
    return Overview(
        _balance(dataset, codes, names),
        means,
        tuple(names[row] for row in seen),
        edges,
        histogram / counts.sum(axis=1)[:, None],
    )


def _balance(dataset: Dataset, codes: list[int], names: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame({"class": names})
    for part_code, part in enumerate(SPLIT_NAMES):
        inside = dataset.split == part_code
        table[part] = [int(np.count_nonzero(inside & (dataset.labels == code))) for code in codes]
    table["all"] = table[list(SPLIT_NAMES)].sum(axis=1)
    return table


SPEC = StudySpec(
    name="overview",
    label=N_("Dataset"),
    question=N_("What is in this dataset?"),
    subject="dataset",
    config=Config,
    run=run,
)
