"""What it costs a training to be logged, replayable and crash-safe.

    python benchmarks/overhead.py MNIST.npz [--rounds 3]

`bare` is Keras' `fit` with the same network, batches, schedule and validation, and nobody listening.  `kept` is what a
worker does: history, progress, status, snapshots and checkpoints, each written to the disk.  Both in turns, in one
process; the first round of each, in which TensorFlow traces, does not count.  Best of the rounds.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

import keras
from timing import Spent, timed

from aelab import runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.jobs import folder
from aelab.jobs.context import JobContext
from aelab.jobs.job import Job
from aelab.runs import RunWriter
from aelab.tasks import train as task
from aelab.tasks._training import Keeper
from aelab.training.config import Plan
from aelab.training.data import TrainingBatches, fixed_batches
from aelab.training.loop import TrainingImages, compiled, limited, train
from aelab.training.networks import build
from aelab.training.order import taking_turns

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
    parser.add_argument("--rounds", default=3, type=int)
    arguments = parser.parse_args()
    mnist = arguments.mnist.absolute()
    print(f"Python {platform.python_version()}, Keras {keras.__version__}, {os.cpu_count()} cores")
    print(f"{'':<36}{'bare s':>9}{'kept s':>9}{'ratio':>8}{'bare CPU':>10}{'kept CPU':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as artifacts:
        os.environ["AELAB_ARTIFACTS"] = artifacts
        import_path(mnist, "mnist")
        for model, settings in _CASES:
            _row(model, settings, arguments.rounds)


def _row(model: str, settings: dict[str, Any], rounds: int) -> None:
    dataset = store.open_dataset("mnist")
    plan = task.planned(dataset, model, settings)
    run = runs.new_run("mnist", dataset.checksum, plan)
    runs.create(run)
    job = Job(run.id, "train", {"run": run.id}, time.time())
    folder.create(job)
    indices = limited(dataset.indices("train"), dataset.labels, plan.training.limit)
    shown = taking_turns(dataset.indices("validation"), dataset.labels)
    images = TrainingImages(dataset.take(indices), dataset.take(shown))
    keeper = Keeper(JobContext(job), RunWriter(run))
    spent: dict[str, list[Spent]] = {"bare": [], "kept": []}
    for _ in range(rounds + 1):
        spent["bare"].append(timed(lambda: _bare(plan, images)))
        spent["kept"].append(timed(lambda: train(plan, images, keeper)))
    bare, kept = (min(times[1:], key=lambda each: each.wall) for times in spent.values())
    said = " ".join([model, *(f"{name}={value}" for name, value in settings.items())])
    row = f"{bare.wall:>9.2f}{kept.wall:>9.2f}{kept.wall / bare.wall:>8.3f}"
    print(f"{said:<36}{row}{bare.cpu:>10.2f}{kept.cpu:>10.2f}{kept.cpu / bare.cpu:>8.3f}", flush=True)


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
