"""Adam in one pass over each weight."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("aelab")
class FusedAdam(keras.optimizers.Adam):  # type: ignore[misc]
    """Adam [1]_ by TensorFlow's own kernel, which reads and writes each weight and its moments once.

    Keras composes the same step of ten operations, each of which goes through memory: on dense networks that is a
    quarter of a training's time (`benchmarks/frameworks.py`).

    References
    ----------
    .. [1] D. P. Kingma and J. Ba, "Adam: A method for stochastic optimization", ICLR 2015. arXiv:1412.6980
    """

    @property
    def rate(self) -> float:
        """The learning rate of the next step, by a schedule of the lab's."""
        return float(self._learning_rate.at(int(self.iterations)))

    def update_step(self, gradient: tf.Tensor, variable: Any, learning_rate: tf.Tensor) -> None:
        """Move one variable down its gradient."""
        index = self._get_variable_index(variable)
        steps = tf.cast(self.iterations.value + 1, tf.float32)
        tf.raw_ops.ResourceApplyAdam(
            var=_handle(variable),
            m=_handle(self._momentums[index]),
            v=_handle(self._velocities[index]),
            beta1_power=tf.pow(self.beta_1, steps),
            beta2_power=tf.pow(self.beta_2, steps),
            lr=tf.cast(learning_rate, tf.float32),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.convert_to_tensor(gradient),  # that of a codebook comes as the rows that were used
        )


def _handle(variable: Any) -> tf.Tensor:
    return (variable.value if isinstance(variable, keras.Variable) else variable).handle
