"""What is known of a computer's speed: learned from what was measured, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from aelab.training import speeds
from aelab.training.config import plan
from aelab.training.estimate import estimate
from aelab.training.speeds import Speeds


def test_a_computer_that_was_never_measured_is_like_the_reference(artifacts: Path) -> None:
    assert not speeds.is_known()
    assert speeds.known() == Speeds(1.0, 1.0, 1.0)


def test_the_median_of_what_was_measured_counts(artifacts: Path) -> None:
    for ratio in (2.0, 2.2, 40.0):  # once the computer was busy
        speeds.learn("dense", ratio)
    assert speeds.is_known()
    assert speeds.known() == Speeds(dense=2.2, convolutional=1.0)


def test_what_was_measured_long_ago_is_forgotten(artifacts: Path) -> None:
    for ratio in [*[5.0] * 20, *[1.5] * 9]:
        speeds.learn("convolutional", ratio)
    assert speeds.known().convolutional == 1.5


def test_another_computer_is_another_matter(artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speeds.learn("dense", 3.0)
    monkeypatch.setattr(speeds.os, "cpu_count", lambda: 512)
    assert not speeds.is_known()
    speeds.learn("dense", 0.5)
    monkeypatch.undo()
    monkeypatch.setenv("AELAB_ARTIFACTS", str(artifacts))
    assert speeds.known().dense == 3.0


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1}', '{"COMPUTER": {"dense": "fast"}}', '{"COMPUTER": []}'])
def test_a_damaged_file_is_as_good_as_none(artifacts: Path, content: str) -> None:
    (artifacts / "cache").mkdir(parents=True)
    path = artifacts / "cache" / "speeds.json"
    path.write_text(content.replace("COMPUTER", speeds.computer()), encoding="utf-8")
    assert speeds.known() == Speeds()
    speeds.learn("dense", 2.0)
    assert speeds.known().dense == 2.0


@pytest.mark.parametrize("ratio", [0.0, -1.0, float("nan"), float("inf"), 1e9])
def test_what_cannot_be_is_not_learned(artifacts: Path, ratio: float) -> None:
    speeds.learn("dense", ratio)
    assert not speeds.is_known()


@pytest.mark.parametrize(
    ("model", "part"), [("deep_ae", "dense"), ("conv_ae", "convolutional"), ("vae", "convolutional")]
)
def test_a_slow_computer_takes_as_much_longer_for_the_epochs_alone(model: str, part: str) -> None:
    chosen = plan(model, {"epochs": 10})
    usual = estimate(chosen, (28, 28, 1), 5000, 1000)
    slow = estimate(chosen, (28, 28, 1), 5000, 1000, Speeds(**{part: 3.0}))
    assert usual.part == part
    assert slow.seconds - usual.seconds == pytest.approx(20 * usual.epoch_seconds)
    other = {"dense": "convolutional", "convolutional": "dense"}[part]
    assert estimate(chosen, (28, 28, 1), 5000, 1000, Speeds(**{other: 3.0})).seconds == usual.seconds


def test_epochs_that_are_done_take_no_more_time() -> None:
    chosen = plan("deep_ae", {"epochs": 10})
    whole = estimate(chosen, (28, 28, 1), 5000, 1000)
    assert estimate(chosen, (28, 28, 1), 5000, 1000, done=4).seconds == pytest.approx(
        whole.seconds - 4 * whole.epoch_seconds
    )
    assert estimate(chosen, (28, 28, 1), 5000, 1000, done=10).seconds == pytest.approx(
        whole.start_seconds + whole.end_seconds
    )


def test_more_of_everything_takes_more_memory() -> None:
    def memory(model: str, images: int = 1000, side: int = 28, **settings: object) -> int:
        return estimate(plan(model, settings), (side, side, 1), images, 100).memory_bytes

    assert memory("deep_ae", images=60_000) > memory("deep_ae")
    assert memory("deep_ae", images=60_000, limit=100) < memory("deep_ae", images=60_000)
    assert memory("deep_ae", width=4096) > memory("deep_ae", width=512)
    assert memory("conv_ae", batch_size=1024) > memory("conv_ae", batch_size=128)
    assert memory("conv_ae", side=128) > memory("conv_ae", side=28)
