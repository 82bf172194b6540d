"""One stored dataset, as everything above the store reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets import split
from aelab.datasets.alike import same_pictures
from aelab.datasets.array_originals import ArrayOriginals
from aelab.datasets.originals import Originals, read_npy, read_npz
from aelab.datasets.packed_pictures import PackedPictures
from aelab.datasets.recipe import Recipe
from aelab.datasets.report import Report
from aelab.datasets.split import SPLIT_NAMES, SplitPlan
from aelab.errors import LabError

Part = Literal["train", "validation", "test"]

#: How images that come as arrays are split: as published, and only identical ones count as the same.
ARRAY_SPLIT: Final = SplitPlan(distance=-1)

_MOST_SENTENCES = 200  # about files left out, for a page; the report has all
_DAMAGE = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True)
class Dataset:
    """One stored dataset.

    Attributes
    ----------
    name : str
    folder : Path
    class_names : tuple of str
    shape : tuple of int
        (H, W, C) of every image.
    counts : mapping of str to int
        Images in all (`"all"`) and in each part of the split.
    provenance : mapping
    checksum : str
        Of images, labels and split: the key under which results about them are kept.
    """

    name: str
    folder: Path
    class_names: tuple[str, ...]
    shape: tuple[int, int, int]
    counts: Mapping[str, int]
    provenance: Mapping[str, Any]
    checksum: str

    @cached_property
    def images(self) -> npt.NDArray[np.uint8]:
        """uint8 (N, H, W, C), memory-mapped and read-only."""
        return read_npy(self.folder, "images.npy", map_memory=True)

    @cached_property
    def labels(self) -> npt.NDArray[np.int32]:
        """int32 (N,): index into `class_names`, -1 where unknown."""
        return read_npy(self.folder, "labels.npy")

    @cached_property
    def split(self) -> npt.NDArray[np.uint8]:
        """uint8 (N,): 0 train, 1 validation, 2 test."""
        return read_npy(self.folder, "split.npy")

    @cached_property
    def originals(self) -> Originals:
        """What came in, before anything was left out, resized or split."""
        if (self.folder / "pictures.npz").exists():
            return PackedPictures(self.folder)
        return ArrayOriginals(self.folder)

    @cached_property
    def kept(self) -> npt.NDArray[np.int64]:
        """int64 (N,): index into the originals of each image, ascending."""
        if (self.folder / "kept.npy").exists():
            return read_npy(self.folder, "kept.npy")
        return np.arange(self.counts["all"])

    @cached_property
    def digests(self) -> npt.NDArray[np.uint64]:
        """uint64 (N,): of the pixels of each image; equal means identical."""
        if (self.folder / "digests.npy").exists():
            return read_npy(self.folder, "digests.npy")
        return self.originals.digests  # the images are the originals

    @cached_property
    def recipe(self) -> Recipe:
        """What was made of the originals."""
        path = self.folder / "recipe.json"
        return Recipe.read(path) if path.exists() else Recipe(split=ARRAY_SPLIT)

    @cached_property
    def factors(self) -> dict[str, npt.NDArray[Any]]:
        """The known causes of each image, (N,) each; empty where they are not known."""
        if not (self.folder / "factors.npz").exists():
            return {}
        return {name: values[self.kept] for name, values in read_npz(self.folder, "factors.npz").items()}

    @cached_property
    def skipped(self) -> tuple[LabError, ...]:
        """What was wrong with each file that was left out on import; the first few hundred of them."""
        sentences = self.report().sentences()
        more = len(sentences) - _MOST_SENTENCES
        if more <= 0:
            return sentences
        return (*sentences[:_MOST_SENTENCES], LabError("{count} more files are left out.", count=more))

    def report(self) -> Report:
        """Return how the import went, file by file, complete."""
        try:
            path = self.folder / "report.json"
            if path.exists():
                return Report.from_json(storage.read_json(path))
            before = storage.read_json(self.folder / "dataset.json").get("skipped", ())  # stored before reports were
            left_out = tuple(LabError.from_json(each) for each in before)
            return Report(found=self.counts["all"] + len(left_out), kept=self.counts["all"], left_out=left_out)
        except (LabError, *_DAMAGE) as error:
            raise damaged(self.name, error) from None

    def leaks(self, distance: int | None = None) -> npt.NDArray[np.int64]:
        """Return pairs of images that are one picture and stand in different parts of the split.

        Parameters
        ----------
        distance : int, optional
            Bits in which the hashes of near-duplicates may differ; as the split was made, if it is not given.

        Returns
        -------
        ndarray, int64 (P, 2)
            i < j in each row. Empty, unless the source brought its own split.
        """
        if distance is None:
            distance = self.recipe.split.distance
        return split.leaks(self.split, same_pictures(self.originals, self.kept, self.digests, distance))

    def name_of(self, index: int) -> str:
        """Return what people call the image of this index: the name of its file, or "#12"."""
        return self.originals.name(int(self.kept[index]))

    def indices(self, part: Part | None = None) -> npt.NDArray[np.intp]:
        """Return the indices of the images of one part of the split, or of all, ascending."""
        if part is None:
            return np.arange(len(self.labels))
        return np.flatnonzero(self.split == SPLIT_NAMES.index(part))

    def chunks(
        self, indices: npt.NDArray[np.intp], size: int = 4096
    ) -> Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]]:
        """Yield images (n, H, W, C) and labels (n,) of the chosen indices, at most `size` at a time.

        The images are mapped anew for each piece: the memory that a pass over millions of them has touched
        is given back on the way, which it would not be through `images`.
        """
        for start in range(0, len(indices), size):
            chosen = indices[start : start + size]
            yield self.take(chosen), self.labels[chosen]

    def take(self, indices: npt.NDArray[np.intp] | list[int]) -> npt.NDArray[np.uint8]:
        """Return a copy of some images, uint8 (n, H, W, C); nothing else of the file stays in memory.

        `images` would keep what was read around each of them, up to two megabytes, as long as it lives.
        """
        chosen: npt.NDArray[np.uint8] = read_npy(self.folder, "images.npy", map_memory=True)[indices]
        return np.asarray(chosen)


def read(folder: Path) -> Dataset:
    """Read the description of a dataset; its arrays are read when they are asked for.

    Raises
    ------
    LabError
        If it is missing or damaged.
    """
    try:
        data = storage.read_json(folder / "dataset.json")
        height, width, channels = data["shape"]
        return Dataset(
            name=folder.name,
            folder=folder,
            class_names=tuple(data["classes"]),
            shape=(height, width, channels),
            counts=data["counts"],
            provenance=data["provenance"],
            checksum=data["checksum"],
        )
    except (LabError, *_DAMAGE) as error:
        raise damaged(folder.name, error) from None


def damaged(name: str, reason: Exception) -> LabError:
    """Return what is said of a dataset whose description is not as it was."""
    return LabError("Dataset {name} is damaged ({reason}). Delete it and import it again.", name=name, reason=reason)
