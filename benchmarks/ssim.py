"""SSIM of 1,000 image pairs 28x28: AE Lab's batch against scikit-image in a loop, in turns.

Run with ``python benchmarks/ssim.py``.  Both get the same float64 arrays and compute the same variant, first in
Gaussian windows, then in uniform ones; the largest difference is printed with the times.  The images are
scikit-learn's handwritten digits, enlarged, and the same with Gaussian noise.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import skimage
from scipy import ndimage
from skimage.metrics import structural_similarity
from sklearn.datasets import load_digits

from aelab.metrics.spec import PairMeasure
from aelab.metrics.ssim import ssim
from aelab.metrics.ssim_uniform import ssim_uniform

IMAGES = 1000
ROUNDS = 15

Floats = npt.NDArray[np.float64]


#: By window: the lab's measure, and what makes scikit-image compute the same.
WINDOWS: dict[str, tuple[PairMeasure, dict[str, Any]]] = {
    "Gaussian": (ssim, {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}),
    "uniform": (ssim_uniform, {}),
}


def in_a_batch(window: str, reference: Floats, candidate: Floats) -> Floats:
    """Measure all pairs with AE Lab."""
    return WINDOWS[window][0](reference, candidate, data_range=1.0)


def in_a_loop(window: str, reference: Floats, candidate: Floats) -> Floats:
    """Measure one pair after another with scikit-image, in the variant that AE Lab computes."""
    return np.array(
        [
            structural_similarity(x, y, data_range=1.0, channel_axis=-1, **WINDOWS[window][1])
            for x, y in zip(reference, candidate, strict=True)
        ]
    )


def timed(
    measure: Callable[[str, Floats, Floats], Floats], window: str, *images: Floats
) -> tuple[float, float, Floats]:
    """Return wall seconds, CPU seconds of all threads, and the values."""
    wall, cpu = time.perf_counter(), time.process_time()
    values = measure(window, *images)
    return time.perf_counter() - wall, time.process_time() - cpu, values


def main() -> None:
    """Make the images, and compare for each window."""
    digits = load_digits().images[:IMAGES] / 16
    reference = ndimage.zoom(digits, (1, 3.5, 3.5), order=1)[..., None]
    noise = 0.1 * np.random.default_rng(0).standard_normal(reference.shape)
    candidate = np.clip(reference + noise, 0, 1)

    print(f"SSIM of {len(reference):,} pairs {reference.shape[1:]}, float64, median of {ROUNDS} rounds in turns")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, scikit-image {skimage.__version__}")
    for window in WINDOWS:
        compare(window, reference, candidate)


def compare(window: str, reference: Floats, candidate: Floats) -> None:
    """Time both in turns for one window and print the medians."""
    in_a_batch(window, reference, candidate), in_a_loop(window, reference[:9], candidate[:9])  # first calls load
    batch, loop = [], []
    for _ in range(ROUNDS):
        batch.append(timed(in_a_batch, window, reference, candidate))
        loop.append(timed(in_a_loop, window, reference, candidate))
    print(f"{window + ' windows':24}{'wall s':>10}{'CPU s':>10}")
    for label, rounds in (("aelab, one batch", batch), ("scikit-image, a loop", loop)):
        wall, cpu = (statistics.median(one[i] for one in rounds) for i in (0, 1))
        print(f"{label:24}{wall:10.4f}{cpu:10.4f}")
    wall, cpu = (
        statistics.median(theirs[i] / max(ours[i], 1e-9) for ours, theirs in zip(batch, loop, strict=True))
        for i in (0, 1)
    )
    print(f"{'times faster':24}{wall:10.1f}{cpu:10.1f}")
    print(f"largest difference      {np.abs(batch[0][2] - loop[0][2]).max():10.1e}")


if __name__ == "__main__":
    main()
