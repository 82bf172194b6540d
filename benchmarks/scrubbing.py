"""What scrubbing to another epoch costs the server, against working the epoch out anew.

    python benchmarks/scrubbing.py MNIST.npz

A variational and a convolutional autoencoder are trained on part of MNIST, then their snapshots are repeated
until each has as many as a slider shows at most.  The page is the real one, run as Streamlit runs it; in each
turn it goes to another epoch of one run, and of two in step.  The alternative has no snapshots: in the same turn
it runs the finished networks on the same 256 images with ONNX Runtime, projects the codes with a PCA of its own
and draws as many pictures and points, of one run.  Its figures are not even those of the epoch, for which it
would need the weights of each.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from streamlit.testing.v1 import AppTest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "dashboard"))
from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.inference import Inference
from aelab.jobs import folder, queue
from aelab.pixels import to_unit
from aelab.runs import Run, RunWriter
from aelab.tasks import train
from aelab.training.order import taking_turns
from ui import charts, mosaic

_APP = Path(__file__).resolve().parents[1] / "dashboard" / "app.py"
_EPOCHS = 250
_TURNS = 40
_IMAGES = 256


def main() -> None:
    """Train, scrub, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("mnist", type=Path)
    mnist = parser.parse_args().mnist.resolve()
    with tempfile.TemporaryDirectory() as artifacts:
        os.environ["AELAB_ARTIFACTS"] = artifacts
        import_path(mnist, "mnist")
        vae, conv = (_trained(model) for model in ("vae", "conv_ae"))
        one, two = _page(vae.id), _page(vae.id, conv.id)
        anew = _anew(vae)
        ways: dict[str, Callable[[int], None]] = {
            "one run": lambda epoch: _scrub(one, epoch),
            "two runs in step": lambda epoch: _scrub(two, epoch),
            "worked out anew, one run": lambda epoch: anew(),
        }
        wall: dict[str, list[float]] = {name: [] for name in ways}
        cpu: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(_TURNS):  # in turns: whatever else the machine does, it does to all of them
            for name, way in ways.items():
                begun, used = time.perf_counter(), time.process_time()
                way(random.randint(1, _EPOCHS))
                wall[name].append(1000 * (time.perf_counter() - begun))
                cpu[name].append(1000 * (time.process_time() - used))
    base = statistics.median(cpu["worked out anew, one run"])
    print(f"{_EPOCHS} epochs a run, {_TURNS} moves of the slider, milliseconds")
    print(f"{'':<28}{'median':>8}{'90 %':>8}{'CPU':>8}{'CPU ratio':>11}")
    for name in ways:
        used_ms = statistics.median(cpu[name])
        median, high = statistics.median(wall[name]), statistics.quantiles(wall[name], n=10)[-1]
        print(f"{name:<28}{median:>8.0f}{high:>8.0f}{used_ms:>8.0f}{used_ms / base:>11.2f}")


def _trained(model: str) -> Run:
    """Return a run on part of MNIST whose two epochs are repeated up to `_EPOCHS`."""
    run = train.submit("mnist", model, {"epochs": 2, "limit": 2000, "filters": 8})
    job = folder.find(run.id)
    if job is None or queue.wait(job, lambda status: None).state != "done":
        raise SystemExit(f"The training of {run.id} did not end well.")
    kept, line, writer = run.snapshot(2), run.history()[-1], RunWriter(run)
    for epoch in range(3, _EPOCHS + 1):
        writer.snapshot(epoch, {**kept, "codes": kept["codes"] * np.float16(1 + epoch / _EPOCHS)})
        writer.epoch({**line, "epoch": epoch})
    return run


def _page(*run_ids: str) -> AppTest:
    page = AppTest.from_file(str(_APP), default_timeout=60)
    for name, run_id in zip(("run", "beside"), run_ids, strict=False):
        page.query_params[name] = run_id
    page.run()
    page.switch_page("views/time_machine.py").run()
    if page.exception or page.error:
        raise SystemExit(f"The page failed: {[*page.exception, *page.error]}")
    return page


def _scrub(page: AppTest, epoch: int) -> None:
    page.select_slider[0].set_value(epoch).run()


def _anew(run: Run) -> Callable[[], None]:
    """Return a function that works a map and pictures out from the networks and the images."""
    dataset, networks = store.open_dataset(run.dataset), inference.load(runs.find(run.id))
    indices = taking_turns(dataset.indices("validation"), dataset.labels)[:_IMAGES]

    def work() -> None:
        _draw(networks, to_unit(dataset.take(indices)), dataset.labels[indices], indices, dataset.class_names)

    return work


def _draw(
    networks: Inference, images: np.ndarray, labels: np.ndarray, indices: np.ndarray, names: tuple[str, ...] | list[str]
) -> None:
    codes = networks.encode(images)
    places = PCA(2).fit_transform(codes).astype(np.float32)
    charts.latent_map(places, indices, labels, names, "unlabelled", title="Codes", axes=["1", "2"]).to_json()
    mosaic.png(np.concatenate([images[:8], networks.decode(codes[:8])]), 8)
    prior = np.random.default_rng(0).standard_normal((16, networks.latent_dim), dtype=np.float32)
    mosaic.png(networks.decode(prior), 8)


if __name__ == "__main__":
    main()
