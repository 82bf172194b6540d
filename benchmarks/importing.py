"""The import of pictures, against Pillow loops over the same files in the same run.

    python benchmarks/importing.py FRUIT.zip MNIST.npz [--rounds 3]

801 JPEGs, which are the zip's pictures and re-encoded, resized and turned variants of them, become 128 x 128 RGB;
so do 60 JPEGs of the size of a phone's; ten thousand 28 x 28 PNGs, which are MNIST's, become 28 x 28 grey.

`plain loop` opens a file, converts, resizes (Lanczos) and writes the pixels into an array that it saves in the end.
`same work` is the plain loop that also does, picture by picture, what the import needs to know and to keep: a hash of
the file, the perceptual hash (Pillow, and SciPy's DCT), and the pixels at up to 512 of the shorter side.
`aelab import` does this and more: it checks each file, groups near-duplicates, splits, and writes a dataset that
survives a crash.  Best of the rounds, in turns.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import platform
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL
import scipy.fftpack
from PIL import Image
from timing import Spent, timed

from aelab.datasets import store
from aelab.datasets.importing import import_path

_JPEGS, _PHOTOS, _PNGS = 801, 60, 10_000
_PHOTO = (3000, 2000)
_KEPT = 512


def main() -> None:
    """Import each set in each way, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fruit", type=Path)
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--rounds", default=3, type=int)
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, Pillow {PIL.__version__}, {os.cpu_count()} cores")
    print(f"{'':<42}{'wall s':>8}{'CPU s':>8}{'images/s':>10}{'times as many':>15}")
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        os.environ["AELAB_ARTIFACTS"] = str(root / "artifacts")
        _write_jpegs(arguments.fruit, root / "jpegs", _JPEGS)
        _write_jpegs(arguments.fruit, root / "photos", _PHOTOS, _PHOTO)
        _write_pngs(arguments.mnist, root / "pngs")
        _compare(f"{_JPEGS} JPEGs to 128x128x3", root / "jpegs", 128, "rgb", arguments.rounds)
        _compare(f"{_PHOTOS} photos to 128x128x3", root / "photos", 128, "rgb", arguments.rounds)
        _compare(f"{_PNGS} PNGs of 28x28x1", root / "pngs", 28, "gray", arguments.rounds)


def _compare(title: str, folder: Path, size: int, color: str, rounds: int) -> None:
    files = sorted(folder.rglob("*.*"))
    ways: dict[str, Callable[[], object]] = {
        "plain loop": lambda: _loop(files, folder.parent, size, color, more=False),
        "same work": lambda: _loop(files, folder.parent, size, color, more=True),
        "aelab import": lambda: import_path(folder, "benchmark", size=size, color=color),
    }
    spent: dict[str, list[Spent]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            spent[name].append(timed(work))
        store.delete("benchmark")
    best = {name: min(times, key=lambda each: each.wall) for name, times in spent.items()}
    for name, found in best.items():
        times = best["plain loop"].wall / found.wall
        row = f"{found.wall:>8.2f}{found.cpu:>8.2f}{len(files) / found.wall:>10.0f}{times:>15.2f}"
        print(f"{title + ', ' + name:<42}{row}", flush=True)


def _loop(files: list[Path], out: Path, size: int, color: str, *, more: bool) -> None:
    mode, channels = ("RGB", 3) if color == "rgb" else ("L", 1)
    images = np.empty((len(files), size, size, channels), np.uint8)
    known = []
    with open(out / "plain.bin", "wb") as kept:
        for index, file in enumerate(files):
            with Image.open(file) as image:
                pixels = image.convert(mode)
            resized = pixels.resize((size, size), Image.Resampling.LANCZOS)
            images[index] = np.asarray(resized).reshape(size, size, channels)
            if more:
                scale = min(1, _KEPT / min(pixels.size))
                kept.write(pixels.resize((round(pixels.width * scale), round(pixels.height * scale))).tobytes())
                known.append((hashlib.blake2b(file.read_bytes()).digest(), _hash(pixels)))
    np.save(out / "plain.npy", images)


def _hash(image: Image.Image) -> bytes:
    """Return the perceptual hash as ImageHash finds it."""
    small = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS))
    low = scipy.fftpack.dct(scipy.fftpack.dct(small, axis=0), axis=1)[:8, :8]
    return bytes(np.packbits(low > np.median(low)))


def _write_jpegs(fruit: Path, folder: Path, count: int, size: tuple[int, int] | None = None) -> None:
    """Write the pictures of the zip and variants of them until there are enough, at their sizes or at one."""
    with zipfile.ZipFile(fruit) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist() if name.endswith(".jpg")]
    for number in range(count):
        name, data = files[number * len(files) // count if size else number % len(files)]
        variant = number // len(files)
        path = folder / Path(name).parent.name / f"{number:04}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(io.BytesIO(data)) as image:
            if size:
                image.resize(size).save(path, quality=90)
            elif variant:
                turned = image.rotate(90 * variant, expand=True)
                turned.resize((turned.width + variant, turned.height + variant)).save(path, quality=80 + 4 * variant)
            else:
                path.write_bytes(data)


def _write_pngs(mnist: Path, folder: Path) -> None:
    with np.load(mnist) as arrays:
        images, labels = arrays["x_test"][:_PNGS], arrays["y_test"][:_PNGS]
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        path = folder / str(label) / f"{number:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)


if __name__ == "__main__":
    main()
