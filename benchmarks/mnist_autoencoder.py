"""The default deep autoencoder on all of MNIST, against the same network in plain Keras `fit`.

    python benchmarks/mnist_autoencoder.py MNIST.npz [--epochs 10]

Both train 784-512-256-32-256-512-784 with Adam and batches of 128 for the same epochs, one after the
other, each in a process of its own.  The lab's run is `aelab train` with its defaults: a cosine schedule,
several steps per execution, no XLA.  Plain Keras is `model.fit` with Keras' defaults.  Seconds of the CPU are
of the whole training process, imports included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_PLAIN = """
import json, sys, time
import keras, numpy as np
from keras import layers
path, epochs = sys.argv[1], int(sys.argv[2])
with np.load(path) as stored:
    train, test = (stored[name].reshape(-1, 784).astype("float32") / 255 for name in ("x_train", "x_test"))
sizes = [(512, "relu"), (256, "relu"), (32, None), (256, "relu"), (512, "relu"), (784, "sigmoid")]
model = keras.Sequential([keras.Input((784,)), *(layers.Dense(units, activation) for units, activation in sizes)])
model.compile("adam", "mse")
keras.utils.set_random_seed(0)
model.fit(train[:55000], train[:55000], batch_size=128, epochs=epochs, verbose=0,
          validation_data=(train[55000:], train[55000:]))
mse = float(((model.predict(test, verbose=0) - test) ** 2).mean())
print(json.dumps({"mse": mse, "cpu_seconds": time.process_time()}))
"""


def main() -> None:
    """Train both and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--epochs", default=10, type=int)
    arguments = parser.parse_args()
    lab = _lab(arguments.mnist, arguments.epochs)
    plain = _answer([sys.executable, "-c", _PLAIN, str(arguments.mnist), str(arguments.epochs)], os.environ)
    print(f"{'':<24} {'test MSE':>9} {'CPU s':>7}   (N = 10,000 test images, {arguments.epochs} epochs, latent 32)")
    for name, row in (("aelab train, deep_ae", lab), ("plain Keras fit", plain)):
        print(f"{name:<24} {row['mse']:>9.5f} {row['cpu_seconds']:>7.1f}")
    print(
        f"{'ratio':<24} {lab['mse'] / plain['mse']:>9.2f} {lab['cpu_seconds'] / plain['cpu_seconds']:>7.2f}   "
        "(below 1: the lab is better)"
    )


def _lab(mnist: Path, epochs: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as artifacts:
        environment = os.environ | {"AELAB_ARTIFACTS": artifacts}
        aelab = [sys.executable, "-m", "aelab.cli"]
        _answer([*aelab, "datasets", "import", str(mnist), "--name", "mnist", "--json"], environment)
        run = _answer(
            [*aelab, "train", "--dataset", "mnist", "--model", "deep_ae", "--epochs", str(epochs), "--json"],
            environment,
        )
    return {"mse": run["metrics"]["mse"], "cpu_seconds": run["cpu_seconds"]}


def _answer(command: list[str], environment: dict[str, str] | os._Environ[str]) -> dict:
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
