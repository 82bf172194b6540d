"""The Keras model that `fit` sees: it knows networks and parts of a loss, not which architecture."""

from __future__ import annotations

import math

import keras
import tensorflow as tf

from aelab.training.config import Plan
from aelab.training.networks import Networks


class Trainee(keras.Model):  # type: ignore[misc]
    """Minimise the sum of an architecture's loss parts, keeping the mean of each over an epoch.

    Parameters
    ----------
    plan : Plan
    networks : Networks
    images : int
        Training images in an epoch.
    """

    def __init__(self, plan: Plan, networks: Networks, images: int) -> None:
        super().__init__(name="trainee")
        self.plan = plan
        self.images = images
        self.steps = math.ceil(images / plan.training.batch_size)
        self.encoder = networks.encoder
        self.decoder = networks.decoder
        self.seed = networks.seed
        self.means = [keras.metrics.Mean(name=name) for name in plan.model.parts]
        self.built = True  # both networks are; this model adds no weights

    @property
    def epochs_done(self) -> tf.Tensor:
        """How often every training image was seen, a scalar; a loss may change on the way."""
        return tf.cast(self.optimizer.iterations, tf.float32) / self.steps

    def train_step(self, batch: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Take one step of the optimiser on a (given, target) batch, (B, H, W, C) each."""
        with tf.GradientTape() as tape:
            parts = self._loss_parts(batch, training=True)
            loss = tf.add_n(list(parts.values()))
        weights = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self._updated(parts, batch)

    def test_step(self, batch: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Measure the parts on a batch."""
        return self._updated(self._loss_parts(batch, training=False), batch)

    @property
    def metrics(self) -> list[keras.metrics.Mean]:
        """The running means, which Keras resets at the start of every epoch."""
        return self.means

    def _loss_parts(self, batch: tuple[tf.Tensor, tf.Tensor], *, training: bool) -> dict[str, tf.Tensor]:
        given, target = batch
        return dict(self.plan.model.losses(self, given, target, self.plan.model_config, training))

    def _updated(self, parts: dict[str, tf.Tensor], batch: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        images = tf.shape(batch[0])[0]
        for mean in self.means:
            mean.update_state(parts[mean.name], sample_weight=images)
        return {mean.name: mean.result() for mean in self.means}
