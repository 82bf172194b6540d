"""How well does a run reconstruct images it has never seen?"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Inference
from aelab.metrics.estimate import Estimate
from aelab.pixels import to_unit
from aelab.studies._measures import estimates, per_image
from aelab.studies.spec import StudySpec


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which part of the split to measure on."""

    split: Literal["test", "validation", "train"] = field(
        "test", "Split", "Test images were never looked at in training; only they are worth reporting."
    )


@dataclass(frozen=True)
class Reconstruction:
    """Measures of the reconstructions of one part of a split.

    Attributes
    ----------
    split : str
    n : int
        Images.
    overall : mapping of str to Estimate
        By measure.
    classes : mapping of str to mapping
        The same for the images of each class; empty without labels.
    """

    split: str
    n: int
    overall: Mapping[str, Estimate]
    classes: Mapping[str, Mapping[str, Estimate]]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return dataclasses.asdict(self)


def run(inference: Inference, dataset: Dataset, config: Config) -> Reconstruction:
    """Reconstruct one part of a dataset and measure it, in all and by class."""
    indices = dataset.indices(config.split)
    images = to_unit(dataset.images[indices])
    labels = dataset.labels[indices]
    values = per_image(images, inference.reconstruct(images, labels))
    return Reconstruction(
        config.split,
        len(indices),
        estimates(values),
        {
            name: estimates(values, labels == code)
            for code, name in enumerate(dataset.class_names)
            if np.any(labels == code)
        },
    )


SPEC = StudySpec(
    name="reconstruction",
    label=N_("Reconstruction"),
    question=N_("How well does a run reconstruct images it has never seen?"),
    subject="run",
    config=Config,
    run=run,
)
