"""How well the classical filters restore, each tuned on validation images: all of them beside doing nothing.

    python benchmarks/filters.py MNIST.npz FRUIT.zip [--only NAME ...]

MNIST with Gaussian noise of 0.5 and with 10% salt and pepper: the filters that learn do so from 10,000 training images;
all are tuned on the last 50 of the training file, and restore the first 1,000 test images.  Photos of 128 x 128 with
Gaussian noise of 25/255: as imported by `aelab`, learned from all training images, tuned on 8 validation images; all
test images are restored.  All filters get the same draw.  PSNR and SSIM (Gaussian window) are means over test images;
milliseconds are those of the processor for restoring one image, and seconds those for learning and tuning.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from timing import timed

from aelab.datasets.store import open_dataset
from aelab.filters import filters
from aelab.filters.spec import FilterSpec
from aelab.filters.tuning import Tuned, tune
from aelab.metrics.psnr import psnr
from aelab.metrics.ssim import ssim
from aelab.noise import noises
from aelab.pixels import Images, UInt8Images, to_unit

_LEARNED_FROM, _TUNED_ON, _RESTORED = 10_000, 50, 1_000  # images of MNIST
_TUNED_ON_PHOTOS = 8


@dataclass(frozen=True)
class Parts:
    """Clean images of the three parts of a split, float32 (N, H, W, C) each."""

    training: Images
    validation: Images
    test: Images


def main() -> None:
    """Print a table for each kind of images and noise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--only", nargs="+", default=filters.names(), choices=filters.names())
    arguments = parser.parse_args()
    digits, photos = _digits(arguments.mnist), _photos(arguments.photos)
    _report("MNIST, Gaussian noise of 0.5", digits, "gaussian", 0.5, arguments.only)
    _report("MNIST, salt and pepper on 10%", digits, "salt_pepper", 0.1, arguments.only)
    _report("Photos, Gaussian noise of 25/255", photos, "gaussian", 25 / 255, arguments.only)


def _digits(path: Path) -> Parts:
    with np.load(path) as stored:
        training, test = stored["x_train"][..., None], stored["x_test"][..., None]
    return Parts(*map(to_unit, (training[:_LEARNED_FROM], training[-_TUNED_ON:], test[:_RESTORED])))


def _photos(path: Path) -> Parts:
    with tempfile.TemporaryDirectory() as artifacts:
        os.environ["AELAB_ARTIFACTS"] = artifacts
        command = [sys.executable, "-m", "aelab.cli", "datasets", "import", str(path), "--name", "photos"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        data = open_dataset("photos")

        def taken(split: str, most: int | None = None) -> UInt8Images:
            return data.take(data.indices(split)[:most])

        return Parts(*map(to_unit, (taken("train"), taken("validation", _TUNED_ON_PHOTOS), taken("test"))))


def _report(title: str, clean: Parts, noise: str, level: float, names: list[str]) -> None:
    def corrupted(images: Images, seed: int) -> Images:
        return noises[noise].corrupt(images, level, np.random.default_rng(seed))

    noisy = Parts(corrupted(clean.training, 2), corrupted(clean.validation, 1), corrupted(clean.test, 0))
    counts = f"{len(clean.training):,} to learn from, {len(clean.validation)} to tune on, {len(clean.test):,} restored"
    print(f"\n{title}: {counts}")
    print(f"{'':<18}{'PSNR dB':>9}{'SSIM':>8}{'ms an image':>13}{'s to tune':>11}   settings")
    for name in names:
        tuned, tuning = _tuned(filters[name], clean, noisy)
        made: list[Images] = []
        spent = timed(lambda tuned=tuned, made=made: made.append(tuned.restore(noisy.test)))
        settings = ", ".join(f"{key} {value}" for key, value in tuned.settings.items())
        print(
            f"{name:<18}{_mean(psnr(clean.test, made[0], data_range=1.0)):>9.2f}"
            f"{_mean(ssim(clean.test, made[0], data_range=1.0)):>8.3f}"
            f"{1000 * spent.cpu / len(clean.test):>13.2f}{tuning:>11.1f}   {settings}",
            flush=True,
        )


def _tuned(spec: FilterSpec, clean: Parts, noisy: Parts) -> tuple[Tuned, float]:
    """Return the filter at its best, and the processor's seconds for getting there."""
    made: list[Tuned] = []
    learned_from = (clean.training, noisy.training)
    spent = timed(lambda: made.append(tune(spec, clean.validation, noisy.validation, learned_from)))
    return made[0], spent.cpu


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean())


if __name__ == "__main__":
    main()
