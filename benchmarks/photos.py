"""How well photos of 128 x 128 pixels are restored from Gaussian noise of 25/255, against non-local means.

    python benchmarks/photos.py FRUIT.zip [--epochs 60] [--seeds 1]

`unet_dae` and, with its bottleneck, `dae` are trained by `aelab train` with their defaults but for the level of the
noise and the epochs, on the training images of the import.  Non-local means is scikit-image's in its slow, better mode;
size of the patches and strength are those that are best on validation images.  All restore the same draw of noise on
the same test images.  PSNR is the mean over these images, each clipped to [0, 1]; the ratio is that of its error
(10^(-PSNR/10)) to non-local means'.  CPU seconds are those of the whole training worker, or of restoring the test
images.
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from mnist_lab import aelab
from skimage.restoration import denoise_nl_means
from timing import timed

from aelab import inference, runs
from aelab.datasets.store import Dataset, open_dataset
from aelab.metrics import psnr
from aelab.pixels import Images, to_unit
from aelab.studies import denoising

_SIGMA = 25 / 255
_PATCHES, _STRENGTHS, _REACH = (3, 5, 7), (0.6, 0.8, 1.0), 8  # pixels, of sigma, pixels
_TUNED_ON = 8  # validation images


def main() -> None:
    """Train both networks, tune non-local means, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--epochs", default=60, type=int)
    parser.add_argument("--seeds", default=1, type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as artifacts:
        os.environ["AELAB_ARTIFACTS"] = artifacts
        aelab("datasets", "import", str(arguments.photos), "--name", "photos")
        data = open_dataset("photos")
        wanted = ["--epochs", str(arguments.epochs), "--set", f"noise_level={_SIGMA}"]
        trained = [
            (model, seed, aelab("train", "--dataset", "photos", "--model", model, "--seed", str(seed), *wanted))
            for model, seed in itertools.product(("unet_dae", "dae"), range(arguments.seeds))
        ]
        _report(data, trained)


def _report(data: Dataset, trained: list[tuple[str, int, dict[str, Any]]]) -> None:
    config = denoising.Config(noise=f"gaussian:{_SIGMA}")
    shown = [
        denoising.example(inference.load(runs.find(answer["run"])), data, config, shown=data.counts["test"])
        for _, _, answer in trained
    ]
    clean, noisy = shown[0].clean, shown[0].noisy
    patch, strength = _tuned(data)
    means: list[Images] = []
    spent = timed(lambda: means.append(_non_local_means(noisy, patch, strength)))
    rows = [
        ("noisy", noisy, 0.0),
        (f"non-local means, patches of {patch}, h = {strength} sigma", means[0], spent.cpu),
        *((f"{name}, seed {seed}", each.restored, answer["cpu_seconds"])
          for (name, seed, answer), each in zip(trained, shown, strict=True)),
    ]  # fmt: skip
    print(f"{'':<48}{'PSNR dB':>9}{'ratio':>8}{'CPU s':>9}   (N = {len(clean)} test images, {data.counts['train']} of")
    print(f"{'':<76}training; a ratio below 1 is better)")
    reference = _psnr(clean, means[0])
    for name, made, seconds in rows:
        found = _psnr(clean, made)
        print(f"{name:<48}{found:>9.2f}{10 ** ((reference - found) / 10):>8.2f}{seconds:>9.0f}")


def _tuned(data: Dataset) -> tuple[int, float]:
    """Return the size of patches and the strength, in sigma, that restore validation images best."""
    clean = to_unit(data.take(data.indices("validation")[:_TUNED_ON]))
    noise = np.random.default_rng(1).standard_normal(clean.shape, dtype=np.float32)
    noisy = np.clip(clean + np.float32(_SIGMA) * noise, 0, 1)
    return max(
        itertools.product(_PATCHES, _STRENGTHS), key=lambda chosen: _psnr(clean, _non_local_means(noisy, *chosen))
    )


def _non_local_means(images: Images, patch: int, strength: float) -> Images:
    made = [
        denoise_nl_means(image, patch, _REACH, strength * _SIGMA, fast_mode=False, sigma=_SIGMA, channel_axis=-1)
        for image in images
    ]
    return np.clip(np.stack(made), 0, 1).astype(np.float32)


def _psnr(clean: Images, made: Images) -> float:
    return float(psnr.psnr(clean, made, data_range=1.0).mean())


if __name__ == "__main__":
    main()
