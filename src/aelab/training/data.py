"""Feed images to Keras: uint8 in memory, float32 in [0, 1] a batch at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from aelab.models.spec import classes_of
from aelab.pixels import Images, Labels, UInt8Images, one_hot, to_unit
from aelab.training.augmentation import varied
from aelab.training.config import Plan

_MOST_VALUES = 1_000_000  # of images that are validated at once: a U-Net holds a hundred times as many


class TrainingBatches(keras.callbacks.Callback):  # type: ignore[misc]
    """Every training image once an epoch, in an order, varied and with noise as seed, epoch and step alone decide.

    So an epoch is the same whether or not the training was interrupted before it. Give it to `fit` as a
    callback too: it hears which epoch begins.

    Parameters
    ----------
    images : ndarray, uint8 (N, H, W, C)
    plan : Plan
    labels : ndarray, int (N,)
        Numbers of their classes; only a conditional model needs them.

    Attributes
    ----------
    steps : int
        Batches in an epoch.
    """

    def __init__(self, images: UInt8Images, plan: Plan, labels: Labels | None = None) -> None:
        super().__init__()
        self._plan = plan
        self._classes = classes_of(plan.model_config)
        self._labels = tf.constant(labels, tf.int32) if self._classes else None
        self._images = tf.constant(images)
        self._order = tf.Variable(np.arange(len(images)))
        self._epoch = tf.Variable(0, dtype=tf.int64)
        self._first = 0
        self.steps = math.ceil(len(images) / plan.training.batch_size)

    def from_step(self, first: int) -> tf.data.Dataset:
        """Return the (given, target) batches of an epoch without its first few.

        Those of a conditional model have a third part: the classes of the images as one-hot vectors (B, classes).
        """
        self._first = first
        steps = tf.data.Dataset.range(first, self.steps)
        clean = steps.map(self._gathered, num_parallel_calls=1)
        pairs = (
            clean.map(self._corrupted) if self._plan.model.denoises else clean.map(lambda step, batch: (batch, batch))
        )
        if self._classes:
            pairs = tf.data.Dataset.zip(pairs, steps.map(self._told)).map(lambda pair, label: (*pair, label))
        return pairs.prefetch(2)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Shuffle the images for an epoch, counted from 0."""
        self._epoch.assign(epoch)
        self._order.assign(np.random.default_rng([self._plan.training.seed, epoch]).permutation(self._order.shape[0]))

    def taken(self, batch: int) -> int:
        """Return how many steps of the epoch are taken when Keras has ended its batch number `batch`."""
        return min(self._first + batch + 1, self.steps)

    def _gathered(self, step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the step and its batch: gathering whole batches costs a tenth of shuffling images one by one."""
        batch = tf.cast(tf.gather(self._images, self._indices(step)), tf.float32) / 255.0
        draw = self._epoch * self.steps + step, tf.constant(self._plan.training.seed)
        return step, varied(batch, self._plan.training.augment, draw)

    def _told(self, step: tf.Tensor) -> tf.Tensor:
        """Return the classes of the step's batch."""
        return tf.one_hot(tf.gather(self._labels, self._indices(step)), self._classes)

    def _indices(self, step: tf.Tensor) -> tf.Tensor:
        size = self._plan.training.batch_size
        return self._order[step * size : (step + 1) * size]

    def _corrupted(self, step: tf.Tensor, clean: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return (corrupted, clean), by the same numpy noise the pages show."""

        def corrupt(batch: Images, epoch: int, step: int) -> Images:
            rng = np.random.default_rng([self._plan.training.seed, epoch, step])
            return with_noise(batch, self._plan, rng)

        noisy = tf.numpy_function(corrupt, [clean, self._epoch, step], tf.float32)
        return tf.ensure_shape(noisy, clean.shape), clean


def fixed_batches(images: UInt8Images, plan: Plan, labels: Labels | None = None) -> tf.data.Dataset:
    """Return one pass in a fixed order, with one fixed draw of noise for a denoising model; see `from_step`."""
    target = to_unit(images)
    given = target
    if plan.model.denoises:
        given = corrupted(target, plan, plan.training.seed + 1)
    fitting = min(128, max(1, _MOST_VALUES // math.prod(images.shape[1:])))
    classes = classes_of(plan.model_config)
    told = (one_hot(np.asarray(labels), classes),) if classes else ()
    return tf.data.Dataset.from_tensor_slices((given, target, *told)).batch(max(plan.training.batch_size, fitting))


def corrupted(images: Images, plan: Plan, seed: int) -> Images:
    """Return the images with the noise of a denoising plan, drawn from `seed`."""
    return with_noise(images, plan, np.random.default_rng(seed))


def with_noise(images: Images, plan: Plan, rng: np.random.Generator) -> Images:
    """Return the images with the noise of a denoising plan, drawn by `rng`."""
    config: Any = plan.model_config
    noisy: Images = config.corruption.corrupt(images, rng)
    return noisy
