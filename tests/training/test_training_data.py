"""What the networks are fed: every image once a pass, corrupted only where the model asks for it."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.noise import noises
from aelab.noise.corruption import Corruption, Part
from aelab.pixels import one_hot, to_unit
from aelab.training.config import Plan, plan
from aelab.training.data import TrainingBatches, corrupted, fixed_batches

IMAGES = np.random.default_rng(0).integers(0, 256, (50, 8, 8, 3), dtype=np.uint8)
GREY = np.full((200, 8, 8, 1), 128, np.uint8)


def an_epoch(images: np.ndarray, chosen: Plan, epoch: int = 0, first: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the (given, target) batches of an epoch from a step on."""
    batches = TrainingBatches(images, chosen)
    dataset = batches.from_step(first)
    batches.on_epoch_begin(epoch)
    return list(dataset.as_numpy_iterator())


def passed(images: np.ndarray, chosen: Plan, epoch: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return given and target of an epoch's batches, joined."""
    batches = an_epoch(images, chosen, epoch)
    return np.concatenate([given for given, _ in batches]), np.concatenate([target for _, target in batches])


@pytest.mark.parametrize("model", ["conv_ae", "dae"])
def test_the_rest_of_an_epoch_is_what_it_would_have_been_without_an_interruption(model: str) -> None:
    chosen = plan(model, {"batch_size": 16})
    whole, rest = an_epoch(IMAGES, chosen, epoch=3), an_epoch(IMAGES, chosen, epoch=3, first=2)
    assert len(rest) == 2
    for (given, target), (given_again, target_again) in zip(whole[2:], rest, strict=True):
        np.testing.assert_array_equal(given_again, given)
        np.testing.assert_array_equal(target_again, target)


def in_order(images: np.ndarray) -> np.ndarray:
    flat = images.reshape(len(images), -1)
    return flat[np.lexsort(flat.T)]


def test_every_image_comes_once_a_pass_as_numbers_from_0_to_1() -> None:
    given, target = passed(IMAGES, plan("conv_ae", {"batch_size": 16}))
    assert given.dtype == target.dtype == np.float32
    np.testing.assert_array_equal(in_order(target), in_order(to_unit(IMAGES)))
    np.testing.assert_array_equal(given, target)


def test_batches_have_the_size_that_was_asked_for_and_the_last_what_is_left() -> None:
    chosen = plan("conv_ae", {"batch_size": 16})
    assert [len(given) for given, _ in an_epoch(IMAGES, chosen)] == [16, 16, 16, 2]
    assert TrainingBatches(IMAGES, chosen).steps == 4


def test_each_pass_has_an_order_of_its_own_and_the_seed_repeats_them() -> None:
    chosen = plan("conv_ae", {"batch_size": 50})
    first, second = (passed(IMAGES, chosen, epoch)[1] for epoch in range(2))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, to_unit(IMAGES))
    np.testing.assert_array_equal(passed(IMAGES, chosen)[1], first)
    other = plan("conv_ae", {"batch_size": 50, "seed": 1})
    assert not np.array_equal(passed(IMAGES, other)[1], first)


@pytest.mark.parametrize("noise", noises.names())
def test_a_denoising_model_is_given_corrupted_images_and_asked_for_the_clean_ones(noise: str) -> None:
    given, target = passed(IMAGES, plan("dae", {"noise": noise, "noise_level": 0.3, "batch_size": 16}))
    np.testing.assert_array_equal(in_order(target), in_order(to_unit(IMAGES)))
    assert given.shape == target.shape
    assert given.dtype == np.float32
    assert given.min() >= 0
    assert given.max() <= 1
    assert not np.array_equal(given, target)


def test_noise_of_level_zero_changes_nothing() -> None:
    given, target = passed(IMAGES, plan("dae", {"noise": "gaussian", "noise_level": 0}))
    np.testing.assert_array_equal(given, target)


def test_gaussian_training_noise_has_the_standard_deviation_that_was_asked_for() -> None:
    given, target = passed(GREY, plan("dae", {"noise": "gaussian", "noise_level": 0.1}))
    assert (given - target).std() == pytest.approx(0.1, rel=0.05)


