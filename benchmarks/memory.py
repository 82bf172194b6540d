"""How much memory a training takes, from the first import to the last measure.

    python benchmarks/memory.py MNIST.npz

On all of MNIST, and on 1,000 coloured drawings of 128 x 128.  `lab` is the whole worker of `aelab train`, export and
measuring included; `promised` is what the Train page says beforehand; `Keras` is a script that fits the same network on
the same training and validation images as float32 arrays, and does nothing else.  Peaks are those that the system kept
(VmHWM): Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
from mnist_lab import lab_with
from trainings import planned

from aelab.datasets import store
from aelab.datasets.shapes import ShapesConfig
from aelab.jobs import folder, queue
from aelab.runs import Run
from aelab.tasks import planning, train

_CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("mnist", "deep_ae", {"epochs": 2}),
    ("mnist", "conv_ae", {"epochs": 1}),
    ("mnist", "vae", {"epochs": 1}),
    ("drawings", "conv_ae", {"epochs": 2}),
    ("drawings", "vae", {"epochs": 2}),
    ("drawings", "deep_ae", {"epochs": 2}),
]
_DRAWINGS = ShapesConfig(count=1430, size=128)  # of which 1,001 are for training
_GLANCES_A_SECOND = 20


def main() -> None:
    """Train each case in both ways, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    mnist = parser.parse_args().mnist
    print(f"{'GB at the most':<34}{'images':>8}{'promised':>10}{'lab':>8}{'Keras':>8}{'lab/Keras':>11}")
    with lab_with(mnist):
        store.import_dataset("drawings", "shapes", _DRAWINGS)
        for dataset, model, settings in _CASES:
            _print_row(dataset, model, settings)


def _print_row(dataset: str, model: str, settings: dict[str, Any]) -> None:
    images = store.open_dataset(dataset)
    plan = planning.planned(images, model, settings)
    lab = _peak_of_worker(train.submit(dataset, model, settings))
    script = subprocess.Popen([sys.executable, __file__, "--fit", dataset, model, json.dumps(settings)])
    keras = _peak(psutil.Process(script.pid))
    promised = planning.cost(plan, images).memory_bytes
    said = " ".join([dataset, model, *(f"{name}={value}" for name, value in settings.items())])
    numbers = f"{promised / 1e9:>10.2f}{lab / 1e9:>8.2f}{keras / 1e9:>8.2f}{lab / keras:>11.2f}"
    print(f"{said:<34}{images.counts['train']:>8}{numbers}", flush=True)


def _peak_of_worker(run: Run) -> int:
    """Return the most bytes that the worker of a run held."""
    place = str(folder.root() / run.id)
    peak = 0
    while not peak:
        for process in psutil.process_iter(["cmdline"]):
            if place in (process.info["cmdline"] or ()):
                peak = _peak(process)
        time.sleep(1 / _GLANCES_A_SECOND)
    job = folder.find(run.id)
    assert job is not None
    assert queue.wait(job, lambda now: None).state == "done"
    return peak


def _peak(process: psutil.Process) -> int:
    """Return the most bytes that a process held, looking until it ends: what is kept of the past ends with it."""
    peak = 0
    with contextlib.suppress(OSError, psutil.Error):
        while process.status() != psutil.STATUS_ZOMBIE:
            kept = [line for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if "VmHWM" in line]
            peak = max(peak, *(1024 * int(line.split()[1]) for line in kept))
            time.sleep(1 / _GLANCES_A_SECOND)
    return peak


def _fit(dataset: str, model: str, settings: str) -> None:
    import keras  # noqa: PLC0415 - only this process pays for it
    import numpy as np  # noqa: PLC0415

    from aelab.training.networks import build  # noqa: PLC0415

    plan, *images = planned(dataset, model, json.loads(settings))
    networks = build(plan, images[0].shape[1:])
    code = networks.encoder.output
    chained = keras.Model(networks.encoder.input, networks.decoder(code[0] if isinstance(code, list | tuple) else code))
    chained.compile("adam", "mse")
    seen, held = (each.astype(np.float32) / 255 for each in images)
    chained.fit(seen, seen, plan.training.batch_size, plan.training.epochs, validation_data=(held, held), verbose=0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fit"]:
        _fit(*sys.argv[2:])
    else:
        main()
