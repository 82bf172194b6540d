"""Images that came as one array: MNIST and its kin, drawn shapes, the arrays of a student."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets.originals import (
    NO_CREDIT,
    Credit,
    Digests,
    Pixels,
    chunks,
    digests_of,
    link,
    mapped_chunks,
    read_npy,
    read_npz,
)
from aelab.datasets.similar import phash
from aelab.datasets.spec import ImageSet
from aelab.datasets.split import FREE, TEST
from aelab.errors import LabError

#: The images, where the dataset's own `images.npy` are others.
IMAGES: Final = "originals.npy"
_NUMBERS, _TEXTS, _HASHES = "originals.npz", "originals.json", "hashes.npy"
_FROM_BEFORE = "dataset.json"  # of a dataset that was stored before there were originals


class ArrayOriginals:
    """The array in a dataset's folder; an `Originals`.

    It is the dataset's own `images.npy` unless its recipe changed or dropped images, then `originals.npy`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def images(self) -> Pixels:
        """uint8 (N0, H, W, C), memory-mapped and read-only."""
        return read_npy(self._folder, self._images_file.name, map_memory=True)

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The classes that the source has."""
        path = self._folder / _TEXTS
        return tuple(storage.read_json(path if path.exists() else self._folder / _FROM_BEFORE)["classes"])

    @cached_property
    def labels(self) -> npt.NDArray[np.int32]:
        """int32 (N0,): index into `class_names` as it came, -1 where unknown."""
        return self._numbers["labels"] if self._numbers else read_npy(self._folder, "labels.npy")

    @cached_property
    def given(self) -> npt.NDArray[np.uint8] | None:
        """uint8 (N0,): the split that the source brought, or None."""
        if self._numbers:
            return self._numbers.get("given")
        if not storage.read_json(self._folder / _FROM_BEFORE)["split"]["given_test"]:
            return None
        split = read_npy(self._folder, "split.npy")
        return np.where(split == TEST, split, np.uint8(FREE))

    @cached_property
    def digests(self) -> Digests:
        """uint64 (N0,): of the pixels of each image."""
        if self._numbers:
            return self._numbers["digests"]
        return np.concatenate([digests_of(chunk) for chunk in self.image_chunks()])

    @cached_property
    def sizes(self) -> npt.NDArray[np.int32]:
        """int32 (N0, 2): height and width, the same for all."""
        return np.broadcast_to(np.array(self.images.shape[1:3], np.int32), (len(self.images), 2))

    def name(self, index: int) -> str:
        """Return the number of an image, since it has no other name."""
        return f"#{index}"

    def hashes(self) -> npt.NDArray[np.uint64]:
        """Return the perceptual hashes, uint64 (N0,); found when first asked for, and kept."""
        return self._hashes

    def pixels(self, index: int) -> Pixels:
        """Return an image, uint8 (H, W, C), read-only."""
        return np.asarray(self.images[index])

    def history(self, index: int) -> tuple[LabError, ...]:
        """Return nothing: arrays come as they are."""
        return ()

    def credit(self, index: int) -> Credit:
        """Return nothing that is known of one image."""
        return NO_CREDIT

    def image_chunks(self) -> Iterator[Pixels]:
        """Yield all images (n, H, W, C), some at a time, in the memory of these."""
        return mapped_chunks(self._folder, self._images_file.name)

    def link_to(self, folder: Path) -> None:
        """Put the same images into another dataset's folder."""
        link(self._images_file, folder / IMAGES)
        if self._numbers:
            link(self._folder / _NUMBERS, folder / _NUMBERS)
            link(self._folder / _TEXTS, folder / _TEXTS)
        else:
            _write_known(folder, self.class_names, self.labels, self.given, self.digests)
        if (self._folder / _HASHES).exists():
            link(self._folder / _HASHES, folder / _HASHES)

    @property
    def _images_file(self) -> Path:
        own = self._folder / IMAGES
        return own if own.exists() else self._folder / "images.npy"

    @cached_property
    def _numbers(self) -> dict[str, npt.NDArray[Any]]:
        return read_npz(self._folder, _NUMBERS) if (self._folder / _NUMBERS).exists() else {}

    @cached_property
    def _hashes(self) -> npt.NDArray[np.uint64]:
        if (self._folder / _HASHES).exists():
            return read_npy(self._folder, _HASHES)
        hashes = np.concatenate([phash(np.asarray(chunk)) for chunk in self.image_chunks()])
        with contextlib.suppress(LabError), storage.written(self._folder / _HASHES) as file:
            np.save(file, hashes)  # on a full disk they are found again the next time
        return hashes


def write(folder: Path, content: ImageSet, spend: Callable[[int], None]) -> ArrayOriginals:
    """Write images that came as an array into a dataset's folder, a chunk at a time.

    Parameters
    ----------
    folder : Path
    content : ImageSet
        Its images may be a mapped file: they are not copied in memory.
    spend : callable
        Told how many bytes are about to be written.
    """
    images = content.images
    spend(images.nbytes)
    digests = []
    with open(folder / IMAGES, "wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": images.shape}
        np.lib.format.write_array_header_1_0(file, header)
        for chunk in chunks(images):
            file.write(np.ascontiguousarray(chunk, np.uint8).data)
            digests.append(digests_of(chunk))
    given = np.where(content.test, np.uint8(TEST), np.uint8(FREE)) if content.test is not None else None
    labels = np.asarray(content.labels, np.int32)
    _write_known(folder, content.class_names, labels, given, np.concatenate(digests))
    return ArrayOriginals(folder)


def _write_known(
    folder: Path,
    class_names: tuple[str, ...],
    labels: npt.NDArray[np.int32],
    given: npt.NDArray[np.uint8] | None,
    digests: Digests,
) -> None:
    """Write what is known of images that came as an array, beside them."""
    numbers: dict[str, npt.NDArray[Any]] = {"labels": labels, "digests": digests}
    if given is not None:
        numbers["given"] = given
    np.savez(folder / _NUMBERS, allow_pickle=False, **numbers)
    storage.write_json(folder / _TEXTS, {"format": 1, "classes": list(class_names)})
