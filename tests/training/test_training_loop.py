"""The loop itself: what is logged is true, the schedule ends at zero, it stops when asked."""

from __future__ import annotations

import math
import random
from typing import Any

import keras
import numpy as np
import pytest
from labs import Kept

from aelab.datasets import sources
from aelab.errors import LabError
from aelab.pixels import to_uint8, to_unit
from aelab.training.config import plan
from aelab.training.data import corrupted
from aelab.training.loop import TrainingImages, train
from aelab.training.networks import Networks, build
from aelab.training.recorder import Cancelled


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return sources["digits"].load(sources["digits"].config(), lambda share: None).images


def trained(images: np.ndarray, kept: Kept, model: str = "shallow_ae", **settings: Any) -> Networks:
    """Train on the first images but 20, with the last 20 for validation."""
    return train(plan(model, {"latent_dim": 4, **settings}), TrainingImages(images[:-20], images[-20:]), kept)


def mean_squared(networks: Networks, images: np.ndarray) -> float:
    target = to_unit(images)
    return float(np.mean((networks.decode(networks.encode(target)) - target) ** 2))


@pytest.mark.parametrize(("batch_size", "count"), [(8, 64), (7, 65), (100, 64), (1, 5)])
def test_the_logged_loss_is_the_mean_over_every_image_once(digits: np.ndarray, batch_size: int, count: int) -> None:
    kept = Kept()
    settings = {"batch_size": batch_size, "epochs": 2, "learning_rate": 1e-7}  # so small that the weights stay
    networks = trained(digits[: count + 20], kept, **settings)
    for epoch in kept.epochs:
        assert epoch.train["loss"] == pytest.approx(mean_squared(networks, digits[:count]), rel=1e-4)
        assert epoch.validation["loss"] == pytest.approx(mean_squared(networks, digits[count : count + 20]), rel=1e-4)


def test_validation_is_measured_with_the_weights_at_the_end_of_the_epoch(digits: np.ndarray) -> None:
    kept = Kept()
    networks = trained(digits[:120], kept, "conv_ae", epochs=2, batch_size=25, filters=4)
    assert kept.epochs[-1].validation["loss"] == pytest.approx(mean_squared(networks, digits[100:120]), rel=1e-4)


def test_the_learning_rate_follows_half_a_cosine_that_ends_at_zero(digits: np.ndarray) -> None:
    kept = Kept()
    trained(digits[:100], kept, epochs=4, batch_size=16, learning_rate=0.01)
    expected = [0.005 * (1 + math.cos(math.pi * epoch / 4)) for epoch in (1, 2, 3, 4)]
    assert [epoch.learning_rate for epoch in kept.epochs] == pytest.approx(expected, abs=1e-8)
    assert kept.epochs[-1].learning_rate == pytest.approx(0, abs=1e-9)


def test_epochs_and_progress_are_told_in_order(digits: np.ndarray) -> None:
    kept = Kept()
    trained(digits[:100], kept, epochs=3, batch_size=16)
    assert [epoch.number for epoch in kept.epochs] == [1, 2, 3]
    assert kept.shares == sorted(kept.shares)
    assert kept.shares[-1] == 1.0
    assert 0 < kept.shares[0] <= 1 / 3
    seconds = [epoch.seconds for epoch in kept.epochs]
    assert seconds == sorted(seconds)


def test_a_request_to_stop_ends_the_training_at_once(digits: np.ndarray) -> None:
    kept = Kept(last_epoch=2)
    with pytest.raises(Cancelled):
        trained(digits[:100], kept, epochs=1000, batch_size=16)
    assert len(kept.epochs) == 2


def test_a_snapshot_shows_the_same_validation_images_every_time(digits: np.ndarray) -> None:
    kept = Kept()
    networks = trained(digits[:100], kept, epochs=2)
    for snapshot in kept.snapshots.values():
        np.testing.assert_array_equal(snapshot["target"], digits[80:88])
        np.testing.assert_array_equal(snapshot["given"], digits[80:88])
    codes = networks.encode(to_unit(digits[80:100]))
    np.testing.assert_allclose(kept.snapshots[2]["codes"], codes, rtol=1e-3, atol=1e-3)  # kept as float16
    output = to_uint8(networks.decode(codes[:8])).astype(int)
    assert np.abs(kept.snapshots[2]["output"].astype(int) - output).max() <= 1


def test_a_snapshot_of_a_denoising_model_shows_the_noise_that_validation_is_measured_with(digits: np.ndarray) -> None:
    kept = Kept()
    settings = {"noise": "gaussian", "noise_level": 0.3, "filters": 2, "epochs": 2}
    networks = trained(digits[:100], kept, "dae", **settings)
    given = corrupted(to_unit(digits[80:100]), plan("dae", {"latent_dim": 4, **settings}), seed=1)
    for snapshot in kept.snapshots.values():
        np.testing.assert_array_equal(snapshot["target"], digits[80:88])
        np.testing.assert_array_equal(snapshot["given"], to_uint8(given[:8]))
    error = np.mean((networks.decode(networks.encode(given)) - to_unit(digits[80:100])) ** 2)
    assert kept.epochs[-1].validation["loss"] == pytest.approx(float(error), rel=1e-4)


def test_codes_beyond_float16_stay_numbers_in_a_snapshot(digits: np.ndarray) -> None:
    kept = Kept()
    trained(digits[:40], kept, "conv_ae", epochs=2, learning_rate=100, batch_size=5)
    assert all(np.isfinite(snapshot["codes"]).all() for snapshot in kept.snapshots.values())
    assert max(np.abs(snapshot["codes"]).max() for snapshot in kept.snapshots.values()) > 60_000


def test_a_loss_that_is_no_number_any_more_is_said_with_a_way_out() -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 64, 64, 1), dtype=np.uint8)
    kept = Kept()
    with pytest.raises(LabError, match=r"The loss stopped being a number in epoch 1: learning_rate 100 .*Try 0\.002\."):
        trained(images, kept, "vae", epochs=2, learning_rate=100, beta=100)
    assert kept.epochs == []


def fresh_weights(seed: int, global_seed: int) -> list[np.ndarray]:
    """Return the weights of networks made after others have drawn from every global source of chance."""
    keras.utils.set_random_seed(global_seed)
    random.random()
    np.random.random()
    keras.random.uniform((3,))
    networks = build(plan("deep_ae", {"width": 8, "seed": seed}), (28, 28, 1))
    return [*networks.encoder.get_weights(), *networks.decoder.get_weights()]


def test_weights_come_from_the_seed_alone() -> None:
    one, two, other = fresh_weights(3, global_seed=1), fresh_weights(3, global_seed=2), fresh_weights(4, global_seed=1)
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(first, second)
    assert any((first != third).any() for first, third in zip(one, other, strict=True))
