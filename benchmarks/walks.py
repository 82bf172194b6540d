"""What a walk costs the server: a table of traversals, all in one go, against decoding image by image.

    python benchmarks/walks.py [LAB]

A convolutional autoencoder with a latent dimension of 32 is trained on the built-in digits; of a lab that is given as
LAB, an artifacts folder, the newest run with a code is taken.  The table has up to 32 rows of 11 images.  The
alternative gives the decoder one code at a time, as a page would that decodes what is under a slider.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from mnist_lab import trained
from timing import Spent, timed

from aelab import inference, runs
from aelab.datasets import store
from aelab.runs import Run
from aelab.studies import decoding, interpolation, places, traversals

_TURNS = 15


def main() -> None:
    """Walk both ways, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("lab", type=Path, nargs="?")
    lab = parser.parse_args().lab
    with tempfile.TemporaryDirectory() as passing:
        os.environ["AELAB_ARTIFACTS"] = str(lab.resolve() if lab else passing)
        run = _run() if lab else _trained()
        spent = _measure(run)
    base = statistics.median(each.cpu for each in spent["one by one"])
    print(f"{run.id}: {_TURNS} turns, medians in milliseconds")
    print(f"{'':<28}{'clock':>8}{'CPU':>8}{'CPU ratio':>11}")
    for name, each in spent.items():
        wall, cpu = (1000 * statistics.median(getattr(one, kind) for one in each) for kind in ("wall", "cpu"))
        print(f"{name:<28}{wall:>8.0f}{cpu:>8.0f}{cpu / 1000 / base:>11.2f}")


def _run() -> Run:
    return next(run for run in runs.done() if run.encodes and run.decodes)


def _trained() -> Run:
    store.open_dataset("digits")
    return runs.find(trained("conv_ae", {"latent_dim": 32, "epochs": 3}, "digits")["run"])


def _measure(run: Run) -> dict[str, list[Spent]]:
    networks, dataset = inference.load(run), run.images()
    around = decoding.surroundings(networks, dataset)
    ranked, base = traversals.ranking(networks, dataset, around), places.mean_code(around)
    config = traversals.Config(rows=32)
    codes = traversals.walk(networks, around, ranked, base, config).codes.reshape(-1, networks.latent_dim)
    first, second = (places.of_image(networks, dataset, index) for index in interpolation.usual_ends(dataset))
    ways: dict[str, Callable[[], object]] = {
        "traversals": lambda: traversals.walk(networks, around, ranked, base, config),
        "two images, with distances": lambda: interpolation.between(networks, around, first, second, steps=11),
        "one by one": lambda: [networks.decode(code[None]) for code in codes],
    }
    spent: dict[str, list[Spent]] = {name: [] for name in ways}
    for _ in range(_TURNS):  # in turns: whatever else the machine does, it does to all of them
        for name, way in ways.items():
            spent[name].append(timed(way))
    return spent


if __name__ == "__main__":
    main()