def test_salt_and_pepper_training_noise_hits_the_share_that_was_asked_for() -> None:
    given, target = passed(GREY, plan("dae", {"noise": "salt_pepper", "noise_level": 0.3}))
    hit = given != target
    assert hit.mean() == pytest.approx(0.3, abs=0.03)
    assert set(np.unique(given[hit])) == {0.0, 1.0}


def test_training_noise_is_drawn_anew_for_every_pass_and_repeated_by_the_seed() -> None:
    chosen = plan("dae", {"noise": "gaussian", "noise_level": 0.2})
    first, second = (passed(GREY, chosen, epoch)[0] for epoch in range(2))
    assert not np.array_equal(first, second)
    assert len(np.unique(first)) > 1000  # no batch repeats another's noise
    np.testing.assert_array_equal(passed(GREY, chosen)[0], first)


def test_validation_noise_is_one_fixed_draw() -> None:
    chosen = plan("dae", {"noise": "gaussian", "noise_level": 0.2, "seed": 3})
    batches = fixed_batches(IMAGES, chosen)
    first, second = ([given for given, _ in batches.as_numpy_iterator()] for _ in range(2))
    np.testing.assert_array_equal(np.concatenate(first), np.concatenate(second))
    np.testing.assert_array_equal(np.concatenate(first), corrupted(to_unit(IMAGES), chosen, seed=4))
    target = np.concatenate([target for _, target in batches.as_numpy_iterator()])
    np.testing.assert_array_equal(target, to_unit(IMAGES))


def test_corruption_is_what_the_file_of_the_noise_does() -> None:
    chosen = plan("dae", {"noise": "salt_pepper", "noise_level": 0.25})
    expected = noises["salt_pepper"].apply(to_unit(IMAGES), 0.25, np.random.default_rng(9))
    np.testing.assert_array_equal(corrupted(to_unit(IMAGES), chosen, seed=9), expected)


@pytest.mark.parametrize("combined", ["then", "or"])
def test_two_noises_corrupt_what_a_model_is_given(combined: str) -> None:
    asked = {"noise": "gaussian", "noise_level": 0.2, "second_noise": "masking", "second_level": 0.3}
    chosen = plan("unet_dae", {**asked, "combined": combined})
    expected = Corruption((Part("gaussian", 0.2), Part("masking", 0.3)), combined)
    found = corrupted(to_unit(IMAGES), chosen, seed=9)
    np.testing.assert_array_equal(found, expected.corrupt(to_unit(IMAGES), np.random.default_rng(9)))
    given, target = passed(IMAGES, chosen)
    assert not np.array_equal(given, target)


def test_a_conditional_model_is_told_the_class_of_every_image_and_no_other() -> None:
    images = np.repeat(np.arange(40, dtype=np.uint8) * 6, 64).reshape(40, 8, 8, 1)  # a grey of its own each
    labels = np.arange(40) % 4
    chosen = plan("cvae", {"classes": 4, "batch_size": 16})
    batches = TrainingBatches(images, chosen, labels)
    batches.on_epoch_begin(3)
    for dataset in (batches.from_step(0), batches.from_step(2), fixed_batches(images, chosen, labels)):
        for given, target, label in dataset.as_numpy_iterator():
            np.testing.assert_array_equal(given, target)
            np.testing.assert_array_equal(label, one_hot(labels[np.rint(given[:, 0, 0, 0] * 255 / 6).astype(int)], 4))


def test_no_other_model_is_told_anything() -> None:
    batches = fixed_batches(IMAGES, plan("vae", {}), np.zeros(50, int))
    assert all(len(batch) == 2 for batch in batches)


def test_a_class_is_a_one_in_its_place_and_an_unknown_one_is_nowhere() -> None:
    np.testing.assert_array_equal(one_hot(np.array([2, 0, -1]), 3), [[0, 0, 1], [1, 0, 0], [0, 0, 0]])
    assert one_hot(np.array([1]), 2).dtype == np.float32
