"""How well the families learn all of MNIST, and in how many CPU seconds, against PCA of equal size.

    python benchmarks/families.py MNIST.npz [--seeds 1]

Each row is `aelab train` with the settings named, on the 54,999 training images of the import (5,001 are for
validation), measured on the 10,000 test images.  CPU seconds are those of the whole worker, imports, export and
measuring included.  Minus the evidence bound (-ELBO) is worked out here from the exported networks, on test images
binarised by drawing each pixel from its grey, one code an image; the tighter bound has 50 importance-weighted codes an
image, of 1,000 images.  A run that is told the class of an image has the bound given that class, which may be lower by
the 2.3 nats that a digit is worth.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from mnist_lab import lab_with, trained
from scipy import special

from aelab import inference, runs
from aelab.inference import Inference
from aelab.pixels import to_unit

_LATENT_2 = {"latent_dim": 2}
_BINARISED = {"loss": "bernoulli", "latent_dim": 20, "body": "dense"}
_ROWS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("pca", 1, {}),
    ("deep_ae", 10, {}),
    ("conv_ae", 3, {}),
    ("conv_ae", 25, {}),
    ("pca", 1, _LATENT_2),
    ("deep_ae", 20, _LATENT_2),
    ("vae", 30, _BINARISED),
    ("cvae", 12, _BINARISED),
)
_EVERY, _CODES = 10, 50


def main() -> None:
    """Train each row with each seed and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--seeds", default=1, type=int)
    arguments = parser.parse_args()
    with lab_with(arguments.mnist):
        print(f"{'':<52}{'seed':>5}{'test MSE':>10}{'-ELBO':>8}{'bound':>8}{'CPU s':>8}   (N = 10,000; nats an image)")
        for model, epochs, settings in _ROWS:
            for seed in range(arguments.seeds if model != "pca" else 1):
                _print_row(model, {"epochs": epochs, "seed": seed} | settings)


def _print_row(model: str, settings: dict[str, Any]) -> None:
    chosen = [f"{name}={value}" for name, value in settings.items() if name != "seed"]
    answer = trained(model, settings)
    bounds = ""
    if settings.get("loss") == "bernoulli":
        run = runs.find(answer["run"])
        networks, dataset = inference.load(run), run.images()
        images, labels = _binarised(dataset), dataset.labels[dataset.indices("test")]
        parts = ((images, labels, 1), (images[::_EVERY], labels[::_EVERY], _CODES))
        elbo, tighter = (-_bounds(networks, *part).mean() for part in parts)
        bounds = f"{elbo:>8.2f}{tighter:>8.2f}"
    said = " ".join([model, *chosen])
    numbers = f"{settings['seed']:>5}{answer['metrics']['mse']:>10.5f}{bounds:>16}{answer['cpu_seconds']:>8.1f}"
    print(f"{said:<52}{numbers}", flush=True)


def _binarised(dataset: Any) -> np.ndarray:
    grey = to_unit(dataset.take(dataset.indices("test")))
    return (np.random.default_rng(0).random(grey.shape) < grey).astype(np.float32)


def _bounds(networks: Inference, images: np.ndarray, labels: np.ndarray, codes: int) -> np.ndarray:
    """Return log (1/codes * sum of p(x, z) / q(z|x)) of each image, in nats, (N,)."""
    posterior = networks.posterior(images, labels)
    assert posterior is not None
    mean, log_variance = (each.astype(np.float64) for each in posterior)
    weights = _weights(networks, images, labels, mean, log_variance, codes)
    return special.logsumexp(list(weights), axis=0) - np.log(codes)


def _weights(
    networks: Inference,
    images: np.ndarray,
    labels: np.ndarray,
    mean: np.ndarray,
    log_variance: np.ndarray,
    codes: int,
) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(1)
    for _ in range(codes):
        noise = rng.standard_normal(mean.shape)
        code = mean + np.exp(0.5 * log_variance) * noise
        white = np.clip(networks.decode(code.astype(np.float32), labels).astype(np.float64), 1e-6, 1 - 1e-6)
        likelihood = np.log(np.where(images > 0, white, 1 - white)).sum(axis=(1, 2, 3))
        # log N(z; 0, I) - log N(z; mean, variance): what both have in common cancels
        prior_to_posterior = 0.5 * (noise**2 + log_variance - code**2).sum(axis=1)
        yield likelihood + prior_to_posterior


if __name__ == "__main__":
    main()
