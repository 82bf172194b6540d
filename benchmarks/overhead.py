"""What it costs a training to be logged, replayable and crash-safe.

    python benchmarks/overhead.py MNIST.npz [--rounds 5]

`bare` is Keras' `fit` with the same network, batches, schedule and validation, and nobody listening.  `kept` is what a
worker does: history, progress, status, snapshots and checkpoints, each written to the disk.  Both in turns, in one
process; the first round, in which TensorFlow traces, does not count.  Medians of the rounds; a ratio is that of one
round's two, with the lowest and the highest of them, since seconds drift by more than what is measured here.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from pathlib import Path
from typing import Any

import keras
from mnist_lab import lab_with
from timing import Spent, timed
from trainings import prepared

from aelab.training.config import Plan
from aelab.training.data import TrainingBatches, fixed_batches
from aelab.training.loop import TrainingImages, compiled, train
from aelab.training.networks import build

_CASES: list[tuple[str, dict[str, Any]]] = [
    ("deep_ae", {"epochs": 6}),
    ("conv_ae", {"epochs": 6, "limit": 6000}),
    ("vae", {"epochs": 6, "limit": 6000}),
    ("shallow_ae", {"epochs": 200, "limit": 2000}),
]


def main() -> None:
    """Train each case in both ways, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--rounds", default=5, type=int)
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, Keras {keras.__version__}, {os.cpu_count()} cores")
    column = f"{'bare':>8}{'kept':>8}{'ratio':>7}{'':<15}"
    print(f"{'seconds, CPU seconds':<36}{column}{column}")
    with lab_with(arguments.mnist):
        for model, settings in _CASES:
            _row(model, settings, arguments.rounds)


def _row(model: str, settings: dict[str, Any], rounds: int) -> None:
    case = prepared(model, settings)
    pairs: list[tuple[Spent, Spent]] = []
    for _ in range(rounds + 1):
        bare = timed(lambda: _bare(case.plan, case.images))
        pairs.append((bare, timed(lambda: train(case.plan, case.images, case.keeper))))
    cells = _cells([(bare.wall, kept.wall) for bare, kept in pairs[1:]])
    cells += _cells([(bare.cpu, kept.cpu) for bare, kept in pairs[1:]])
    print(f"{case.said:<36}{cells}", flush=True)


def _cells(pairs: list[tuple[float, float]]) -> str:
    """Return the median seconds of both, and the median and range of their ratios."""
    ratios = sorted(kept / bare for bare, kept in pairs)
    seconds = "".join(f"{statistics.median(each):>8.2f}" for each in zip(*pairs, strict=True))
    return f"{seconds}{statistics.median(ratios):>7.3f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def _bare(plan: Plan, images: TrainingImages) -> None:
    height, width, channels = images.train.shape[1:]
    batches = TrainingBatches(images.train, plan)
    trainee = compiled(plan, build(plan, (height, width, channels)), len(images.train))
    trainee.fit(
        batches.from_step(0),
        validation_data=fixed_batches(images.validation, plan),
        epochs=plan.training.epochs,
        callbacks=[batches],
        shuffle=False,
        verbose=0,
    )


if __name__ == "__main__":
    main()
