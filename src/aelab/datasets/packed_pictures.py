"""Pictures of many sizes, packed into one file: a dataset of 100,000 is not 100,000 files."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets import _blobs
from aelab.datasets.originals import Credit, Digests, Pixels, damaged, link, read_npz
from aelab.errors import LabError

#: Their pixels one after the other; what is a number of each; and names, formats and notes.
BLOBS: Final = "pictures.bin"
NUMBERS: Final = "pictures.npz"
TEXTS: Final = "pictures.json"


class PackedPictures:
    """The packed pictures in a dataset's folder; an `Originals`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The classes that the source has."""
        return tuple(self._texts["classes"])

    @cached_property
    def labels(self) -> npt.NDArray[np.int32]:
        """int32 (N0,): index into `class_names` as it came, -1 where unknown."""
        return self._numbers["labels"]

    @cached_property
    def given(self) -> npt.NDArray[np.uint8] | None:
        """uint8 (N0,): the split that the source brought, or None."""
        return self._numbers.get("given")

    @cached_property
    def digests(self) -> Digests:
        """uint64 (N0,): of the bytes of each file."""
        return self._numbers["digests"]

    @cached_property
    def sizes(self) -> npt.NDArray[np.int32]:
        """int32 (N0, 2): height and width of the upright file."""
        return self._numbers["sizes"]

    def name(self, index: int) -> str:
        """Return the name that the file had."""
        return str(self._texts["names"][index])

    def format(self, index: int) -> str:
        """Return the format that the file had, such as "JPEG"."""
        return str(self._texts["formats"][self._numbers["formats"][index]])

    def hashes(self) -> npt.NDArray[np.uint64]:
        """Return the perceptual hashes, uint64 (N0,)."""
        return self._numbers["hashes"]

    def pixels(self, index: int) -> Pixels:
        """Return a picture, uint8 (h, w, c), read-only."""
        start, length = int(self._numbers["offsets"][index]), int(self._numbers["lengths"][index])
        height, width, channels = self._numbers["shapes"][index].tolist()
        try:
            blob = self._blobs[start : start + length].tobytes()
            return _blobs.decoded(int(self._numbers["kinds"][index]), blob, (height, width, channels))
        except (OSError, ValueError, SyntaxError) as error:
            raise damaged(self._folder, BLOBS, error) from None

    def history(self, index: int) -> tuple[LabError, ...]:
        """Return what was done to a picture on the way in."""
        return tuple(LabError.from_json(note) for note in self._texts["notes"].get(str(index), ()))

    def credit(self, index: int) -> Credit:
        """Return where a picture is from."""
        return Credit(**self._texts["credits"].get(str(index), {}))

    def link_to(self, folder: Path) -> None:
        """Put the same pictures into another dataset's folder."""
        for name in (BLOBS, NUMBERS, TEXTS):
            link(self._folder / name, folder / name)

    @cached_property
    def _blobs(self) -> npt.NDArray[np.uint8]:
        try:
            return np.memmap(self._folder / BLOBS, np.uint8, "r")
        except (OSError, ValueError) as error:
            raise damaged(self._folder, BLOBS, error) from None

    @cached_property
    def _numbers(self) -> dict[str, npt.NDArray[Any]]:
        return read_npz(self._folder, NUMBERS)

    @cached_property
    def _texts(self) -> dict[str, Any]:
        texts: dict[str, Any] = storage.read_json(self._folder / TEXTS)
        return texts
