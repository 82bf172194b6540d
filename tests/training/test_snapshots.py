"""What the time machine replays: the networks as they were, every epoch that can be afforded, and the last."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
from labs import Kept

from aelab.errors import LabError
from aelab.pixels import to_uint8
from aelab.training import snapshots
from aelab.training.config import Plan, plan
from aelab.training.loop import TrainingImages, train
from aelab.training.networks import Networks, build
from aelab.training.recorder import Cancelled
from aelab.training.snapshots import Snapshots, kernels

SHAPE = (12, 12, 1)
IMAGES = np.random.default_rng(0).integers(0, 256, (60, *SHAPE), dtype=np.uint8)
SMALL = {"latent_dim": 2, "batch_size": 20}


def trained(kept: Kept, model: str = "shallow_ae", **settings: Any) -> Networks:
    return train(plan(model, SMALL | settings), TrainingImages(IMAGES[:40], IMAGES[40:]), kept)


def test_every_epoch_of_a_short_training_is_kept() -> None:
    kept = Kept()
    trained(kept, epochs=3)
    assert list(kept.snapshots) == [1, 2, 3]


def test_a_generative_model_shows_what_the_same_draws_decode_to() -> None:
    kept = Kept()
    networks = trained(kept, "vae", epochs=3, filters=2, seed=5)
    prior = np.random.default_rng(5).standard_normal((16, 2), dtype=np.float32)
    expected = to_uint8(networks.decode(prior)).astype(int)
    assert np.abs(kept.snapshots[3]["samples"].astype(int) - expected).max() <= 1
    assert kept.snapshots[1]["samples"].dtype == np.uint8
    assert not np.array_equal(kept.snapshots[1]["samples"], kept.snapshots[3]["samples"])


def test_a_model_that_is_not_generative_has_no_samples() -> None:
    kept = Kept()
    trained(kept, epochs=1)
    assert "samples" not in kept.snapshots[1]


def test_the_norms_are_those_of_the_kernels_by_the_place_of_their_layer() -> None:
    kept = Kept()
    networks = trained(kept, "conv_ae", epochs=2, filters=2)
    last = kept.snapshots[2]
    assert last["layers"].tolist() == list(kernels(networks))
    assert last["layers"][0] == "encoder/1/Conv2D"
    assert last["layers"].tolist()[-1].startswith("decoder/")
    sides = [
        layer.kernel.numpy() for side in (networks.encoder, networks.decoder) for layer in side.layers if _has(layer)
    ]
    np.testing.assert_allclose(last["norms"], [np.sqrt(np.sum(np.square(kernel))) for kernel in sides], rtol=1e-5)


def _has(layer: keras.Layer) -> bool:
    return isinstance(layer, keras.layers.Dense | keras.layers.Conv2D | keras.layers.Conv2DTranspose)


def test_updates_are_how_far_the_kernels_moved_in_the_epoch() -> None:
    kept = Kept()
    first = build(plan("shallow_ae", SMALL), SHAPE)  # the weights that the same seed begins with
    networks = trained(kept, epochs=1)
    moved = [now - kernels(first)[name] for name, now in kernels(networks).items()]
    snapshot = kept.snapshots[1]
    np.testing.assert_allclose(snapshot["updates"], [np.linalg.norm(each) for each in moved], rtol=1e-4)
    assert snapshot["updates_since"] == 0


def test_updates_are_of_one_epoch_however_many_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Snapshots, "_distance", lambda snapshots, epoch: 4)
    kept = Kept()
    networks = build(plan("shallow_ae", SMALL), SHAPE)
    validation = np.zeros((2, *SHAPE), np.uint8)
    snapshots = Snapshots(plan("shallow_ae", SMALL | {"epochs": 8}), networks, validation, kept)
    layers = [layer for layer in networks.encoder.layers + networks.decoder.layers if _has(layer)]
    for epoch in range(1, 9):
        snapshots.before(epoch)
        for layer in layers:
            layer.kernel.assign_add(np.full(layer.kernel.shape, epoch, np.float32))
        snapshots.after(epoch)
    assert list(kept.snapshots) == [1, 4, 8]
    sizes = [np.sqrt(np.prod(layer.kernel.shape)) for layer in layers]
    for epoch, snapshot in kept.snapshots.items():
        np.testing.assert_allclose(snapshot["updates"], [epoch * size for size in sizes], rtol=1e-4)
        assert snapshot["updates_since"] == epoch - 1


def test_a_closed_form_has_norms_and_no_updates() -> None:
    kept = Kept()
    trained(kept, "pca")
    assert (kept.snapshots[1]["norms"] > 0).all()
    assert "updates" not in kept.snapshots[1]


class Impatient(Kept):
    """Stops a training of six epochs when a share of it is done."""

    until = 1.0

    def should_stop(self) -> bool:
        return bool(self.shares) and self.shares[-1] >= self.until


@pytest.mark.parametrize("epochs", [3.0, 3.5, 4.0])
def test_a_training_that_is_cancelled_keeps_its_last_epoch_as_it_was(
    monkeypatch: pytest.MonkeyPatch, epochs: float
) -> None:
    whole = Kept()
    monkeypatch.setattr(Snapshots, "_distance", lambda self, epoch: 1)  # so long that all are kept
    trained(whole, epochs=6)
    monkeypatch.setattr(Snapshots, "_distance", lambda self, epoch: 64)  # so short that few are kept
    kept = Impatient()
    kept.until = epochs / 6 - 0.01
    with pytest.raises(Cancelled):
        trained(kept, epochs=6)
    last = kept.epochs[-1].number
    assert list(kept.snapshots) == [1, last]
    assert 1 < last < 6
    for name in ("output", "codes", "norms"):
        np.testing.assert_allclose(kept.snapshots[last][name], whole.snapshots[last][name], rtol=1e-5)
    checkpoint = kept.checkpoints[-1]
    assert checkpoint.epoch + (checkpoint.step > 0) >= last


class FullDisk(Kept):
    """A recorder whose snapshots do not fit on the disk."""

    def snapshot(self, epoch: int, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        raise LabError("{name} could not be written: {reason}.", name="epoch-00001.npz", reason="no space")


def test_a_training_goes_on_where_a_snapshot_cannot_be_written(caplog: pytest.LogCaptureFixture) -> None:
    kept = FullDisk()
    trained(kept, epochs=2)
    assert [epoch.number for epoch in kept.epochs] == [1, 2]
    assert "no snapshot of epoch 2: epoch-00001.npz could not be written: no space." in caplog.text


class Clocked(Kept):
    """A recorder that takes a while to keep a snapshot, on a clock that stands still otherwise."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def snapshot(self, epoch: int, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.now += self.seconds
        super().snapshot(epoch, arrays)


