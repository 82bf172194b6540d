"""Equal and similar images: all of MNIST in bounded memory, and 800 photos against ImageHash in a loop.

    python benchmarks/duplicates.py MNIST.npz PHOTOS.zip

`MNIST.npz` is Keras' file; `PHOTOS.zip` holds at least 200 photos, of which the first 200 are taken, each
in four versions made in memory: half the size, brighter, cropped, recompressed.  Both sides must find the
same pairs, or the benchmark fails.
"""

from __future__ import annotations

import argparse
import io
import platform
import resource
import statistics
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance

from aelab.datasets.originals import digests_of
from aelab.datasets.similar import duplicate_pairs, group_ids, identical_groups, near_pairs, phash, thumbnails

DISTANCE = 6
PHOTOS = 200
ROUNDS = 5

Pixels = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Timed:
    """What a function returned, and the wall and CPU seconds (of all threads) it took."""

    result: Any
    wall: float
    cpu: float


def timed(function: Callable[..., Any], *arguments: Any) -> Timed:
    """Call a function once."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = function(*arguments)
    return Timed(result, time.perf_counter() - wall, time.process_time() - cpu)


def read_digits(path: Path) -> Pixels:
    """Return all 70,000 digits, (N, 28, 28, 1)."""
    with np.load(path) as stored:
        return np.concatenate([stored["x_train"], stored["x_test"]])[..., None]


def read_photos(path: Path) -> list[Image.Image]:
    """Return four versions of each photo."""
    versions: list[Image.Image] = []
    with zipfile.ZipFile(path) as archive:
        files = (name for name in archive.namelist() if name.lower().endswith((".jpg", ".jpeg", ".png")))
        for name in islice(files, PHOTOS):
            photo = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
            width, height = photo.size
            packed = io.BytesIO()
            photo.save(packed, "JPEG", quality=50)
            versions += [
                photo.resize((max(1, width // 2), max(1, height // 2)), Image.Resampling.LANCZOS),
                ImageEnhance.Brightness(photo).enhance(1.2),
                photo.crop((width // 50, height // 50, width - width // 50, height - height // 50)),
                Image.open(packed).convert("RGB"),
            ]
    return versions


def ours(images: Any) -> Pairs:
    """Find near pairs with AE Lab."""
    return near_pairs(phash(images), DISTANCE)


def by_imagehash(pictures: list[Image.Image]) -> Pairs:
    """Find near pairs with ImageHash, in a Python loop over all pairs."""
    hashes = [imagehash.phash(picture) for picture in pictures]
    count = range(len(hashes))
    pairs = [(i, j) for i in count for j in range(i + 1, len(hashes)) if hashes[i] - hashes[j] <= DISTANCE]
    return np.array(pairs, np.int64).reshape(-1, 2)


def by_comparing_all(images: Pixels) -> Pairs:
    """Find near pairs with ImageHash and NumPy, each hash against all: a Python loop would take hours."""
    hashes = np.array([int(str(imagehash.phash(Image.fromarray(image[..., 0]))), 16) for image in images], np.uint64)
    blocks = []
    for start in range(0, len(hashes), 256):
        bits = np.bitwise_count(hashes[start : start + 256, None] ^ hashes[None, start:])
        first, second = np.nonzero(bits <= DISTANCE)
        blocks.append(np.stack([first, second], axis=1)[first < second] + start)
    return np.concatenate(blocks)


def all_of_mnist(images: Pixels) -> dict[str, Timed]:
    """Find exact repeats, near pairs, and what a split must keep together, step by step."""
    steps = {"digests of all images": timed(digests_of, images)}
    digests = steps["digests of all images"].result
    steps["identical groups"] = timed(identical_groups, digests)
    steps["perceptual hashes"] = timed(phash, images)
    hashes = steps["perceptual hashes"].result
    steps[f"near pairs, {DISTANCE} bits"] = timed(near_pairs, hashes, DISTANCE)
    steps["duplicates, verified"] = timed(
        lambda: duplicate_pairs(hashes, DISTANCE, digests, lambda indices: thumbnails(images[indices]))
    )
    return steps


def print_mnist(images: Pixels) -> None:
    """Time MNIST once and print a line for each step."""
    before = megabytes()
    steps = all_of_mnist(images)
    peak = megabytes()
    largest = np.bincount(group_ids(len(images), steps[f"near pairs, {DISTANCE} bits"].result)).max()
    print(f"{len(images):,} images of MNIST\n{'':34}{'wall s':>10}{'CPU s':>10}{'found':>12}")
    for name, step in steps.items():
        print(f"{name:34}{step.wall:10.2f}{step.cpu:10.2f}{len(step.result):12,}")
    wall, cpu = (sum(getattr(step, key) for step in steps.values()) for key in ("wall", "cpu"))
    print(f"{'in all':34}{wall:10.2f}{cpu:10.2f}")
    print(f"peak memory {peak:,.0f} MB, of which {before:,.0f} before; by hash alone one group has {largest:,} images")
    mine, theirs = timed(ours, images), timed(by_comparing_all, images)
    compare(mine.result, theirs.result)
    print(f"{'hashes and near pairs':34}{mine.wall:10.2f}{mine.cpu:10.2f}{len(mine.result):12,}")
    print(f"{'ImageHash and NumPy, all with all':34}{theirs.wall:10.2f}{theirs.cpu:10.2f}{len(theirs.result):12,}")
    print(f"{'times faster':34}{theirs.wall / mine.wall:10.1f}{theirs.cpu / mine.cpu:10.1f}\n")


def print_photos(pictures: list[Image.Image]) -> None:
    """Time both ways in turns and print the medians."""
    arrays = [np.asarray(picture) for picture in pictures]
    rounds = [(timed(ours, arrays), timed(by_imagehash, pictures)) for _ in range(ROUNDS)]
    for mine, theirs in rounds:
        compare(mine.result, theirs.result)
    print(
        f"{len(pictures)} photos, median of {ROUNDS} rounds in turns\n{'':34}{'wall s':>10}{'CPU s':>10}{'found':>12}"
    )
    for place, label in enumerate(("aelab", "ImageHash, a loop over pairs")):
        wall, cpu = (statistics.median(getattr(each[place], key) for each in rounds) for key in ("wall", "cpu"))
        print(f"{label:34}{wall:10.3f}{cpu:10.3f}{len(rounds[0][place].result):12,}")
    wall, cpu = (
        statistics.median(getattr(theirs, key) / getattr(mine, key) for mine, theirs in rounds)
        for key in ("wall", "cpu")
    )
    print(f"{'times faster':34}{wall:10.1f}{cpu:10.1f}")


def compare(one: Pairs, other: Pairs) -> None:
    """Stop the benchmark if the two found different pairs."""
    if one.tolist() != sorted(other.tolist()):
        sys.exit("The two ways found different pairs: nothing was measured.")


def megabytes() -> float:
    """Return the most memory that this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


def main() -> None:
    """Measure MNIST, then the photos."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("photos", type=Path)
    paths = parser.parse_args()
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pillow", "imagehash"))
    print(f"Python {platform.python_version()}, {libraries}\n")
    print_mnist(read_digits(paths.mnist))
    print_photos(read_photos(paths.photos))


if __name__ == "__main__":
    main()
