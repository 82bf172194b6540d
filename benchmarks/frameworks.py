"""What an epoch costs in the lab, in plain Keras and in PyTorch.

    python benchmarks/frameworks.py MNIST.npz [--epochs 3] [--rounds 2]

The same layers for the same images and validation images, Adam and batches of 128 everywhere.  `lab` is what a worker
does: history, snapshots and checkpoints included.  `Keras` is `fit` on float32 arrays with its defaults.  `PyTorch` is
the usual loop on uint8 tensors, eager as it comes; its column is empty where it is missing (`pip install torch`).
In turns, in one process.  An epoch is the median of those after the first of each round, in which graphs are traced.
"""

from __future__ import annotations

import argparse
import math
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from timing import Spent
from trainings import Prepared, lab_with, prepared

from aelab.pixels import to_unit
from aelab.training.loop import train
from aelab.training.networks import Networks, build
from aelab.training.recorder import Epoch, Recorder

try:
    import torch
except ImportError:
    torch = None

_CASES: list[tuple[str, dict[str, Any]]] = [("deep_ae", {}), ("conv_ae", {"limit": 20_000})]


def main() -> None:
    """Train each case in each framework, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--epochs", default=3, type=int, help="measured in each round")
    parser.add_argument("--rounds", default=2, type=int)
    arguments = parser.parse_args()
    print(
        f"Python {platform.python_version()}, Keras {keras.__version__}, PyTorch {getattr(torch, '__version__', '-')}"
    )
    print(f"{'seconds an epoch, CPU seconds':<36}{'lab':>14}{'Keras':>14}{'PyTorch':>14}   lab/Keras  lab/PyTorch")
    with tempfile.TemporaryDirectory() as artifacts:
        lab_with(arguments.mnist, artifacts)
        for model, settings in _CASES:
            _row(prepared(model, settings | {"epochs": arguments.epochs + 1}), arguments.rounds)


def _row(case: Prepared, rounds: int) -> None:
    ways: dict[str, Callable[[Prepared], Iterator[Spent]]] = {"lab": _lab, "keras": _keras}
    if torch is not None:
        ways["torch"] = _torch
    epochs: dict[str, list[Spent]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            epochs[name] += list(way(case))[1:]
    found = {
        name: Spent(statistics.median(each.wall for each in spent), statistics.median(each.cpu for each in spent))
        for name, spent in epochs.items()
    }
    cells = "".join(
        f"{found[name].wall:>7.2f}{found[name].cpu:>7.2f}" if name in found else f"{'-':>14}"
        for name in ("lab", "keras", "torch")
    )
    lab = found.pop("lab")
    ratios = "".join(f"{lab.wall / each.wall:>7.2f}{lab.cpu / each.cpu:>6.2f}" for each in found.values())
    print(f"{case.said:<36}{cells}{ratios}", flush=True)


class _Clock:
    """Tells what went by since it was asked last."""

    def __init__(self) -> None:
        self._last = time.perf_counter(), time.process_time()

    def lap(self) -> Spent:
        wall, cpu = self._last
        self._last = time.perf_counter(), time.process_time()
        return Spent(self._last[0] - wall, self._last[1] - cpu)


class _Timed:
    """A recorder that also keeps what each epoch took."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder, self._clock = recorder, _Clock()
        self.laps: list[Spent] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)

    def epoch(self, epoch: Epoch) -> None:
        self._recorder.epoch(epoch)
        self.laps.append(self._clock.lap())


def _lab(case: Prepared) -> Iterator[Spent]:
    timed: Any = _Timed(case.keeper)
    train(case.plan, case.images, timed)
    return iter(timed.laps)


def _keras(case: Prepared) -> Iterator[Spent]:
    laps: list[Spent] = []
    clock = _Clock()
    model, settings = _chained(case), case.plan.training
    model.compile(keras.optimizers.Adam(settings.learning_rate), "mse")
    seen, held = to_unit(case.images.train), to_unit(case.images.validation)
    model.fit(
        seen,
        seen,
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        validation_data=(held, held),
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: laps.append(clock.lap()))],
        verbose=0,
    )
    return iter(laps)


def _chained(case: Prepared) -> keras.Model:
    networks = _networks(case)
    return keras.Model(networks.encoder.input, networks.decoder(networks.encoder.output))


def _networks(case: Prepared) -> Networks:
    height, width, channels = case.images.train.shape[1:]
    return build(case.plan, (height, width, channels))


def _torch(case: Prepared) -> Iterator[Spent]:
    settings = case.plan.training
    networks = _networks(case)
    layers = [layer for network in (networks.encoder, networks.decoder) for layer in network.layers]
    model = torch.nn.Sequential(*(module for layer in layers for module in _translated(layer)))
    assert sum(each.numel() for each in model.parameters()) == sum(
        math.prod(each.shape) for network in networks.kept.values() for each in network.trainable_weights
    )
    optimizer = torch.optim.Adam(model.parameters(), settings.learning_rate)
    seen, held = (
        torch.from_numpy(np.moveaxis(each, 3, 1).copy()) for each in (case.images.train, case.images.validation)
    )
    clock = _Clock()
    for _ in range(settings.epochs):
        model.train()
        for indices in torch.randperm(len(seen)).split(settings.batch_size):
            batch = seen[indices].float() / 255
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(batch), batch).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            for part in held.split(settings.batch_size):
                batch = part.float() / 255
                torch.nn.functional.mse_loss(model(batch), batch)
        yield clock.lap()


def _translated(layer: keras.layers.Layer) -> Iterator[Any]:
    """Return what PyTorch calls a layer; what images are 28 x 28 for needs no cropping."""
    nn, shape = torch.nn, layer.output.shape[1:]
    match layer:
        case keras.layers.InputLayer():
            return
        case keras.layers.Flatten():
            yield nn.Flatten()
        case keras.layers.Reshape():
            yield nn.Unflatten(1, (shape[2], shape[0], shape[1]))
        case keras.layers.Dense():
            yield nn.Linear(layer.input.shape[-1], layer.units)
        case keras.layers.Conv2D():
            yield nn.Conv2d(layer.input.shape[-1], layer.filters, 3, layer.strides, padding=1, bias=layer.use_bias)
        case keras.layers.Conv2DTranspose():
            stride = layer.strides[0]
            yield nn.ConvTranspose2d(
                layer.input.shape[-1], layer.filters, 3, stride, 1, output_padding=stride - 1, bias=layer.use_bias
            )
        case keras.layers.BatchNormalization():
            yield nn.BatchNorm2d(shape[-1])
        case keras.layers.LeakyReLU():
            yield nn.LeakyReLU(layer.negative_slope)
        case _:
            raise NotImplementedError(type(layer).__name__)
    activation = getattr(layer, "activation", None)
    if activation in (keras.activations.relu, keras.activations.sigmoid):
        yield {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}[activation.__name__]()


if __name__ == "__main__":
    main()
