"""How many classes a conditional model is told of: nobody is asked, since the images know."""

from __future__ import annotations

import numpy as np

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.models.spec import classes_of
from aelab.training.config import Plan


def counted(given: Plan, dataset: Dataset, *, asked: bool) -> int:
    """Return the number of classes for the plan of a conditional model on a dataset.

    Parameters
    ----------
    given : Plan
    dataset : Dataset
    asked : bool
        Whether the plan's own number was asked for, and is no default.

    Raises
    ------
    LabError
        If the images have no classes to be told, or another number of them than was asked for.
    """
    classes, unlabelled = len(dataset.class_names), int(np.count_nonzero(dataset.labels < 0))
    if classes < 2 or unlabelled:
        raise LabError(
            "{model} is told the class of every image, and cannot learn from {dataset} (classes: {classes}; images "
            "without one: {unlabelled}): choose a model that needs no classes, such as vae, or a dataset whose images "
            "all lie in one of several class folders.",
            model=given.model.name,
            dataset=dataset.name,
            classes=classes,
            unlabelled=unlabelled,
        )
    _check_learned(given.model.name, dataset)
    value = classes_of(given.model_config)
    if asked and value != classes:
        raise LabError(
            "classes must be {expected}, as many as {dataset} has; it is {value}. Leave it out: the lab counts them.",
            expected=classes,
            dataset=dataset.name,
            value=value,
        )
    return classes


def _check_learned(model: str, dataset: Dataset) -> None:
    """Refuse a dataset of which a class has no image to learn from."""
    learned = set(dataset.labels[dataset.indices("train")].tolist())
    missing = [name for number, name in enumerate(dataset.class_names) if number not in learned]
    if missing:
        raise LabError(
            "{model} needs training images of every class, and {dataset} has none of {missing}: split its images "
            "anew, evenly by class, or choose a model that needs no classes, such as vae.",
            model=model,
            dataset=dataset.name,
            missing=", ".join(missing),
        )
