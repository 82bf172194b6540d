"""Picture files and archives that are made on the spot."""

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from picture_files import saved
from PIL import Image

Member = tuple[str, bytes]


def painted(seed: int = 0, form: str = "PNG", size: tuple[int, int] = (20, 16)) -> bytes:
    """Return a picture of chance, width x height."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return saved(Image.fromarray(pixels), form)


@pytest.fixture
def picture() -> Callable[..., bytes]:
    return painted


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a zip of (name or ZipInfo, bytes)."""

    def write(members: Iterable[tuple[str | zipfile.ZipInfo, bytes]], name: str = "pictures.zip") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members:
                archive.writestr(member, content, zipfile.ZIP_DEFLATED)
        return path

    return write


@pytest.fixture
def tarred(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a tar of (name or TarInfo, bytes); the mode as for `tarfile.open`."""

    def write(members: Iterable[tuple[str | tarfile.TarInfo, bytes]], mode: str = "w", name: str = "x.tar") -> Path:
        path = tmp_path / name
        with tarfile.open(path, mode) as archive:
            for member, content in members:
                info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
                if info.isreg():
                    info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        return path

    return write
