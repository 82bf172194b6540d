"""Files with bytes changed at random, always the same ones: what comes out is right, or a sentence."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from picture_files import exif, noise, saved
from PIL import Image

from aelab.errors import LabError
from aelab.intake import csv_pixels, idx, npz
from aelab.intake.classes import arrange
from aelab.intake.listing import opened, recognises
from aelab.intake.pictures import read_picture

ROUNDS = 60


def damaged(data: bytes, rounds: int = ROUNDS) -> Iterator[bytes]:
    """Yield variants of a file: some bytes changed, a piece cut out or doubled, an end cut off."""
    rng = np.random.default_rng(0)
    for number in range(rounds):
        changed = bytearray(data)
        reach = len(data) if number % 2 else min(len(data), 200)  # half of them in the header
        for place in rng.integers(0, reach, rng.integers(1, 12)):
            changed[place] = rng.choice([0, 0xFF, 0x7F, 0x80, int(rng.integers(256)), changed[place] ^ 1])
        start, end = np.sort(rng.integers(0, len(data), 2))
        if number % 5 == 0:
            del changed[start:end]
        elif number % 5 == 1:
            changed[start:start] = changed[start:end]
        elif number % 5 == 2:
            del changed[start:]
        yield bytes(changed)


def pictures() -> dict[str, bytes]:
    image = Image.fromarray(noise(24, 31))
    clear = Image.fromarray(noise(24, 31, 4))
    frames = {"save_all": True, "append_images": [Image.fromarray(noise(24, 31, seed=2))]}
    return {
        "jpeg": saved(image, "JPEG", exif=exif(6)),
        "progressive": saved(image, "JPEG", progressive=True),
        "cmyk": saved(image.convert("CMYK"), "JPEG"),
        "png": saved(image, "PNG"),
        "palette": saved(image.convert("P"), "PNG", transparency=3, exif=exif(3)),
        "apng": saved(clear, "PNG", save_all=True, append_images=[clear.rotate(90)]),
        "deep": saved(Image.fromarray(noise(24, 31, 1).astype(np.uint16) * 200), "PNG"),
        "gif": saved(image, "GIF", **frames),
        "bmp": saved(image, "BMP"),
        "webp": saved(clear, "WEBP", exif=exif(8), **frames),
        "lossless": saved(clear, "WEBP", lossless=True),
    }


@pytest.mark.parametrize("name", sorted(pictures()))
def test_pictures(name: str) -> None:
    for data in damaged(pictures()[name]):
        try:
            found = read_picture(name, data)
        except LabError:
            continue
        assert found.pixels.ndim == 3
        assert found.pixels.dtype == np.uint8


def archives() -> dict[str, bytes]:
    members = [(f"{kind}/{number}.png", saved(Image.fromarray(noise(9, 9)), "PNG")) for kind in "ab" for number in "12"]
    packed, tar = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name + "ä" * 60)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return {"zip": packed.getvalue(), "tar": tar.getvalue(), "tar.gz": gzip.compress(tar.getvalue())}


@pytest.mark.parametrize("name", sorted(archives()))
def test_archives(name: str, tmp_path: Path, artifacts: Path) -> None:
    path = tmp_path / f"pictures.{name}"
    for data in damaged(archives()[name]):
        path.write_bytes(data)
        recognises(path)
        try:
            with opened(path) as listing:
                for entry, _ in arrange(listing, name).pictures:
                    read_picture(entry.name, entry.read())
        except LabError:
            continue
    assert {found.name for found in tmp_path.iterdir()} <= {path.name, artifacts.name}
    assert not artifacts.exists() or list(artifacts.iterdir()) == []


def arrays() -> dict[str, tuple[bytes, Callable]]:
    file = io.BytesIO()
    np.savez_compressed(file, images=noise(5 * 16, 16, 1).reshape(5, 16, 16), labels=np.arange(5))
    images = b"\0\0\10\3\0\0\0\5\0\0\0\20\0\0\0\20" + noise(5 * 16, 16, 1).tobytes()
    lines = "\n".join(",".join(map(str, row)) for row in noise(5, 257, 1)).encode()
    return {
        "x.npz": (file.getvalue(), npz.read),
        "train-images-idx3-ubyte": (images, idx.read),
        "train-images-idx3-ubyte.gz": (gzip.compress(images), idx.read),
        "x.csv": (lines, csv_pixels.read),
        "x.csv.gz": (gzip.compress(lines), csv_pixels.read),
    }


@pytest.mark.parametrize("name", sorted(arrays()))
def test_arrays(name: str, tmp_path: Path) -> None:
    whole, read = arrays()[name]
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(b"\0\0\10\1\0\0\0\5\0\1\2\3\4")
    path = tmp_path / name
    for data in damaged(whole):
        path.write_bytes(data)
        for recognised in (npz.is_npz, idx.is_idx, csv_pixels.is_csv):
            recognised(path)
        try:
            content = read(path)
        except LabError:
            continue
        assert len(content.images) == len(content.labels)
        assert content.labels.min() >= 0
