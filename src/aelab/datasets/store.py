"""The datasets that are kept in `artifacts/datasets/`, and the only reader and writer of their folders.

A dataset is `images.npy` (uint8, memory-mapped), `labels.npy` (int32), `split.npy` (uint8),
`factors.npz` where the causes of the images are known, and `dataset.json`.  It never changes once
stored: another size or another split is another dataset.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import filelock
import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets import sources
from aelab.datasets.spec import ImageSet, Progress, no_progress
from aelab.datasets.split import SPLIT_NAMES, make_split
from aelab.errors import LabError
from aelab.fields import Config

Part = Literal["train", "validation", "test"]

_SPLIT_SEED = 0


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
    skipped : tuple of LabError
        What was wrong with each file that was left out on import.
    checksum : str
        Of images, labels and split: the key under which results about them are kept.
    """

    name: str
    folder: Path
    class_names: tuple[str, ...]
    shape: tuple[int, int, int]
    counts: Mapping[str, int]
    provenance: Mapping[str, Any]
    skipped: tuple[LabError, ...]
    checksum: str

    @cached_property
    def images(self) -> npt.NDArray[np.uint8]:
        """uint8 (N, H, W, C), memory-mapped and read-only."""
        return self._array("images.npy", map_memory=True)

    @cached_property
    def labels(self) -> npt.NDArray[np.int32]:
        """int32 (N,): index into `class_names`, -1 where unknown."""
        return self._array("labels.npy")

    @cached_property
    def split(self) -> npt.NDArray[np.uint8]:
        """uint8 (N,): 0 train, 1 validation, 2 test."""
        return self._array("split.npy")

    @cached_property
    def factors(self) -> dict[str, npt.NDArray[Any]]:
        """The known causes of each image, (N,) each; empty where they are not known."""
        path = self.folder / "factors.npz"
        if not path.exists():
            return {}
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def indices(self, part: Part | None = None) -> npt.NDArray[np.intp]:
        """Return the indices of the images of one part of the split, or of all, ascending."""
        if part is None:
            return np.arange(len(self.labels))
        return np.flatnonzero(self.split == SPLIT_NAMES.index(part))

    def chunks(
        self, indices: npt.NDArray[np.intp], size: int = 4096
    ) -> Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]]:
        """Yield images (n, H, W, C) and labels (n,) of the chosen indices, at most `size` at a time.

        The images are mapped anew: the memory that a pass over millions of them has touched is given
        back when it ends, which it would not be through `images`.
        """
        images = self._array("images.npy", map_memory=True)
        for start in range(0, len(indices), size):
            chosen = indices[start : start + size]
            yield images[chosen], self.labels[chosen]

    def _array(self, name: str, *, map_memory: bool = False) -> npt.NDArray[Any]:
        try:
            array = np.load(self.folder / name, mmap_mode="r" if map_memory else None, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise LabError(
                "Dataset {name} is damaged: {file} cannot be read ({reason}). Delete it and import it again.",
                name=self.name,
                file=name,
                reason=error,
            ) from None
        return np.asarray(array) if not map_memory else array


def root() -> Path:
    """Return the folder in which datasets are kept."""
    return storage.artifacts() / "datasets"


def stored_names() -> list[str]:
    """Return the names of the datasets that are stored, sorted."""
    return [path.name for path in storage.folders(root())]


def names() -> list[str]:
    """Return every name that `open_dataset` takes without an import: the built-in ones first."""
    ready = [spec.name for spec in sources if spec.ready]
    return ready + [name for name in stored_names() if name not in ready]


def open_dataset(name: str, progress: Progress = no_progress) -> Dataset:
    """Open a dataset; a built-in one is made first if this is the first time.

    Raises
    ------
    LabError
        If there is none of that name, it cannot be made, or its folder is damaged.
    """
    storage.checked_id(name)
    folder = root() / name
    if not folder.exists():
        if name not in sources or not sources[name].ready:
            raise LabError(
                "There is no dataset called {name}; choose one of {choices}, or import one.",
                name=repr(name),
                choices=", ".join(names()),
            )
        _make(name, progress)
    return _read(folder)


def _make(name: str, progress: Progress) -> None:
    root().mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(root() / f".{name}.lock"):  # two who ask at once: the second finds it made
        if not (root() / name).exists():
            spec = sources[name]
            _write(name, spec.load(spec.config(), progress))


def import_dataset(name: str, source: str, config: Config, progress: Progress = no_progress) -> Dataset:
    """Load images from a source and store them under a new name: all of it, or nothing.

    Raises
    ------
    LabError
        If the name is taken or cannot be used, or the source refuses what it was given.
    """
    if (root() / storage.checked_id(name)).exists():
        raise LabError("There is already a dataset called {name}; choose another name or delete it.", name=repr(name))
    try:
        return _write(name, sources[source].load(config, progress))
    except FileExistsError:
        raise LabError(
            "A dataset called {name} was imported meanwhile; choose another name.", name=repr(name)
        ) from None


def delete(name: str) -> None:
    """Delete a stored dataset."""
    folder = root() / storage.checked_id(name)
    if not folder.is_dir():
        raise LabError("There is no stored dataset called {name}.", name=repr(name))
    storage.removed_folder(folder)


def _write(name: str, content: ImageSet) -> Dataset:
    labels = np.asarray(content.labels, np.int32)
    split = make_split(content.images, labels, _SPLIT_SEED, content.test)
    _check_parts(split)
    with storage.written_folder(root() / name) as folder:
        np.save(folder / "images.npy", np.ascontiguousarray(content.images, np.uint8))
        np.save(folder / "labels.npy", labels)
        np.save(folder / "split.npy", split)
        if content.factors:
            np.savez(folder / "factors.npz", allow_pickle=False, **dict(content.factors))
        storage.write_json(
            folder / "dataset.json",
            {
                "format": 1,
                "classes": list(content.class_names),
                "shape": list(content.images.shape[1:]),
                "counts": {"all": len(split)}
                | {part: int(np.count_nonzero(split == code)) for code, part in enumerate(SPLIT_NAMES)},
                "split": {"seed": _SPLIT_SEED, "given_test": content.test is not None},
                "provenance": dict(content.provenance),
                "skipped": [error.to_json() for error in content.skipped],
                "checksum": _checksum(content.images, labels, split),
            },
        )
    return _read(root() / name)


def _check_parts(split: npt.NDArray[np.uint8]) -> None:
    for code, part in enumerate(SPLIT_NAMES):
        if not np.any(split == code):
            raise LabError(
                "{count} different images are too few: the {part} part of the split would be empty. "
                "Bring at least 3 different images in a class.",
                count=len(split),
                part=part,
            )


def _checksum(*arrays: npt.NDArray[Any]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(str((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _read(folder: Path) -> Dataset:
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
            skipped=tuple(LabError.from_json(each) for each in data["skipped"]),
            checksum=data["checksum"],
        )
    except (LabError, KeyError, TypeError, ValueError) as error:
        raise LabError(
            "Dataset {name} is damaged ({reason}). Delete it and import it again.", name=folder.name, reason=error
        ) from None
