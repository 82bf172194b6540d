"""One pass over each weight must be the same step as Keras' ten."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from aelab.training.adam import FusedAdam


def walked(optimizer: keras.optimizers.Optimizer, steps: int) -> list[np.ndarray]:
    """Return two variables after some steps down gradients that are always the same draws."""
    weights = [keras.Variable(np.ones(shape, np.float32)) for shape in ((4, 3), (3,))]
    rng = np.random.default_rng(0)
    for _ in range(steps):
        gradients = [tf.constant(rng.standard_normal(each.shape), tf.float32) for each in weights]
        optimizer.apply_gradients(zip(gradients, weights, strict=True))
    return [np.asarray(each.value) for each in weights] + [np.asarray(each.value) for each in optimizer.variables]


@pytest.mark.parametrize("momenta", [(0.9, 0.999), (0.5, 0.9), (0.0, 0.9)])
def test_a_step_is_that_of_keras(momenta: tuple[float, float]) -> None:
    def rate() -> keras.optimizers.schedules.LearningRateSchedule:
        return keras.optimizers.schedules.CosineDecay(0.05, 20)

    found, expected = walked(FusedAdam(rate(), *momenta), 10), walked(keras.optimizers.Adam(rate(), *momenta), 10)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def test_rows_of_a_codebook_that_were_used_are_moved() -> None:
    codebook = keras.Variable(np.ones((5, 2), np.float32))
    used = tf.IndexedSlices(tf.ones((2, 2)), tf.constant([1, 3]), tf.constant([5, 2]))
    FusedAdam(0.1).apply_gradients([(used, codebook)])
    np.testing.assert_allclose(codebook.value[:, 0], [1, 0.9, 1, 0.9, 1], atol=1e-4)
