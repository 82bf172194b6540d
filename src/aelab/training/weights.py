"""Give networks weights that come from a file, after looking at every one of them.

A file that anybody may have made decides nothing: the config says which networks are built, and the arrays have to
fit those, layer by layer, as numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError
from aelab.models.spec import Shape
from aelab.models.tracing import summarize
from aelab.training.config import Plan

if TYPE_CHECKING:
    from aelab.training.networks import Networks

Arrays = Mapping[str, npt.NDArray[Any]]

_FREE: Final = 10_000_000  # parameters that are built without a question, so that the layer at fault can be named


def check_room(plan: Plan, shape: Shape, arrays: Arrays) -> None:
    """Refuse, before they are built, networks that are far larger than the weights they are to get.

    Raises
    ------
    LabError
        With both numbers.
    """
    expected = summarize(plan.model, plan.model_config, shape).parameters
    found = sum(array.size for array in arrays.values())
    if expected > max(2 * found, _FREE):
        raise LabError(
            "The settings ask for networks of {expected} parameters, and there are weights for {found}.",
            expected=expected,
            found=found,
        )


def set_weights(networks: Networks, arrays: Arrays) -> None:
    """Set the weights of networks to the arrays that `networks.to_weights` numbers; all of them, or none.

    Parameters
    ----------
    networks : Networks
    arrays : mapping of str to ndarray
        ``encoder_0``, ``encoder_1``, ... ``decoder_0``, ...

    Raises
    ------
    LabError
        If one is missing, too many, of another shape, or not made of finite numbers; it names the layer.
    """
    wanted = {
        f"{name}_{index}": (f"{name} {variable.path}", tuple(variable.shape))
        for name, network in networks.kept.items()
        for index, variable in enumerate(network.weights)
    }
    for array in arrays:
        if array not in wanted:
            raise LabError("There are weights called {array}, and no layer that takes them.", array=array)
    checked = {array: _checked(layer, shape, array, arrays) for array, (layer, shape) in wanted.items()}
    for name, network in networks.kept.items():
        network.set_weights([checked[f"{name}_{index}"] for index in range(len(network.weights))])


def _checked(layer: str, shape: tuple[int, ...], array: str, arrays: Arrays) -> npt.NDArray[np.float32]:
    """Return the weights of a layer as float32, or raise with its name."""
    if array not in arrays:
        raise LabError("There are no weights for the layer {layer}: {array} is missing.", layer=layer, array=array)
    values = arrays[array]
    if values.dtype.kind != "f":
        raise LabError(
            "The weights of the layer {layer} must be floats; they are {found}.", layer=layer, found=values.dtype
        )
    if values.shape != shape:
        raise LabError(
            "The weights of the layer {layer} must have the shape {expected}; they have {found}.",
            layer=layer,
            expected=_size(shape),
            found=_size(values.shape),
        )
    with np.errstate(over="ignore"):  # what float32 cannot hold is infinite there, and said below
        numbers = np.asarray(values, np.float32)
    wrong = numbers.size - int(np.isfinite(numbers).sum())
    if wrong:
        raise LabError(
            "The weights of the layer {layer} are damaged: {count} of {all} are NaN or infinite.",
            layer=layer,
            count=wrong,
            all=numbers.size,
        )
    return numbers


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape) or "1"
