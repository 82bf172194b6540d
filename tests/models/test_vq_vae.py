"""What makes a code an alphabet: the nearest letter forward, nothing in the way backward, letters that move."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from families import trained
from scipy.spatial.distance import cdist

from aelab.errors import LabError
from aelab.models import models
from aelab.models.vq_vae import Config, losses
from aelab.pixels import to_unit
from aelab.training.config import plan
from aelab.training.networks import build
from aelab.training.quantizer import VectorQuantizer

CODES = np.random.default_rng(0).standard_normal((6, 12), dtype=np.float32)


@pytest.fixture
def quantizer() -> VectorQuantizer:
    keras.utils.set_random_seed(0)
    found = VectorQuantizer(codes=9, size=3)
    found.build((None, 12))
    return found


def test_each_group_of_numbers_becomes_the_nearest_letter(quantizer: VectorQuantizer) -> None:
    letters = np.asarray(quantizer.codebook)
    expected = letters[np.argmin(cdist(CODES.reshape(-1, 3), letters), axis=1)].reshape(CODES.shape)
    np.testing.assert_array_equal(quantizer.nearest(CODES), expected)
    np.testing.assert_allclose(quantizer(CODES), expected, atol=1e-6)


def test_what_is_made_of_letters_stays_as_it_is(quantizer: VectorQuantizer) -> None:
    once = np.asarray(quantizer.nearest(CODES))
    np.testing.assert_array_equal(quantizer.nearest(once), once)


def test_the_gradient_passes_straight_through(quantizer: VectorQuantizer) -> None:
    code = tf.constant(CODES)
    with tf.GradientTape() as tape:
        tape.watch(code)
        result = tf.reduce_sum(tf.square(quantizer(code)))
    gradient, of_letters = tape.gradient(result, [code, quantizer.codebook.value])
    np.testing.assert_allclose(gradient, 2 * np.asarray(quantizer.nearest(CODES)), rtol=1e-4, atol=1e-5)
    assert of_letters is None


def test_codebook_and_encoder_are_each_moved_by_a_term_of_their_own(digits: np.ndarray) -> None:
    settings = {"body": "dense", "width": 8, "latent_dim": 8, "code_size": 4, "codes": 6}
    networks = build(plan("vq_vae", settings), (28, 28, 1))
    images = to_unit(digits[:20])
    config = Config.parse(settings)
    code = networks.encode(images)
    letters = np.asarray(networks.decoder.get_layer("codebook").nearest(code))
    apart = np.mean(np.sum((code - letters) ** 2, axis=1))
    codebook, encoder = (
        networks.decoder.get_layer("codebook").codebook.value,
        networks.encoder.trainable_weights[0].value,
    )
    for part, weight, moved, still in (
        ("codebook", 1.0, codebook, encoder),
        ("weighted_commitment", config.commitment, encoder, codebook),
    ):
        with tf.GradientTape() as tape:
            value = losses(networks, images, images, config, True)[part]
        assert float(value) == pytest.approx(weight * apart, rel=1e-4)
        to_moved, to_still = tape.gradient(value, [moved, still])
        assert np.abs(tf.convert_to_tensor(to_moved)).max() > 0
        assert to_still is None


def test_the_defaults_put_much_of_the_codebook_to_use(digits: np.ndarray) -> None:
    settings = {"body": "dense", "width": 64, "latent_dim": 16, "codes": 32, "epochs": 40, "batch_size": 20}
    found = trained("vq_vae", digits, **settings)
    used = np.unique(found.networks.decoder.get_layer("codebook").indices(found.codes))
    assert len(used) > 16
    assert found.last["codebook"] < 0.5 * float(np.mean(np.sum(found.codes**2, axis=1)))


@pytest.mark.parametrize(("latent_dim", "size", "near"), [(10, 4, "8 or 12"), (3, 4, "4"), (7, 2, "6 or 8")])
def test_groups_that_do_not_fit_are_refused_with_what_does(latent_dim: int, size: int, near: str) -> None:
    check = models["vq_vae"].check
    assert check is not None
    with pytest.raises(LabError, match=rf"{size} does not divide {latent_dim}. The nearest latent_dim .* is {near}\."):
        check(Config(latent_dim=latent_dim, code_size=size), (28, 28, 1))
    check(Config(latent_dim=12, code_size=4), (28, 28, 1))
