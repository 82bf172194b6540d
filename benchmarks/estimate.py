"""The seconds that the Train page promises, against those that a real worker then takes.

    python benchmarks/estimate.py [MNIST.npz]

After the calibration, trains dense, convolutional and variational autoencoders, short and long, small and
large, one after the other in a lab of its own, on the built-in digits, on drawn shapes of the size of photos
and, where its file is given, on parts of MNIST.  A worker's seconds are those that its run shows, from start
to measured; where its seconds of the CPU are fewer, the machine was busy with other things and the guess
looks too hopeful.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.shapes import ShapesConfig
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.tasks import calibrate, planning, train
from aelab.training import speeds


@dataclass(frozen=True)
class Case:
    """One training to be guessed and done."""

    dataset: str
    model: str
    settings: dict[str, Any] = field(default_factory=dict)


_CASES = [
    Case("digits", "pca"),
    Case("digits", "deep_ae", {"epochs": 1}),
    Case("digits", "deep_ae", {"epochs": 100}),
    Case("digits", "conv_ae", {"epochs": 1}),
    Case("digits", "conv_ae", {"epochs": 30}),
    Case("digits", "vae", {"epochs": 30}),
    Case("digits", "conv_ae", {"epochs": 10, "filters": 64}),
    Case("digits", "gan", {"epochs": 20}),
    Case("digits", "wgan_gp", {"epochs": 20}),
    Case("digits", "vae_gan", {"epochs": 20}),
    Case("photos", "deep_ae", {"epochs": 10}),
    Case("photos", "conv_ae", {"epochs": 10}),
    Case("photos", "vae", {"epochs": 10, "filters": 32}),
    Case("mnist", "pca"),
    Case("mnist", "deep_ae", {"epochs": 5, "limit": 10_000}),
    Case("mnist", "deep_ae", {"epochs": 5}),
    Case("mnist", "deep_ae", {"epochs": 2, "width": 2048}),
    Case("mnist", "conv_ae", {"epochs": 5, "limit": 10_000}),
    Case("mnist", "vae", {"epochs": 5, "limit": 10_000}),
    Case("mnist", "vae", {"epochs": 2}),
]


def main() -> None:
    """Guess and do each training, and print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path, nargs="?", help="MNIST as npz; without it only the other datasets")
    mnist = parser.parse_args().mnist
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{'dataset':<8}{'model':<9}{'settings':<28}{'guess s':>9}{'real s':>9}{'CPU s':>9}{'guess/real':>12}")
    with tempfile.TemporaryDirectory() as artifacts:
        os.environ["AELAB_ARTIFACTS"] = artifacts
        calibrate.submit_if_unknown()
        for job in jobs.all_jobs():
            queue.wait(job, lambda now: None)
        print(f"calibrated: {speeds.known()}")
        store.import_dataset("photos", "shapes", ShapesConfig(count=300, size=128))
        if mnist is not None:
            import_path(mnist.absolute(), "mnist")
        ratios = [_row(case) for case in _CASES if mnist is not None or case.dataset != "mnist"]
    print(f"guess/real lies between {min(ratios):.2f} and {max(ratios):.2f} (1: exact; below 1: too hopeful)")


def _row(case: Case) -> float:
    dataset = store.open_dataset(case.dataset)
    chosen = planning.planned(dataset, case.model, case.settings)
    guess = planning.cost(chosen, dataset).seconds
    job = jobs.find(train.submit(case.dataset, case.model, case.settings).id)
    if job is None:
        raise SystemExit(f"The job of {case} is gone.")
    status = queue.wait(job, lambda now: None)
    real, cpu = status.seconds or float("nan"), status.cpu_seconds or float("nan")
    settings = " ".join(f"{key}={value}" for key, value in case.settings.items())
    print(
        f"{case.dataset:<8}{case.model:<9}{settings:<28}{guess:>9.1f}{real:>9.1f}{cpu:>9.1f}{guess / real:>12.2f}",
        flush=True,
    )
    return guess / real


if __name__ == "__main__":
    main()
