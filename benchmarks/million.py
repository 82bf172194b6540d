"""A million images of 28 x 28: import, open, browse and split, against reading the same file with NumPy.

    python benchmarks/million.py [--count 1000000]

The images are made for the run: noise, each with its number in its first pixels, so that no two are equal.  The import
runs in a process of its own, as a job does; what a server does runs in another.  Memory is the largest part of it that
was in use at once (VmHWM), so that this needs Linux; `NumPy` loads the npz and takes a page of a hundred images.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

_COMMON = """
import sys, time
import numpy as np
def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024
def row(name, start):
    print(f"{name:<34}{1000 * (time.perf_counter() - start):>12.1f}{peak():>10.0f}", flush=True)
"""
_IMPORT = """
from aelab.datasets.importing import import_path
start = time.perf_counter()
import_path(sys.argv[1], "million")
row("import (a job)", start)
"""
_SERVE = """
from aelab.datasets import store
from aelab.datasets.split import SplitPlan
from aelab.studies import overview
start = time.perf_counter()
dataset = store.open_dataset("million")
row("open", start)
start = time.perf_counter()
len(dataset.labels), len(dataset.split)
row("labels and split", start)
pages = dataset.counts["all"] // 100
for page in (0, pages // 2, pages - 1):
    start = time.perf_counter()
    chosen = dataset.indices("train")[100 * page // 2 :][:100]
    np.asarray(dataset.images[chosen])
    row(f"a page of 100 images", start)
start = time.perf_counter()
other = store.derive(dataset, "other", dataset.recipe.with_split(SplitPlan(seed=1, distance=-1)))
row("another split, as a new dataset", start)
start = time.perf_counter()
assert len(other.leaks()) == 0
row("look for leaks", start)
start = time.perf_counter()
overview.run(dataset, overview.Config())
row("means and histogram of all", start)
"""
_NUMPY = """
start = time.perf_counter()
with np.load(sys.argv[1]) as arrays:
    images, labels = arrays["images"], arrays["labels"]
row("NumPy: load", start)
start = time.perf_counter()
images[:100].copy()
row("NumPy: a page of 100 images", start)
"""


def main() -> None:
    """Make the images and measure each way in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", default=1_000_000, type=int)
    count = parser.parse_args().count
    print(f"{count} images of 28 x 28{'ms':>20}{'peak MB':>10}")
    with tempfile.TemporaryDirectory() as place:
        os.environ["AELAB_ARTIFACTS"] = str(Path(place) / "artifacts")
        path = Path(place) / "million.npz"
        _write(path, count)
        for code in (_IMPORT, _SERVE, _NUMPY):
            subprocess.run([sys.executable, "-c", _COMMON + code, path], check=True)


def _write(path: Path, count: int) -> None:
    few = np.random.default_rng(0).integers(0, 256, (4096, 28, 28), dtype=np.uint8)
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open("images.npy", "w", force_zip64=True) as file:
            header = {"descr": "|u1", "fortran_order": False, "shape": (count, 28, 28)}
            np.lib.format.write_array_header_1_0(file, header)
            for start in range(0, count, len(few)):
                some = few[: count - start]
                some[:, 0, :4] = np.arange(start, start + len(some), dtype="<u4").view(np.uint8).reshape(-1, 4)
                file.write(some.tobytes())
        with archive.open("labels.npy", "w", force_zip64=True) as file:
            np.save(file, (np.arange(count) % 10).astype(np.uint8))


if __name__ == "__main__":
    main()
