"""What came in, before anything was left out, resized or split: every decision about a dataset can be taken anew.

Pictures of many sizes are packed into one file of blobs (`packed_pictures`); images that came as an array
stay one (`array_originals`).  A dataset that is derived from another links these files: they never change.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError

Pixels = npt.NDArray[np.uint8]
Digests = npt.NDArray[np.uint64]

_AT_ONCE = 4096


@dataclass(frozen=True)
class Credit:
    """Where a collected picture is from and what its author allows; empty where that is not known."""

    address: str = ""
    licence: str = ""
    author: str = ""


NO_CREDIT: Final = Credit()


class Originals(Protocol):
    """Everything that came in, N0 pictures."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes that the source has."""

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """int32 (N0,): index into `class_names` as it came, -1 where unknown."""

    @property
    def given(self) -> npt.NDArray[np.uint8] | None:
        """uint8 (N0,): the split that the source brought, `split.FREE` where it leaves the choice; None without."""

    @property
    def digests(self) -> Digests:
        """uint64 (N0,): BLAKE2b of the file's bytes, or of the pixels of an array's images; equal means identical."""

    @property
    def sizes(self) -> npt.NDArray[np.int32]:
        """int32 (N0, 2): height and width of the upright file."""

    def name(self, index: int) -> str:
        """Return what people call a picture: the name of its file, or "#12"."""

    def hashes(self) -> npt.NDArray[np.uint64]:
        """Return the perceptual hashes, uint64 (N0,), of `similar.phash`."""

    def pixels(self, index: int) -> Pixels:
        """Return a picture, uint8 (h, w, c), c being 1, 3 or 4; at most 512 pixels on the shorter side."""

    def history(self, index: int) -> tuple[LabError, ...]:
        """Return what was done to a picture on the way in, a sentence each."""

    def credit(self, index: int) -> Credit:
        """Return where a picture is from."""

    def link_to(self, folder: Path) -> None:
        """Put the same originals into another dataset's folder."""


def digest_of(data: bytes) -> int:
    """Return the first eight bytes of BLAKE2b as a number."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def digests_of(images: Pixels) -> Digests:
    """Return the digest of the pixels of each image (N, H, W, C), uint64 (N,)."""
    found = bytearray()
    for chunk in chunks(images):
        for image in np.ascontiguousarray(chunk):
            found += hashlib.blake2b(image.data, digest_size=8).digest()
    return np.frombuffer(found, "<u8").astype(np.uint64)


def chunks(array: npt.NDArray[Any], size: int = _AT_ONCE) -> Iterator[npt.NDArray[Any]]:
    """Yield an array `size` rows at a time."""
    return (array[start : start + size] for start in range(0, len(array), size))


def mapped_chunks(folder: Path, name: str, size: int = _AT_ONCE) -> Iterator[npt.NDArray[Any]]:
    """Yield the rows of an array of a dataset's folder, `size` at a time.

    Each piece is mapped anew, so that a pass over a million images takes the memory of one piece.
    """
    count = len(read_npy(folder, name, map_memory=True))
    return (read_npy(folder, name, map_memory=True)[start : start + size] for start in range(0, count, size))


def link(old: Path, new: Path) -> None:
    """Give a file that never changes a second place; a copy where the file system has no hard links."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


def read_npy(folder: Path, name: str, *, map_memory: bool = False) -> npt.NDArray[Any]:
    """Read an array of a dataset's folder; a `LabError` names the dataset and the file if it is damaged."""
    try:
        array: npt.NDArray[Any] = np.load(folder / name, mmap_mode="r" if map_memory else None, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise damaged(folder, name, error) from None
    return array


def read_npz(folder: Path, name: str) -> dict[str, npt.NDArray[Any]]:
    """Read the arrays of one file of a dataset's folder; a `LabError` names both if it is damaged."""
    try:
        with open(folder / name, "rb") as file, np.load(file, allow_pickle=False) as stored:
            return dict(stored)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise damaged(folder, name, error) from None


def damaged(folder: Path, file: str, reason: Exception) -> LabError:
    """Return what is said of a file that should be in a dataset's folder and is not as it was."""
    return LabError(
        "Dataset {name} is damaged: {file} cannot be read ({reason}). Delete it and import it again.",
        name=folder.name,
        file=file,
        reason=reason,
    )
