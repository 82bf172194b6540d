"""Feed images to Keras: uint8 in memory, float32 in [0, 1] a batch at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from aelab.noise import noises
from aelab.pixels import Images, UInt8Images, to_unit
from aelab.training.config import Plan


def training_batches(images: UInt8Images, plan: Plan) -> tf.data.Dataset:
    """Return the images as (given, target) batches, shuffled anew in each pass.

    Shuffling indices and gathering whole batches costs a tenth of shuffling images one by one.
    """
    stored = tf.constant(images)
    batches = (
        tf.data.Dataset.range(len(images))
        .shuffle(len(images), seed=plan.training.seed, reshuffle_each_iteration=True)
        .batch(plan.training.batch_size)
        .map(lambda indices: tf.cast(tf.gather(stored, indices), tf.float32) / 255.0, num_parallel_calls=1)
    )
    if plan.model.denoises:
        return batches.map(_corruption(plan, images.shape[1:])).prefetch(2)
    return batches.map(lambda batch: (batch, batch)).prefetch(2)


def fixed_batches(images: UInt8Images, plan: Plan) -> tf.data.Dataset:
    """Return one pass in a fixed order, with one fixed draw of noise for a denoising model."""
    target = to_unit(images)
    given = target
    if plan.model.denoises:
        given = corrupted(target, plan, plan.training.seed + 1)
    return tf.data.Dataset.from_tensor_slices((given, target)).batch(max(plan.training.batch_size, 128))


def corrupted(images: Images, plan: Plan, seed: int) -> Images:
    """Return the images with the noise of a denoising plan, drawn from `seed`."""
    config: Any = plan.model_config
    return noises[config.noise].corrupt(images, config.noise_level, np.random.default_rng(seed))


def _corruption(plan: Plan, shape: tuple[int, ...]) -> Any:
    """Return a mapping from clean batches to (corrupted, clean), by the same numpy noise the pages show."""
    config: Any = plan.model_config
    rng = np.random.default_rng(plan.training.seed)
    noise = noises[config.noise]

    def corrupt(batch: Images) -> Images:
        return noise.corrupt(batch, config.noise_level, rng)

    def mapping(clean: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        noisy = tf.numpy_function(corrupt, [clean], tf.float32)
        return tf.ensure_shape(noisy, (None, *shape)), clean

    return mapping
