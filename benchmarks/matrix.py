"""A run and three filters against ten noises at five severities, beside a plain loop over images.

    python benchmarks/matrix.py MNIST.npz [--lab FOLDER]

A `dae` of one epoch on MNIST, the median of 3 x 3, Gaussian smoothing and linear ridge restore 1,000 test images under
each of ten noises at each of five severities: draws, tuning, learning, restoring, PSNR and both SSIMs, nothing of it
measured before.  Then the same again, from the cells that are kept.

The loop does what a short script does: for each noise and severity and each of the 1,000 images, one after the other,
scipy's median and Gaussian, scikit-learn's ridge (learned from the same images, settings as the lab tuned them) and
ONNX Runtime for one image, then scikit-image's PSNR and both SSIMs.  It does one severity of each noise, and its
seconds are reckoned up to five; tuning is not in them.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from mnist_lab import lab_with, trained
from scipy import ndimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from sklearn.linear_model import Ridge
from timing import Spent, timed

from aelab import inference, runs
from aelab.noise import noises
from aelab.pixels import Images
from aelab.runs import Run
from aelab.studies import cells, matrix
from aelab.studies.crossed import Matrix
from aelab.studies.draws import Draw
from aelab.studies.matrix import Config

_NOISES, _IMAGES = noises.names()[:10], 1000
_FILTERS = ("median_3", "gaussian", "linear_ridge")
_IN_LOOP = (3,)  # of the severities

Image = npt.NDArray[np.float32]


def main() -> None:
    """Print seconds, and how far the two agree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--lab", type=Path, help="where to train and measure, and to find that again")
    arguments = parser.parse_args()
    with lab_with(arguments.mnist, arguments.lab):
        run = runs.find(trained("dae", {"epochs": 1, "limit": 10_000})["run"])
        shutil.rmtree(cells.root(), ignore_errors=True)
        config = Config(noises=",".join(_NOISES), filters=",".join(_FILTERS), limit=_IMAGES)
        found: list[Matrix] = []
        first = timed(lambda: found.append(matrix.run([run], run.images(), config)))
        again = timed(lambda: found.append(matrix.run([run], run.images(), config)))
        means: dict[tuple[str, str, int], float] = {}
        part = timed(lambda: means.update(_loop(run, config, found[0])))
    factor = len(config.columns) / (len(_NOISES) * len(_IN_LOOP))
    loop = Spent(factor * part.wall, factor * part.cpu)
    print(f"{len(found[0].entries)} cells of {_IMAGES:,} images{'':<16}{'s by the clock':>16}{'s of the CPU':>14}")
    for name, spent in (("the lab", first), ("the lab, measured before", again), ("a loop, reckoned up", loop)):
        print(f"{name:<42}{spent.wall:>16.1f}{spent.cpu:>14.1f}")
    print(f"the loop takes {loop.wall / first.wall:.1f} times as long, of the CPU {loop.cpu / first.cpu:.1f} times")
    apart = [
        abs(each.means["psnr"].mean - means[each.method, each.noise, each.severity])
        for each in found[0].entries
        if each.severity in _IN_LOOP
    ]
    print(f"mean PSNR of the two differs by at most {max(apart):.3f} dB")


def _loop(run: Run, config: Config, found: Matrix) -> dict[tuple[str, str, int], float]:
    """Return the mean PSNR of each cell, as a plain script comes to it."""
    networks, means = inference.load(run), {}
    for column in config.columns:
        if column.severity not in _IN_LOOP:
            continue
        draw = Draw(run.images(), column.corruption, config.seed, config.limit)
        clean, noisy, _ = draw.test
        settings = {
            each.method: each.settings
            for each in found.entries
            if (each.noise, each.severity) == (str(column.noise), column.severity)
        }
        ridge = _ridge(draw, float(settings["linear_ridge"]["penalty"]))
        sigma = float(settings["gaussian"]["sigma"])
        methods: dict[str, Callable[[Image], Image]] = {
            run.id: lambda image: networks.reconstruct(image[None])[0],
            "median_3": lambda image: ndimage.median_filter(image, (3, 3, 1)),
            "gaussian": lambda image, sigma=sigma: ndimage.gaussian_filter(image, (sigma, sigma, 0)),
            "linear_ridge": lambda image, ridge=ridge: ridge.predict(image.reshape(1, -1)).reshape(image.shape),
        }
        for name, restore in methods.items():
            means[name, str(column.noise), column.severity] = _measured(clean, noisy, restore)
    return means


def _ridge(draw: Draw, penalty: float) -> Ridge:
    clean, noisy = (part.reshape(len(part), -1) for part in draw.training)
    return Ridge(alpha=penalty * len(clean)).fit(noisy, clean)


def _measured(clean: Images, noisy: Images, restore: Callable[[Image], Image]) -> float:
    found = []
    for reference, image in zip(clean, noisy, strict=True):
        restored = np.clip(restore(image), 0, 1)
        found.append(peak_signal_noise_ratio(reference, restored, data_range=1.0))
        structural_similarity(
            reference,
            restored,
            data_range=1.0,
            channel_axis=-1,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
        structural_similarity(reference, restored, data_range=1.0, channel_axis=-1)
    return float(np.mean(found))


if __name__ == "__main__":
    main()
