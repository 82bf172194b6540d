"""What a t-SNE map costs and is worth, against scikit-learn's default; and what the codes of an autoencoder are worth.

    python benchmarks/projections.py MNIST.npz [LAB]

The same 50 principal components of MNIST's 10,000 test images go through the lab's t-SNE and scikit-learn's, each with
its defaults; the accuracy is that of ten nearest neighbours on the map, each image left out in turn.  The default deep
autoencoder is trained (or found in LAB), and its codes are asked for as the page does: 10,000 by t-SNE, asked a second
time, and 60,000 by t-SNE.  Five nearest neighbours among the codes of the training images then name the class of the
test images, beside the same among raw pixels.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
from mnist_lab import lab_with, trained
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from timing import timed

from aelab import inference, runs
from aelab.datasets.store import Dataset, open_dataset
from aelab.jobs import folder, queue
from aelab.projections import tsne
from aelab.projections.nearest import nearest_others, nearest_to
from aelab.runs import Run
from aelab.studies import kept_codes
from aelab.studies.latent_map import Config
from aelab.tasks import latent_map

Floats = npt.NDArray[np.floating]
_ALL = 60_000


def main() -> None:
    """Measure everything, and print it line by line: the last part takes some minutes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("lab", type=Path, nargs="?")
    given = parser.parse_args()
    with lab_with(given.mnist.resolve(), given.lab and given.lab.resolve()):
        data = open_dataset("mnist")
        _components(data)
        run = runs.find(_deep_autoencoder())
        _codes_against_pixels(run, data)
        _asked_for(run, Config(method="tsne", limit=0))
        _asked_for(run, Config(method="tsne", part="all", limit=_ALL))


def _deep_autoencoder() -> str:
    found = [each.id for each in runs.listed() if each.run and each.run.model == "deep_ae" and each.state == "done"]
    return found[0] if found else trained("deep_ae", {})["run"]


def _components(data: Dataset) -> None:
    """Compare two programs on the same 50 components of the test images."""
    chosen = data.indices("test")
    pixels, labels = _pixels(data, chosen), data.labels[chosen]
    components = PCA(50, random_state=0).fit_transform(pixels).astype(np.float32)
    maps: dict[str, Floats] = {}
    ways = {
        "lab": lambda: maps.update(lab=tsne.fit(components, labels, tsne.Config()).coordinates),
        "scikit-learn": lambda: maps.update({"scikit-learn": TSNE(random_state=0).fit_transform(components)}),
    }
    for name, way in ways.items():
        spent = timed(way)
        print(
            f"t-SNE of {len(chosen)} x 50, {name}: {spent.cpu:.1f} CPU s, {spent.wall:.1f} s, "
            f"10-NN accuracy {_left_out(maps[name], labels, 10):.4f}",
            flush=True,
        )


def _left_out(points: Floats, labels: npt.NDArray[np.int32], count: int) -> float:
    which, _ = nearest_others(points, count)
    return float(np.mean(_voted(labels[which]) == labels))


def _voted(labels: npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
    """Return the class that is most frequent in each row (N, k)."""
    return np.stack([(labels == each).sum(axis=1) for each in range(labels.max() + 1)], axis=1).argmax(axis=1)


def _pixels(data: Dataset, chosen: npt.NDArray[np.intp]) -> Floats:
    return data.take(chosen).reshape(len(chosen), -1).astype(np.float32) / 255


def _codes_against_pixels(run: Run, data: Dataset) -> None:
    networks = inference.load(run)
    train, train_codes = kept_codes.codes(run, networks, data, "train")
    test, test_codes = kept_codes.codes(run, networks, data, "test")
    pairs = {run.id: (train_codes, test_codes), "raw pixels": (_pixels(data, train), _pixels(data, test))}
    for name, (known, asked) in pairs.items():
        which, _ = nearest_to(known, asked, 5)
        right = np.mean(_voted(data.labels[train][which]) == data.labels[test])
        print(f"5-NN of {len(test)} test images among {len(train)} training images, {name}: {right:.4f}", flush=True)


def _asked_for(run: Run, config: Config) -> None:
    """Ask for a map as the page does, and again."""
    begun = time.perf_counter()
    job = latent_map.submit(run.id, config)
    status = queue.wait(job, lambda now: None)
    print(f"job {status.state}: {time.perf_counter() - begun:.1f} s, {status.cpu_seconds:.1f} CPU s", flush=True)
    found = latent_map.result(job)
    print(f"t-SNE of {len(found.indices)} codes: {found.quality}", flush=True)
    for _ in range(3):
        begun = time.perf_counter()
        again = folder.find(latent_map.job_id(run, config))
        assert again is not None
        latent_map.result(again)
        print(f"asked again, no cache of the server: {1000 * (time.perf_counter() - begun):.0f} ms", flush=True)


if __name__ == "__main__":
    main()
