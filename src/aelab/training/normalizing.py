"""Batch normalisation in one pass."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

_AXES_OF_IMAGES = 4


@keras.saving.register_keras_serializable("aelab")
class BatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
    """Batch normalisation [1]_ of images by TensorFlow's own kernel, while they are learned from.

    Keras composes it, and the way back, of a dozen operations each of which reads and writes all features of a batch.
    Outside of training it is Keras' own.

    References
    ----------
    .. [1] S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal
       covariate shift", ICML 2015. arXiv:1502.03167
    """

    def call(self, inputs: tf.Tensor, training: bool | None = None, mask: Any = None) -> tf.Tensor:
        """Normalise features (B, H, W, C) channel by channel, by the batch's moments or the moving ones."""
        if not training or not self.trainable or len(inputs.shape) != _AXES_OF_IMAGES:
            return super().call(inputs, training=training, mask=mask)
        normalized, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma,
            offset=self.beta,
            mean=[],
            variance=[],
            epsilon=self.epsilon,
            is_training=True,
        )
        count = tf.cast(tf.size(inputs) / tf.shape(inputs)[-1], tf.float32)
        self._move(self.moving_mean, mean)
        self._move(self.moving_variance, variance * (count - 1.0) / count)  # the kernel estimates that of more images
        return normalized

    def _move(self, moving: keras.Variable, now: tf.Tensor) -> None:
        moving.assign(moving * self.momentum + now * (1.0 - self.momentum))
