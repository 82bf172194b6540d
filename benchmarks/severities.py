"""What each level of each noise costs, and the levels at which all noises cost the same.

    python benchmarks/severities.py MNIST.npz FRUIT.zip

PSNR of corrupted images, clipped to [0, 1], over 1,000 digits of MNIST's test images (28 x 28) and over the test photos
of the import (128 x 128 x 3): the mean of the two means.  Of each noise the levels are sought at which it comes to
30, 25, 20, 16 and 12 dB; where a noise never costs as much, its highest level.  Beside them, what the levels that the
lab calls severities 1 to 5 give.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
from mnist_lab import aelab
from scipy import optimize

from aelab.datasets.store import open_dataset
from aelab.metrics.psnr import psnr
from aelab.noise import noises
from aelab.noise.spec import NoiseSpec
from aelab.pixels import Images, to_unit

_TARGETS = (30.0, 25.0, 20.0, 16.0, 12.0)
_DIGITS, _PHOTOS = 1000, 40
_MOST = 80.0  # dB, of an image that is left as it is


def main() -> None:
    """Print a row for each noise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("photos", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as artifacts:
        os.environ["AELAB_ARTIFACTS"] = artifacts
        sets = []
        for name, path, count in (("mnist", arguments.mnist, _DIGITS), ("photos", arguments.photos, _PHOTOS)):
            aelab("datasets", "import", str(path), "--name", name)
            data = open_dataset(name)
            sets.append(to_unit(data.take(data.indices("test")[:count])))
    print(f"{'':<16}{'levels for ' + ', '.join(f'{each:g}' for each in _TARGETS) + ' dB':<44}dB of severities 1 to 5")
    for noise in noises:
        sought = [_level(noise, sets, target) for target in _TARGETS]
        given = [_cost(noise, sets, level) for level in noise.severities]
        print(
            f"{noise.name:<16}{'  '.join(f'{each:<7.4g}' for each in sought):<44}"
            + "  ".join(f"{each:.1f}" for each in given),
            flush=True,
        )


def _level(noise: NoiseSpec, sets: list[Images], target: float) -> float:
    def above(level: float) -> float:
        return _cost(noise, sets, level) - target

    if above(noise.highest) > 0:
        return noise.highest
    return float(optimize.bisect(above, 1e-4 * noise.highest, noise.highest, xtol=2e-3 * noise.highest))


def _cost(noise: NoiseSpec, sets: list[Images], level: float) -> float:
    means = []
    for images in sets:
        noisy = noise.corrupt(images, level, np.random.default_rng(0))
        means.append(np.minimum(psnr(images, noisy, data_range=1.0), _MOST).mean())
    return float(np.mean(means))


if __name__ == "__main__":
    main()
