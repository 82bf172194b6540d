"""The learning rate's way down."""

from __future__ import annotations

import math
from typing import Any

import keras


@keras.saving.register_keras_serializable("aelab")
class Cosine(keras.optimizers.schedules.CosineDecay):  # type: ignore[misc]
    """Half a cosine from a rate to zero, over some steps that need not be the first.

    A finished training has come to a rate of zero; one that continues it begins the cosine anew, as warm
    restarts do [1]_.

    Parameters
    ----------
    rate : float
    first : int
        Step at which it begins.
    steps : int
        How many it lasts.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "SGDR: Stochastic gradient descent with warm restarts", ICLR
       2017. arXiv:1608.03983
    """

    def __init__(self, rate: float, first: int, steps: int) -> None:
        super().__init__(rate, steps)
        self._first = first

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step, counted from 0."""
        return super().__call__(keras.ops.maximum(step - self._first, 0))

    def at(self, step: int) -> float:
        """Return the rate of a step as a number: asked for every epoch, TensorFlow's own takes 1.5 ms op by op."""
        done = min(max(step - self._first, 0), self.decay_steps) / self.decay_steps
        return float(self.initial_learning_rate * 0.5 * (1.0 + math.cos(math.pi * done)))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {"rate": self.initial_learning_rate, "first": self._first, "steps": self.decay_steps}
