"""How soon a training answers: from the button to the first epoch's numbers, and from Cancel to its end.

    python benchmarks/promptness.py [MNIST.npz]

`lab` submits to the queue and waits for what the page would show: a real worker starts, loads TensorFlow, trains and
writes.  `script` is a process of its own that imports Keras, builds the same network and fits one epoch of the same
images: what a notebook takes.  Where MNIST is not given, only the built-in digits are trained on.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.jobs import folder, queue
from aelab.jobs.job import OPEN
from aelab.tasks import train

_SCRIPT = """
import sys
import numpy as np
import keras
from aelab.datasets import store
from aelab.training.config import plan
from aelab.training.networks import build
dataset = store.open_dataset(sys.argv[1])
chosen = plan(sys.argv[2], {})
networks = build(chosen, dataset.shape)
image = keras.Input(dataset.shape)
code = networks.encoder(image)
model = keras.Model(image, networks.decoder(code[0] if isinstance(code, list | tuple) else code))
model.compile("adam", "mse", jit_compile=False)
images, validation = (dataset.take(dataset.indices(part)).astype("float32") / 255 for part in ("train", "validation"))
model.fit(images, images, int(sys.argv[3]), 1, validation_data=(validation, validation), verbose=0)
"""


def main() -> None:
    """Measure each case, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path, nargs="?")
    mnist = parser.parse_args().mnist
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{'':<20}{'first epoch: lab s':>20}{'script s':>10}{'ratio':>8}{'cancelled in s':>16}")
    with tempfile.TemporaryDirectory() as artifacts:
        os.environ["AELAB_ARTIFACTS"] = artifacts
        store.open_dataset("digits")
        cases = [("digits", "deep_ae"), ("digits", "conv_ae"), ("digits", "vae")]
        if mnist is not None:
            import_path(mnist.absolute(), "mnist")
            cases += [("mnist", "deep_ae"), ("mnist", "shallow_ae")]
        for dataset, model in cases:
            _row(dataset, model)


def _row(dataset: str, model: str) -> None:
    begun = time.perf_counter()
    run = train.submit(dataset, model, {"epochs": 5000})
    job = folder.find(run.id)
    if job is None:
        raise SystemExit(f"The job of {run.id} is gone.")
    while not run.history():
        if folder.status(job).state not in OPEN:
            raise SystemExit(f"{run.id} ended: {folder.status(job)}")
        time.sleep(0.02)
    lab = time.perf_counter() - begun
    time.sleep(1.0)
    cancelled = time.perf_counter()
    queue.cancel(run.id)
    queue.wait(job, lambda now: None)
    stopped = time.perf_counter() - cancelled
    begun = time.perf_counter()
    command = [sys.executable, "-c", _SCRIPT, dataset, model, str(run.plan.training.batch_size)]
    subprocess.run(command, check=True, capture_output=True)
    script = time.perf_counter() - begun
    print(f"{dataset + ' ' + model:<20}{lab:>20.1f}{script:>10.1f}{lab / script:>8.2f}{stopped:>16.2f}", flush=True)


if __name__ == "__main__":
    main()
