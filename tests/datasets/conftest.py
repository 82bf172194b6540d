"""Small pictures and arrays that are made on the spot."""

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Paint = Callable[..., bytes]


def painted(seed: int = 0, size: tuple[int, int] = (20, 16), form: str = "PNG", mode: str = "RGB") -> bytes:
    """Return the bytes of a picture of chance, width x height."""
    channels = {"L": (), "RGB": (3,), "RGBA": (4,)}[mode]
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], *channels), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form)
    return file.getvalue()


@pytest.fixture
def picture() -> Paint:
    return painted


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    """Return a folder with four pictures of apples and four of bananas."""
    root = tmp_path / "fruit"
    for shift, name in enumerate(("apples", "bananas")):
        (root / name).mkdir(parents=True)
        for index in range(4):
            (root / name / f"{index}.png").write_bytes(painted(4 * shift + index))
    return root


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a zip of (name, bytes)."""

    def write(members: Iterable[tuple[str, bytes]], name: str = "pictures.zip") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members:
                archive.writestr(member, content)
        return path

    return write


@pytest.fixture
def digits_like() -> dict[str, np.ndarray]:
    """Return arrays as in Keras' mnist.npz, but few: 40 training and 10 test images, labels 0 to 9."""
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (40, 28, 28), dtype=np.uint8),
        "y_train": np.arange(40, dtype=np.uint8) % 10,
        "x_test": rng.integers(0, 256, (10, 28, 28), dtype=np.uint8),
        "y_test": np.arange(10, dtype=np.uint8),
    }


def idx(array: np.ndarray) -> bytes:
    """Return the bytes of an IDX file of unsigned bytes."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(side.to_bytes(4, "big") for side in array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def idx_folder(tmp_path: Path, digits_like: dict[str, np.ndarray]) -> Path:
    """Return a folder with the four IDX files, not compressed."""
    folder = tmp_path / "idx"
    folder.mkdir()
    for name, key in (("train", "train"), ("t10k", "test")):
        (folder / f"{name}-images-idx3-ubyte").write_bytes(idx(digits_like[f"x_{key}"]))
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(idx(digits_like[f"y_{key}"]))
    return folder


@pytest.fixture
def steps() -> list[float]:
    """Return a list to give `.append` of as the progress."""
    return []
