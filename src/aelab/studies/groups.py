"""Groups of test images that have something in common: a class, a value of a known factor, or somebody's choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import LabError

CLASS: Final = "class"
FACTOR: Final = "factor"
SELECTED: Final = "selected"

_MOST_VALUES = 12  # of a factor; one that has more is a measure, and has a low end and a high one
_LOW, _HIGH = "low", "high"
_END = 0.25  # of the images are at either end


@dataclass(frozen=True)
class Group:
    """What some images have in common, written as ``class:3``, ``factor:size=0.5`` or ``selected``.

    Attributes
    ----------
    kind : {"class", "factor", "selected"}
    number : int
        Of the class.
    factor, value : str
        Name and value of the factor; of one that is a measure, "low" for the lowest quarter of the test images by it,
        and "high" for the highest.
    """

    kind: str
    number: int = -1
    factor: str = ""
    value: str = ""

    def __str__(self) -> str:
        if self.kind == CLASS:
            return f"{CLASS}:{self.number}"
        return f"{FACTOR}:{self.factor}={self.value}" if self.kind == FACTOR else self.kind


def offered(dataset: Dataset) -> list[Group]:
    """Return the groups that the labels and the factors of a dataset make of its test images, none of them empty."""
    test = dataset.indices("test")
    labels = np.unique(dataset.labels[test])
    groups = [Group(CLASS, number=int(label)) for label in labels[labels >= 0]]
    for name, values in dataset.factors.items():
        found = np.unique(values[test])
        if len(found) > 1:
            named = [_LOW, _HIGH] if _is_measure(found) else [_written(value) for value in found]
            groups += [Group(FACTOR, factor=name, value=value) for value in named]
    return groups


def members(dataset: Dataset, group: Group, selected: npt.NDArray[np.intp] | None = None) -> npt.NDArray[np.intp]:
    """Return the images of a group as indices into the dataset, ascending.

    Parameters
    ----------
    dataset : Dataset
    group : Group
    selected : ndarray, int, optional
        The images that somebody has selected.

    Raises
    ------
    LabError
        If the group has no image.
    """
    test = dataset.indices("test")
    if group.kind == SELECTED:
        found = np.zeros(0, np.intp) if selected is None else np.unique(selected)
    elif group.kind == CLASS:
        found = test[dataset.labels[test] == group.number] if group.number >= 0 else test[:0]
    else:
        found = (
            test[_has_value(dataset.factors[group.factor][test], group.value)]
            if group.factor in dataset.factors
            else test[:0]
        )
    if not len(found):
        raise LabError(
            "The group {group} has no test image in dataset {dataset}. Choose another group.",
            group=str(group),
            dataset=dataset.name,
        )
    return found


def parse(text: str, dataset: Dataset) -> Group:
    """Read a group as somebody writes it: the name of a class, or as `Group` says.

    Raises
    ------
    LabError
        If it is neither.
    """
    if text in dataset.class_names:
        return Group(CLASS, number=dataset.class_names.index(text))
    kind, _, rest = text.partition(":")
    factor, equals, value = rest.partition("=")
    if kind == CLASS and rest in map(str, range(len(dataset.class_names))):
        return Group(CLASS, number=int(rest))
    if kind == FACTOR and equals and factor in dataset.factors:
        return Group(FACTOR, factor=factor, value=value)
    if text == SELECTED:
        return Group(SELECTED)
    raise LabError(
        "{group} is no group of dataset {dataset}: write the name of a class, or factor:NAME=VALUE where factors are "
        "known.",
        group=repr(text[:60]),
        dataset=dataset.name,
    )


def _is_measure(distinct: npt.NDArray[Any]) -> bool:
    return len(distinct) > _MOST_VALUES and np.issubdtype(distinct.dtype, np.number)


def _has_value(values: npt.NDArray[Any], wanted: str) -> npt.NDArray[np.bool_]:
    """Return which values of a factor are the one that is wanted, or at the wanted end."""
    if _is_measure(np.unique(values)):
        ends = np.quantile(values, [_END, 1 - _END])
        nothing = np.zeros(len(values), bool)
        return np.asarray({_LOW: values <= ends[0], _HIGH: values >= ends[1]}.get(wanted, nothing))
    return np.array([_written(value) == wanted for value in values], bool)


def _written(value: Any) -> str:
    """Return the value of a factor as text that is the same wherever it is read."""
    number = value.item() if isinstance(value, np.generic) else value
    return f"{number:g}" if isinstance(number, float) else str(number)
