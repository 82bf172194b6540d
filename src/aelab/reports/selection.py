"""Images that somebody has selected on a map, as files to go on with: a table, and a zip with the pictures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.split import SPLIT_NAMES
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.inference import Inference
from aelab.metrics.mse import mse
from aelab.pixels import Images, to_png, to_uint8, to_unit
from aelab.reports.csv import to_csv

#: A zip is made while somebody waits; of more images a dataset can be made, which is written by a job.
MOST_IN_A_ZIP: Final = 5000
_AT_ONCE = 256

Indices = npt.NDArray[np.intp]


def table(inference: Inference, dataset: Dataset, indices: Indices) -> pd.DataFrame:
    """Return a row for each image: index, name, class ("" where unknown), part and mse.

    Parameters
    ----------
    inference : Inference
        Makes the reconstructions whose mean squared error (in [0, 1], lower is better) is told.
    dataset : Dataset
    indices : ndarray, int (N,)
    """
    errors = [mse(given, made, data_range=1.0) for given, made in _pairs(inference, dataset, indices)]
    labels = dataset.labels[indices]
    return pd.DataFrame(
        {
            "index": indices,
            "name": [dataset.name_of(int(index)) for index in indices],
            "class": [dataset.class_names[label] if label >= 0 else "" for label in labels],
            "part": [SPLIT_NAMES[code] for code in dataset.split[indices]],
            "mse": np.concatenate(errors) if errors else np.zeros(0),
        }
    )


def zipped(inference: Inference, dataset: Dataset, indices: Indices) -> bytes:
    """Return a zip: ``images`` and ``reconstructions``, PNG files named by index, and ``selection.csv``, their table.

    Raises
    ------
    LabError
        If there are more than `MOST_IN_A_ZIP` images.
    """
    if len(indices) > MOST_IN_A_ZIP:
        raise LabError(
            "A zip takes at most {most} images; {count} are selected. Select fewer, or make a dataset of them and "
            "export that.",
            most=MOST_IN_A_ZIP,
            count=len(indices),
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # a PNG is compressed already
        numbers = iter(indices.tolist())
        for given, made in _pairs(inference, dataset, indices):
            for image, reconstruction in zip(to_uint8(given), to_uint8(made), strict=True):
                name = f"{next(numbers):06}.png"
                archive.writestr(zipfile.ZipInfo(f"images/{name}"), to_png(image))
                archive.writestr(zipfile.ZipInfo(f"reconstructions/{name}"), to_png(reconstruction))
        rows = to_csv(table(inference, dataset, indices))
        archive.writestr(zipfile.ZipInfo("selection.csv"), rows.encode("utf-8-sig"), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _pairs(inference: Inference, dataset: Dataset, indices: Indices) -> Iterator[tuple[Images, Images]]:
    """Yield images (n, H, W, C) in [0, 1] and their reconstructions, some at a time."""
    for images, labels in dataset.chunks(indices, _AT_ONCE):
        given = to_unit(images)
        yield given, inference.reconstruct(given, labels)
