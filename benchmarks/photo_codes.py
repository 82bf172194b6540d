"""How well photos are brought back from a code, against PCA of equal size and the mean image.

    python benchmarks/photo_codes.py FRUIT.zip [--seeds 1]

Each row is `aelab train` with the page's own settings for these photos but for those named, on the training images of
the import (128 x 128 pixels, in colour), measured on its test images.  PCA is scikit-learn's, fitted on the same
training images; and on these and their mirror images, since no more components can be had than there are images.  CPU
seconds are those of the whole worker.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from mnist_lab import aelab, trained
from sklearn.decomposition import PCA

from aelab.datasets.store import Dataset, open_dataset
from aelab.pixels import Images, to_unit

_ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("conv_ae", {"latent_dim": 32}),
    ("vae", {"latent_dim": 32, "loss": "mse"}),
    ("deep_ae", {"latent_dim": 32}),
    ("conv_ae", {"latent_dim": 256}),
)
_COMPONENTS = (32, 256)


def main() -> None:
    """Train each row with each seed, and print it below what it is held against."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--seeds", default=1, type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as artifacts:
        os.environ["AELAB_ARTIFACTS"] = artifacts
        aelab("datasets", "import", str(arguments.photos), "--name", "photos")
        _baselines(open_dataset("photos"))
        for model, settings in _ROWS:
            for seed in range(arguments.seeds):
                done = trained(model, settings | {"seed": seed}, "photos")
                said = " ".join([model, *(f"{name}={value}" for name, value in settings.items())])
                _print_row(f"{said}, seed {seed}", done["metrics"]["mse"], done["cpu_seconds"])


def _baselines(data: Dataset) -> None:
    train, test = (to_unit(data.take(data.indices(part))) for part in ("train", "test"))
    print(f"{'':<44}{'test MSE':>10}{'CPU s':>8}   ({data.counts['train']} training images, N = {len(test)})")
    _print_row("the mean image", _error(train.mean(axis=0)[None], test))
    mirrored = np.concatenate([train, train[:, :, ::-1]])
    for images, said in ((train, ""), (mirrored, ", mirror images as well")):
        for asked in _COMPONENTS:
            count = min(asked, len(images) - 1)
            pca = PCA(count, random_state=0).fit(images.reshape(len(images), -1))
            codes = pca.transform(test.reshape(len(test), -1))
            made = pca.inverse_transform(codes).reshape(test.shape)
            _print_row(f"PCA-{count}{said}", _error(np.clip(made, 0, 1), test))


def _error(made: Images, test: Images) -> float:
    return float(np.mean(np.square(made - test, dtype=np.float64)))


def _print_row(said: str, error: float, seconds: float | None = None) -> None:
    print(f"{said:<44}{error:>10.5f}{'' if seconds is None else format(seconds, '>8.0f')}", flush=True)


if __name__ == "__main__":
    main()
