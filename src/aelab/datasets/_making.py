"""Make a dataset of its originals and its recipe, in a folder that holds the originals already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets import array_originals
from aelab.datasets._threads import some_in_order
from aelab.datasets.alike import same_pictures
from aelab.datasets.array_originals import ArrayOriginals
from aelab.datasets.originals import Digests, Originals, Pixels, digests_of
from aelab.datasets.prepare import Prepare, prepared
from aelab.datasets.recipe import Chosen, Recipe
from aelab.datasets.similar import group_ids
from aelab.datasets.spec import Progress
from aelab.datasets.split import SPLIT_NAMES, SplitPlan, make_split
from aelab.errors import LabError
from aelab.intake.limits import check_room

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class _Some:
    """A few images as they are written, uint8 (n, H, W, C), and their digests."""

    images: Pixels
    digests: Digests


def fill(
    folder: Path,
    originals: Originals,
    recipe: Recipe,
    provenance: Mapping[str, Any],
    spend: Callable[[int], None],
    progress: Progress,
    small: Pixels | None = None,
) -> None:
    """Write images, labels, split and description of the dataset whose originals are in `folder`.

    Parameters
    ----------
    folder : Path
    originals : Originals
    recipe : Recipe
    provenance : mapping
        Plain JSON data.
    spend : callable
        Told how many bytes are about to be written.
    progress : callable
    small : ndarray, uint8 (N0, 32, 32), optional
        Thumbnails of the originals, where they are known.

    Raises
    ------
    LabError
        If the recipe does not fit the originals, or there are too few or too many images.
    """
    chosen = recipe.choose(originals)
    shape = _shape(originals, recipe.prepare)
    check_room(len(chosen.kept), *shape)
    if isinstance(originals, ArrayOriginals) and _is_unchanged(originals, chosen, recipe.prepare):
        digests, checksum = originals.digests, _checksum_of(originals, shape)
        (folder / array_originals.IMAGES).rename(folder / "images.npy")
    else:
        spend(len(chosen.kept) * int(np.prod(shape)))
        digests, checksum = _write_images(folder, originals, chosen.kept, recipe.prepare, shape, progress)
        np.save(folder / "digests.npy", digests)
    split = _split(originals, chosen, digests, recipe.split, small)
    _check_parts(split)
    for array in (chosen.labels, split):
        _update(checksum, array)
    np.save(folder / "labels.npy", chosen.labels)
    np.save(folder / "split.npy", split)
    if len(chosen.kept) < len(originals.labels):
        np.save(folder / "kept.npy", chosen.kept)
    storage.write_json(folder / "recipe.json", recipe.to_json())
    storage.write_json(
        folder / "dataset.json",
        {
            "format": 2,
            "classes": list(chosen.class_names),
            "shape": list(shape),
            "counts": {"all": len(split)}
            | {part: int(np.count_nonzero(split == code)) for code, part in enumerate(SPLIT_NAMES)},
            "provenance": dict(provenance),
            "checksum": checksum.hexdigest(),
        },
    )
    progress(1.0)


def _shape(originals: Originals, prepare: Prepare | None) -> Shape:
    if prepare is not None:
        return prepare.shape
    if isinstance(originals, ArrayOriginals):
        height, width, channels = originals.images.shape[1:]
        return height, width, channels
    raise LabError(
        "The recipe does not say how to prepare the pictures, which are of many sizes; add prepare with height and "
        "width."
    )


def _is_unchanged(originals: ArrayOriginals, chosen: Chosen, prepare: Prepare | None) -> bool:
    """Return whether the images are the originals, which then need no second file."""
    same = prepare is None or prepare.shape == originals.images.shape[1:]
    return same and len(chosen.kept) == len(originals.labels)


def _write_images(
    folder: Path,
    originals: Originals,
    kept: npt.NDArray[np.int64],
    prepare: Prepare | None,
    shape: Shape,
    progress: Progress,
) -> tuple[Digests, Any]:
    """Write images.npy, a few images at a time; return the digest of each image, and a running hash of all.

    It is no mapped file: on a full disk writing fails with an error, where a mapped file ends the process.
    """
    checksum, digests = _started(len(kept), shape), []
    prepared_of, done = partial(_prepared, originals, prepare, shape), 0
    with open(folder / "images.npy", "wb") as file, closing(some_in_order(prepared_of, kept.tolist())) as batches:
        header = {"descr": "|u1", "fortran_order": False, "shape": (len(kept), *shape)}
        np.lib.format.write_array_header_1_0(file, header)
        for some in batches:
            file.write(some.images.data)
            checksum.update(some.images.data)
            digests.append(some.digests)
            done += len(some.digests)
            progress(done / len(kept))
    return np.concatenate(digests), checksum


def _prepared(originals: Originals, prepare: Prepare | None, shape: Shape, indices: list[int]) -> list[_Some]:
    """Return a few images, together."""
    images = np.empty((len(indices), *shape), np.uint8)
    for image, index in zip(images, indices, strict=True):
        pixels = originals.pixels(index)
        image[...] = prepared(pixels, prepare) if prepare is not None else pixels
    return [_Some(images, digests_of(images))]


def _split(
    originals: Originals, chosen: Chosen, digests: Digests, plan: SplitPlan, small: Pixels | None
) -> npt.NDArray[np.uint8]:
    pairs = same_pictures(originals, chosen.kept, digests, plan.distance, small)
    given = originals.given[chosen.kept] if originals.given is not None else None
    return make_split(chosen.labels, group_ids(len(chosen.kept), pairs), plan, given)


def _check_parts(split: npt.NDArray[np.uint8]) -> None:
    for code, part in enumerate(SPLIT_NAMES):
        if not np.any(split == code):
            raise LabError(
                "{count} different images are too few: the {part} part of the split would be empty. "
                "Bring at least 3 different images in a class.",
                count=len(split),
                part=part,
            )


def _checksum_of(originals: ArrayOriginals, shape: Shape) -> Any:
    checksum = _started(len(originals.labels), shape)
    for chunk in originals.image_chunks():
        checksum.update(chunk.data)
    return checksum


def _started(count: int, shape: tuple[int, ...]) -> Any:
    checksum = hashlib.blake2b(digest_size=16)
    checksum.update(str(((count, *shape), np.dtype(np.uint8).str)).encode())
    return checksum


def _update(checksum: Any, array: npt.NDArray[Any]) -> None:
    checksum.update(str((array.shape, array.dtype.str)).encode())
    checksum.update(np.ascontiguousarray(array).data)
