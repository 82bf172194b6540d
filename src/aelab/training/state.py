"""Everything that a training would have to know again if the computer stopped now.

What is random is either a variable of TensorFlow, and kept here, or drawn from the seed, the epoch and the
step (`aelab.training.data`), and needs no keeping: so a resumed training takes the steps that an
uninterrupted one would have taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError
from aelab.training.trainee import Trainee

Arrays = Mapping[str, npt.NDArray[np.generic]]


def state_of(trainee: Trainee) -> dict[str, npt.NDArray[np.generic]]:
    """Return the values of every variable of a compiled model: networks, optimiser, chance, running means."""
    return {name: np.asarray(variable.value) for name, variable in _variables(trainee).items()}


def restore(trainee: Trainee, arrays: Arrays) -> None:
    """Give every variable the value it had; the inverse of `state_of`.

    Raises
    ------
    LabError
        If the arrays are those of another network, or of another version of the lab.
    """
    variables = _variables(trainee)
    for name, variable in variables.items():
        found = arrays[name].shape if name in arrays else None
        if found != tuple(variable.shape):
            raise LabError(
                "The checkpoint does not fit the network: {name} should have the shape {expected}; it has {found}. "
                "Start the training from scratch.",
                name=name,
                expected=str(tuple(variable.shape)),
                found=str(found),
            )
    for name, variable in variables.items():
        variable.assign(arrays[name])


def is_finite(arrays: Arrays) -> bool:
    """Return whether there is neither NaN nor infinity in any array."""
    return all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f")


def _variables(trainee: Trainee) -> dict[str, Any]:
    """Return the variables by names that are the same in every process: Keras numbers its layers as they come."""
    variables = {f"network/{index}/{each.name}": each for index, each in enumerate(trainee.variables)}
    for name, (optimizer, weights) in trainee.optimizers.items():
        optimizer.build(weights)
        variables |= {f"{name}/{index}": each for index, each in enumerate(optimizer.variables)}
    return variables | {f"mean/{mean.name}/{each.name}": each for mean in trainee.metrics for each in mean.variables}