def replayed(monkeypatch: pytest.MonkeyPatch, chosen: Plan, kept: Clocked, epochs: range, seconds: float) -> list[int]:
    """Return which epochs are kept of a training in which each takes so many seconds."""
    monkeypatch.setattr(snapshots, "time", SimpleNamespace(monotonic=kept.monotonic))
    keeper = Snapshots(chosen, build(chosen, SHAPE), IMAGES[:4], kept)
    for epoch in epochs:
        keeper.before(epoch)
        kept.now += seconds
        keeper.after(epoch)
    return list(kept.snapshots)


def test_a_snapshot_that_is_cheap_beside_its_epoch_is_always_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    found = replayed(monkeypatch, plan("shallow_ae", SMALL | {"epochs": 40}), Clocked(0.05), range(1, 41), 6.0)
    assert found == list(range(1, 41))


@pytest.mark.parametrize(("cost", "epoch"), [(0.05, 0.2), (1.0, 4.0), (0.3, 14.9), (0.05, 0.01)])
def test_snapshots_of_short_epochs_stay_a_small_share_of_the_training(
    monkeypatch: pytest.MonkeyPatch, cost: float, epoch: float
) -> None:
    kept = Clocked(cost)
    found = replayed(monkeypatch, plan("shallow_ae", SMALL | {"epochs": 200}), kept, range(1, 201), epoch)
    assert {1, 200} <= set(found)
    # The first, the last, what is free, and the one with which it is no longer free, come on top.
    assert len(found) * cost <= 0.02 * (kept.now - 100) + 0.5 + 3 * cost
    gaps = np.diff(found[len(found) // 2 : -1])
    assert gaps.size == 0 or gaps.max() <= 2 * gaps.min()


def test_a_training_that_goes_on_after_an_interruption_keeps_its_last_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    found = replayed(monkeypatch, plan("shallow_ae", SMALL | {"epochs": 40}), Clocked(2.0), range(31, 41), 1.0)
    assert found[-1] == 40
    assert found == sorted(found)
