"""What an epoch costs in the lab, in plain Keras and in PyTorch.

    python benchmarks/frameworks.py MNIST.npz [--epochs 3] [--rounds 2]

The same layers for the same images and validation images, Adam and batches of 128 everywhere.  `lab` is what a worker
does: history, snapshots and checkpoints included.  `Keras` is `fit` on float32 arrays with its defaults.  `PyTorch` is
the usual loop on uint8 tensors, eager as it comes; its column is empty where it is missing (`pip install torch`).
In turns, each in a process of its own.  An epoch is the median of those after the first of each process, in which
graphs are traced.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from mnist_lab import lab_with
from timing import Spent
from trainings import planned, prepared

_CASES: list[tuple[str, dict[str, Any]]] = [("deep_ae", {}), ("conv_ae", {"limit": 20_000})]
_WAYS = {"lab": "keras", "keras": "keras", "torch": "torch"}  # and the package that each needs


def main() -> None:
    """Train each case in each framework, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--epochs", default=3, type=int, help="measured in each round")
    parser.add_argument("--rounds", default=2, type=int)
    arguments = parser.parse_args()
    ways = [way for way, package in _WAYS.items() if importlib.util.find_spec(package)]
    versions = [f"{name} {metadata.version(name)}" for name in ("keras", "torch") if name in ways]
    print(", ".join([f"Python {platform.python_version()}", *versions]))
    ratios = "".join(f"{f'lab/{way}':>14}" for way in ways[1:])
    print(f"{'seconds an epoch, CPU seconds':<32}{''.join(f'{way:>14}' for way in ways)}{ratios}")
    with lab_with(arguments.mnist):
        for model, settings in _CASES:
            _print_row(ways, model, settings | {"epochs": arguments.epochs + 1}, arguments.rounds)


def _print_row(ways: list[str], model: str, settings: dict[str, Any], rounds: int) -> None:
    epochs: dict[str, list[Spent]] = {way: [] for way in ways}
    for seed in range(rounds):
        for way in ways:
            epochs[way] += _measured(way, model, settings | {"seed": seed})[1:]
    medians = [_median(epochs[way]) for way in ways]
    lab = medians[0]
    cells = "".join(f"{each.wall:>7.2f}{each.cpu:>7.2f}" for each in medians)
    ratios = "".join(f"{lab.wall / each.wall:>7.2f}{lab.cpu / each.cpu:>7.2f}" for each in medians[1:])
    said = " ".join([model, *(f"{name}={value}" for name, value in settings.items())])
    print(f"{said:<32}{cells}{ratios}", flush=True)


def _median(spent: list[Spent]) -> Spent:
    return Spent(statistics.median(each.wall for each in spent), statistics.median(each.cpu for each in spent))


def _measured(way: str, model: str, settings: dict[str, Any]) -> list[Spent]:
    """Return what each epoch took, in a new process."""
    command = [sys.executable, __file__, "--measure", way, model, json.dumps(settings)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ)
    return [Spent(*lap) for lap in json.loads(done.stdout.splitlines()[-1])]


class _Clock:
    """Keeps what went by from one epoch's end to the next."""

    def __init__(self) -> None:
        self._last = time.perf_counter(), time.process_time()
        self.laps: list[tuple[float, float]] = []

    def lap(self, *_: Any) -> None:
        wall, cpu = self._last
        self._last = time.perf_counter(), time.process_time()
        self.laps.append((self._last[0] - wall, self._last[1] - cpu))


def _lab(model: str, settings: dict[str, Any], clock: _Clock) -> None:
    from aelab.training.loop import train  # noqa: PLC0415 - TensorFlow and PyTorch do not bear one another

    class Timed:
        """What keeps the training, and looks at the clock after each epoch."""

        def __getattr__(self, name: str) -> Any:
            return getattr(case.keeper, name)

        def epoch(self, epoch: Any) -> None:
            case.keeper.epoch(epoch)
            clock.lap()

    case = prepared(model, settings)
    recorder: Any = Timed()
    train(case.plan, case.images, recorder)


def _keras(model: str, settings: dict[str, Any], clock: _Clock) -> None:
    import keras  # noqa: PLC0415

    plan, train, validation = planned("mnist", model, settings)
    shape, config = train.shape[1:], plan.model_config
    image = keras.Input(shape)
    layers: Any = keras.layers  # and none of the lab's own
    code = plan.model.encoder(layers, image, config)
    chained = keras.Model(image, plan.model.decoder(layers, code, config, shape))
    chained.compile(keras.optimizers.Adam(plan.training.learning_rate), "mse")
    seen, held = (images.astype(np.float32) / 255 for images in (train, validation))
    chained.fit(
        seen,
        seen,
        batch_size=plan.training.batch_size,
        epochs=plan.training.epochs,
        validation_data=(held, held),
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=clock.lap)],
        verbose=0,
    )


def _torch(model: str, settings: dict[str, Any], clock: _Clock) -> None:
    import torch  # noqa: PLC0415
    from in_torch import translated  # noqa: PLC0415

    plan, *arrays = planned("mnist", model, settings)
    network = translated(plan, arrays[0].shape[1:])
    optimizer = torch.optim.Adam(network.parameters(), plan.training.learning_rate)
    seen, held = (torch.from_numpy(np.moveaxis(images, 3, 1).copy()) for images in arrays)
    for _ in range(plan.training.epochs):
        network.train()
        for indices in torch.randperm(len(seen)).split(plan.training.batch_size):
            batch = seen[indices].float() / 255
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(network(batch), batch).backward()
            optimizer.step()
        network.eval()
        with torch.no_grad():
            for part in held.split(plan.training.batch_size):
                batch = part.float() / 255
                torch.nn.functional.mse_loss(network(batch), batch).item()
        clock.lap()


def _measure(way: str, model: str, settings: str) -> None:
    clock = _Clock()
    measure: Callable[..., None] = {"lab": _lab, "keras": _keras, "torch": _torch}[way]
    measure(model, json.loads(settings), clock)
    print(json.dumps(clock.laps))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        _measure(*sys.argv[2:])
    else:
        main()
