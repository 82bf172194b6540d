"""What denoising networks trained with the page's defaults restore of MNIST, against filters on the same draw of noise.

    python benchmarks/denoisers.py MNIST.npz [--seeds 1]

Gaussian noise of 0.5 and salt and pepper on 10% of the pixels.  Each network is trained by `aelab train` with its
defaults but for noise and level, and held against eleven filters by `aelab denoise --filters`: tuned on validation
images, PCA and ridge learned from training images, all over the same 1,000 test images.  A row has PSNR in dB, SSIM in
Gaussian windows, and the lead of the network over the best filter with its 95% interval.  CPU seconds are those of the
whole training worker.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mnist_lab import aelab, lab_with, trained

_NOISES = {"gaussian": 0.5, "salt_pepper": 0.1}
_MODELS = ("unet_dae", "dae")


def main() -> None:
    """Train every network on every noise and print a row for each, and for the best filters beside it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--seeds", default=1, type=int)
    arguments = parser.parse_args()
    with lab_with(arguments.mnist):
        print(f"{'noise':<18} {'method':<20} {'PSNR':>6} {'SSIM':>7} {'run leads by':>24} {'CPU s':>6} {'ms':>7}")
        for noise, level in _NOISES.items():
            for model in _MODELS:
                for seed in range(arguments.seeds):
                    _print(noise, level, f"{model}, seed {seed}", _compared(model, noise, level, seed))


def _compared(model: str, noise: str, level: float, seed: int) -> dict[str, Any]:
    done = trained(model, {"noise": noise, "noise_level": level, "seed": seed})
    found = aelab("denoise", done["run"], "--noise", noise, "--level", str(level), "--filters")
    return {"cpu": done["cpu_seconds"], **found}


def _print(noise: str, level: float, name: str, found: dict[str, Any]) -> None:
    for method in found["methods"]:
        of_run, lead = method["name"] == "run", method["lead"]
        shown = name if of_run else method["name"]
        led = "" if of_run else f"{lead['mean']:+.2f} ({lead['low']:+.2f} to {lead['high']:+.2f})"
        spent = f"{found['cpu']:.0f}" if of_run else ""
        print(
            f"{noise:<11} {level:>6g} {shown:<20} {method['psnr']['mean']:6.2f} {method['ssim']['mean']:7.4f} "
            f"{led:>24} {spent:>6} {method['milliseconds']:7.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
