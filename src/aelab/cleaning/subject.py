"""What the checks look at: a dataset, reduced to what can be wrong with its pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self, TypeVar, overload

import numpy as np
import numpy.typing as npt

from aelab.datasets.dataset import Dataset
from aelab.datasets.originals import digests_of
from aelab.datasets.similar import phash
from aelab.errors import LabError

T = TypeVar("T")
UInt8 = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Subject:
    """The pictures of a dataset with what is known of the files they came from.

    Attributes
    ----------
    images : ndarray, uint8 (N, H, W, C)
        May be memory-mapped, and millions.
    labels : ndarray, int32 (N,)
        Index into `class_names`, -1 where unknown.
    class_names : tuple of str
    sizes : ndarray, int32 (N, 2)
        Height and width of each file.
    digests : ndarray, uint64 (N,)
        Equal where files are byte-identical.
    names : sequence of str
        What people call each picture.
    find_hashes : callable
        Returns the perceptual hashes; called once, when a check asks for `hashes`.
    unreadable : tuple of LabError
        What is said of the files that did not become pictures.
    """

    images: UInt8
    labels: npt.NDArray[np.int32]
    class_names: tuple[str, ...]
    sizes: npt.NDArray[np.int32]
    digests: Hashes
    names: Sequence[str]
    find_hashes: Callable[[], Hashes]
    unreadable: tuple[LabError, ...] = ()
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Return what there is to check in a stored dataset: its images, and the originals they were made from."""
        originals, kept = dataset.originals, dataset.kept
        return cls(
            images=dataset.images,
            labels=dataset.labels,
            class_names=dataset.class_names,
            sizes=originals.sizes[kept],
            digests=originals.digests[kept],
            names=Names(originals.name, kept),
            find_hashes=lambda: originals.hashes()[kept],
            unreadable=dataset.report().sentences(),
        )

    @classmethod
    def of_images(cls, images: UInt8, labels: npt.NDArray[Any] | None = None, class_names: Iterable[str] = ()) -> Self:
        """Return what there is to check in an array of images (N, H, W, C) that never were files."""
        numbers = np.arange(len(images))
        return cls(
            images=images,
            labels=np.full(len(images), -1, np.int32) if labels is None else np.asarray(labels, np.int32),
            class_names=tuple(class_names),
            sizes=np.broadcast_to(np.array(images.shape[1:3], np.int32), (len(images), 2)),
            digests=digests_of(images),
            names=Names("#{}".format, numbers),
            find_hashes=lambda: phash(images),
        )

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def hashes(self) -> Hashes:
        """uint64 (N,): perceptual hashes, as of `datasets.similar.phash`."""
        return self.find_hashes()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns, made only for the first check that asks under this key."""
        if key not in self._known:
            self._known[key] = make()
        found: T = self._known[key]
        return found

    def by_name(self, members: Iterable[int]) -> list[int]:
        """Return members sorted by name as people sort, image_2 before image_10; equal names by index."""
        return sorted(map(int, members), key=lambda index: (_natural(self.names[index]), index))

    def class_of(self, index: int) -> str:
        """Return the name of a picture's class, empty where it is unknown."""
        label = int(self.labels[index])
        return self.class_names[label] if 0 <= label < len(self.class_names) else ""


class Names(Sequence[str]):
    """The names of many pictures, made when one is asked for.

    Parameters
    ----------
    name : callable
        ``name(number) -> str``.
    numbers : ndarray, int (N,)
    """

    def __init__(self, name: Callable[[int], str], numbers: npt.NDArray[np.integer]) -> None:
        self._name, self._numbers = name, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return Names(self._name, self._numbers[index])
        return self._name(int(self._numbers[index]))


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Split a name into texts and numbers that compare as such, with the name itself last to decide ties."""
    parts = re.split(r"([0-9]{1,18})", name)
    split = [(0, int(part), "") if place % 2 else (1, 0, part) for place, part in enumerate(parts) if part]
    return [*split, (2, 0, name)]
