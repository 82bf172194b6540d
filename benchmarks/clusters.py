"""How well clusters of codes find the digits of MNIST, beside raw pixels and PCA of equal size, and in which time.

    python benchmarks/clusters.py MNIST.npz [--lab FOLDER] [--seeds 3]

Each run has the page's defaults but for what its row names, and is trained on the 54,999 training images; clusters are
of the 10,000 test images, on which they are fitted as well: 10 of them, 10 restarts.  Agreement is measured with the
digits, which neither training nor clusters have seen.  A row has the mean over seeds of the clustering, the training
being one, and the whole of `aelab clusters` in CPU seconds, pixels, components, intervals and silhouettes included.

The alternative is what a script does without the lab: scikit-learn's `KMeans` and `GaussianMixture` with diagonal
covariances on the raw pixels, its accuracy by scipy's assignment, and its NMI.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from mnist_lab import lab_with, trained
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import confusion_matrix, normalized_mutual_info_score
from sklearn.mixture import GaussianMixture
from timing import timed

from aelab import inference, runs
from aelab.clustering import algorithms
from aelab.datasets.store import Dataset
from aelab.pixels import to_unit
from aelab.runs import Run
from aelab.studies import clusters
from aelab.studies.clustered import Clusters
from aelab.studies.clusters import Config

_ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("deep_ae", {}),
    ("conv_ae", {}),
    ("vae", {}),
    ("vae", {"latent_dim": 20}),
)
_MEASURES = ("accuracy", "nmi", "ari")


def main() -> None:
    """Train each row, and print what its clusters and the alternative give."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--lab", type=Path, help="where to train, and to find that again")
    parser.add_argument("--seeds", default=3, type=int)
    arguments = parser.parse_args()
    with lab_with(arguments.mnist, arguments.lab):
        done = [(runs.find(trained(model, settings)["run"]), settings) for model, settings in _ROWS]
        for algorithm in algorithms.names():
            print(f"\n{algorithm:<30}{'numbers':>8}{'accuracy':>10}{'NMI':>8}{'ARI':>8}{'silhouette':>12}{'CPU s':>8}")
            for run, settings in done:
                _measure(run, settings, algorithm, arguments.seeds)
            _alternative(algorithm, done[0][0].images(), arguments.seeds)


def _measure(run: Run, settings: dict[str, Any], algorithm: str, seeds: int) -> None:
    found: list[Clusters] = []
    seconds = []
    networks, images = inference.load(run), run.images()
    for seed in range(seeds):
        config = Config(algorithm=algorithm, seed=seed)
        seconds.append(timed(lambda config=config: found.append(clusters.run(networks, images, config))).cpu)
    said = " ".join([run.model, *(f"{name}={value}" for name, value in settings.items())])
    for space, name in (("code", said), ("pca", "  PCA of its size"), ("pixels", "  raw pixels")):
        rows = [each.row(space) for each in found]
        means = [float(np.mean([row.agreement[measure].mean for row in rows])) for measure in _MEASURES]
        means.append(float(np.mean([row.silhouette.mean for row in rows])))
        _print_row(name, rows[0].dimensions, means, np.mean(seconds) if space == "code" else None)
    one = found[0].row("code").agreement["accuracy"]
    lead = found[0].row("pixels").leads["accuracy"]
    spread = np.ptp([each.row("code").agreement["accuracy"].mean for each in found])
    print(
        f"  seed 0: {one.mean:.3f} ({one.low:.3f} to {one.high:.3f}), leads raw pixels by {lead.mean:+.3f} "
        f"({lead.low:+.3f} to {lead.high:+.3f}); {spread:.3f} between {seeds} seeds"
    )


def _alternative(algorithm: str, images: Dataset, seeds: int) -> None:
    """Put raw pixels into clusters without the lab."""
    indices = images.indices("test")
    pixels, labels = to_unit(images.take(indices)).reshape(len(indices), -1), images.labels[indices]
    found: list[np.ndarray] = []
    seconds = [
        timed(lambda seed=seed: found.append(_plain(algorithm, seed).fit_predict(pixels))).cpu for seed in range(seeds)
    ]
    accuracies = []
    for each in found:
        counts = confusion_matrix(labels, each)
        accuracies.append(counts[linear_sum_assignment(counts, maximize=True)].sum() / len(labels))
    informations = [normalized_mutual_info_score(labels, each) for each in found]
    _print_row(
        "plain scikit-learn, raw pixels",
        784,
        [float(np.mean(accuracies)), float(np.mean(informations))],
        np.mean(seconds),
    )


def _plain(algorithm: str, seed: int) -> Any:
    if algorithm == "kmeans":
        return KMeans(10, n_init=10, random_state=seed)
    return GaussianMixture(10, covariance_type="diag", reg_covar=1e-4, random_state=seed)


def _print_row(said: str, numbers: int, means: list[float], seconds: Any = None) -> None:
    columns = [*means, *[float("nan")] * (4 - len(means))]
    cells = "".join(
        f"{'–' if np.isnan(value) else format(value, '.3f'):>{width}}"
        for value, width in zip(columns, (10, 8, 8, 12), strict=True)
    )
    print(f"{said:<30}{numbers:>8}{cells}{'' if seconds is None else format(seconds, '>8.1f')}", flush=True)


if __name__ == "__main__":
    main()
