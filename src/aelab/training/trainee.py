"""The Keras model that `fit` sees: it knows networks and parts of a loss, not which architecture."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from aelab.training.config import Plan
from aelab.training.networks import Networks

Losses = Callable[..., Mapping[str, tf.Tensor]]
Batch = tuple[tf.Tensor, ...]  # given and target, (B, H, W, C) each; the classes (B, classes) if they are told


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
        self.critic = networks.critic
        self.restorer = networks.restorer
        self.seed = networks.seed
        self.means = [keras.metrics.Mean(name=name) for name in plan.model.logged]
        self.built = True  # both networks are; this model adds no weights

    def compile(self, *, critic_optimizer: keras.optimizers.Optimizer | None, **of_model: Any) -> None:
        """Choose the optimisers: of the networks that are kept, and of their opponent if there is one."""
        super().compile(**of_model)
        self.critic_optimizer = critic_optimizer

    @property
    def epochs_done(self) -> tf.Tensor:
        """How often every training image was seen, a scalar; a loss may change on the way."""
        return tf.cast(self.optimizer.iterations, tf.float32) / self.steps

    def train_step(self, batch: Batch) -> dict[str, tf.Tensor]:
        """Take one step of the optimiser on a batch; the opponent steps first."""
        opponent, config = self.plan.model.opponent, self.plan.model_config
        against: dict[str, tf.Tensor] = {}
        if opponent is not None and self.critic is not None:
            for _ in range(opponent.steps(config)):
                against = self._stepped(opponent.losses, batch, self.critic_optimizer, self.critic.trainable_weights)
        own = self._stepped(self.plan.model.losses, batch, self.optimizer, self._own_weights)
        return self._updated(own | against, batch)

    def test_step(self, batch: Batch) -> dict[str, tf.Tensor]:
        """Measure the parts on a batch."""
        opponent = self.plan.model.opponent
        against = self._parts(opponent.losses, batch, training=False) if opponent else {}
        return self._updated(self._parts(self.plan.model.losses, batch, training=False) | against, batch)

    @property
    def metrics(self) -> list[keras.metrics.Mean]:
        """The running means, which Keras resets at the start of every epoch."""
        return self.means

    @property
    def optimizers(self) -> dict[str, tuple[keras.optimizers.Optimizer, list[keras.Variable]]]:
        """Each optimiser with what it moves, by name."""
        found = {"optimizer": (self.optimizer, self._own_weights)}
        if self.critic is not None:
            found["critic_optimizer"] = (self.critic_optimizer, self.critic.trainable_weights)
        return found

    @property
    def _own_weights(self) -> list[keras.Variable]:
        """Weights of the networks that are kept."""
        kept = [network for network in (self.encoder, self.decoder, self.restorer) if network is not None]
        return [weight for network in kept for weight in network.trainable_weights]

    def _stepped(
        self, losses: Losses, batch: Batch, optimizer: Any, weights: list[keras.Variable]
    ) -> dict[str, tf.Tensor]:
        """Take one step down the sum of some parts, and return these."""
        with tf.GradientTape() as tape:
            parts = self._parts(losses, batch, training=True)
            loss = tf.add_n(list(parts.values()))
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return parts

    def _parts(self, losses: Losses, batch: Batch, *, training: bool) -> dict[str, tf.Tensor]:
        given, target, *label = batch
        networks = Told(self, label[0]) if label else self
        return dict(losses(networks, given, target, self.plan.model_config, training))

    def _updated(self, parts: dict[str, tf.Tensor], batch: Batch) -> dict[str, tf.Tensor]:
        images = tf.shape(batch[0])[0]
        for mean in self.means:
            mean.update_state(parts[mean.name], sample_weight=images)
        return {mean.name: mean.result() for mean in self.means}


@dataclass(frozen=True)
class Told:
    """The networks of a trainee that know the classes of a batch: to a loss they are like any other.

    Attributes
    ----------
    trainee : Trainee
    label : tensor (B, classes)
        One-hot.
    """

    trainee: Any  # of networks that take the class as well
    label: tf.Tensor

    def encoder(self, image: tf.Tensor, training: bool) -> Any:
        """Encode images (B, H, W, C) of these classes."""
        return self.trainee.encoder([image, self.label], training=training)

    def decoder(self, code: tf.Tensor, training: bool) -> tf.Tensor:
        """Decode codes (B, K) to images of these classes."""
        return self.trainee.decoder([code, self.label], training=training)

    @property
    def seed(self) -> keras.random.SeedGenerator:
        """The source of chance."""
        return self.trainee.seed

    @property
    def images(self) -> int:
        """Training images in an epoch."""
        return int(self.trainee.images)

    @property
    def epochs_done(self) -> tf.Tensor:
        """How often every training image was seen."""
        return self.trainee.epochs_done
