"""One pass over the features must give what Keras' own gives, and learn as it does."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from aelab.training.normalizing import BatchNormalization

FEATURES = np.random.default_rng(0).normal(2.0, 3.0, (6, 4, 5, 3)).astype(np.float32)


def learned(layer: keras.layers.Layer, steps: int = 3) -> list[np.ndarray]:
    """Return what a layer gives, the gradients of it and its weights, after some steps of training."""
    features = tf.Variable(FEATURES)
    for step in range(steps):
        with tf.GradientTape() as tape:
            given = layer(features, training=True)
            loss = tf.reduce_sum(tf.square(given[:, 0]) * (step + 1.0) + given[:, 1])
        gradients = tape.gradient(loss, [features, *layer.trainable_weights])
        for weight, gradient in zip(layer.trainable_weights, gradients[1:], strict=True):
            weight.assign_sub(0.01 * gradient)
    return [np.asarray(each) for each in (given, *gradients, *layer.weights, layer(features, training=False))]


def test_it_gives_and_learns_what_batch_normalisation_does() -> None:
    pairs = zip(
        learned(BatchNormalization(momentum=0.9)),
        learned(keras.layers.BatchNormalization(momentum=0.9)),
        strict=True,
    )
    for one, other in pairs:
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1, 1, 3), (2, 1, 1, 3)])
def test_a_single_pixel_has_no_variance(shape: tuple[int, ...]) -> None:
    layer = BatchNormalization(momentum=0.0)
    given = layer(np.ones(shape, np.float32), training=True)
    np.testing.assert_allclose(given, np.zeros(shape), atol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, np.zeros(3), atol=1e-6)


def test_vectors_are_left_to_keras() -> None:
    vectors = FEATURES.reshape(-1, 3)
    one, other = BatchNormalization(), keras.layers.BatchNormalization()
    np.testing.assert_allclose(one(vectors, training=True), other(vectors, training=True), rtol=1e-5)
