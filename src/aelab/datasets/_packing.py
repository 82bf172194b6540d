"""Read picture files and pack them, re-encoded and without anything but their pixels, in one pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from aelab import storage
from aelab.datasets import _blobs
from aelab.datasets._threads import some_in_order
from aelab.datasets.originals import NO_CREDIT, Pixels, digest_of
from aelab.datasets.packed_pictures import BLOBS, NUMBERS, TEXTS
from aelab.datasets.report import Quarantined, Report, conversions
from aelab.datasets.similar import phash, thumbnails
from aelab.datasets.spec import PictureFile, PictureSet, Progress
from aelab.datasets.split import FREE
from aelab.errors import LabError
from aelab.intake.pictures import read_picture

_SMALL = 64 * 64 * 3  # values of a picture so small that calls cost more than pixels


@dataclass(frozen=True)
class Packed:
    """What is known of the pictures that were packed.

    Attributes
    ----------
    report : Report
        What became of each file.
    thumbnails : ndarray, uint8 (N0, 32, 32)
        Of `similar.thumbnails`, for the comparison of near-duplicates.
    """

    report: Report
    thumbnails: Pixels


@dataclass(slots=True)
class _Read:
    """A picture in the form in which it is kept, with what is known of it; not frozen, to let go of what is large."""

    kind: int
    blob: bytes
    length: int
    shape: tuple[int, ...]
    size: tuple[int, int]
    digest: int
    form: str
    notes: tuple[LabError, ...]
    thumbnail: Pixels
    hash: int = 0


def pack(folder: Path, content: PictureSet, spend: Callable[[int], None], progress: Progress) -> Packed:
    """Read pictures and pack those that can be read into `folder`, in one pass and in their order.

    Parameters
    ----------
    folder : Path
    content : PictureSet
    spend : callable
        Told how many bytes are about to be written; raises a `LabError` where that is too much.
    progress : callable
    """
    count = len(content.pictures)
    quarantined: list[Quarantined] = []
    kept: list[tuple[PictureFile, _Read]] = []
    read_some = partial(_read_some, raw=_blobs.most_raw(count))
    with open(folder / BLOBS, "wb") as blobs, closing(some_in_order(read_some, content.pictures)) as reads:
        for file, read in zip(content.pictures, reads, strict=True):
            if isinstance(read, LabError):
                quarantined.append(Quarantined(file.name, read))
            else:
                spend(read.length)
                blobs.write(read.blob)
                read.blob = b""
                kept.append((file, read))
            progress((len(kept) + len(quarantined)) / count)
    small = np.array([read.thumbnail for _, read in kept], np.uint8).reshape(-1, 32, 32)
    _write_numbers(folder / NUMBERS, kept)
    _write_texts(folder / TEXTS, kept, content.class_names)
    report = Report(
        found=count,
        kept=len(kept),
        converted=conversions((file.name, read.notes) for file, read in kept),
        quarantined=tuple(quarantined),
        left_out=content.left_out,
    )
    return Packed(report, small)


def _read_some(files: list[PictureFile], raw: int) -> list[_Read | LabError]:
    """Read a few pictures, in any thread; `raw` is that of `_blobs.encoded`."""
    reads = [_read(file, raw) for file in files]
    whole = [read for read in reads if isinstance(read, _Read)]
    alike: defaultdict[tuple[int, ...], list[_Read]] = defaultdict(list)
    for read in whole:
        alike[read.thumbnail.shape].append(read)
    for shape, some in alike.items():
        if len(shape) == 3:  # small pictures of one size, squeezed together: several times faster
            for read, thumbnail in zip(some, thumbnails(np.stack([each.thumbnail for each in some])), strict=True):
                read.thumbnail = thumbnail
    if whole:
        hashes = phash(np.stack([read.thumbnail for read in whole])[..., None])
        for read, value in zip(whole, hashes.tolist(), strict=True):
            read.hash = value
    return reads


def _read(file: PictureFile, raw: int) -> _Read | LabError:
    """Read one picture; if it is small, it stands for its thumbnail."""
    try:
        data = file.read()
        picture = read_picture(file.name, data)
    except LabError as error:
        return LabError.from_json(error.to_json())  # without the traceback, which holds the picture
    pixels = picture.pixels
    kind, blob = _blobs.encoded(pixels, picture.format, raw)
    return _Read(
        kind=kind,
        blob=blob,
        length=len(blob),
        shape=pixels.shape,
        size=(picture.height, picture.width),
        digest=digest_of(data),
        form=picture.format,
        notes=picture.notes,
        thumbnail=pixels if pixels.size <= _SMALL else thumbnails([pixels])[0],
    )


def _write_numbers(path: Path, kept: list[tuple[PictureFile, _Read]]) -> None:
    lengths = np.array([read.length for _, read in kept], np.int64)
    numbers = {
        "offsets": np.cumsum(lengths) - lengths,
        "lengths": lengths,
        "kinds": np.array([read.kind for _, read in kept], np.uint8),
        "shapes": np.array([read.shape for _, read in kept], np.int32).reshape(-1, 3),
        "sizes": np.array([read.size for _, read in kept], np.int32).reshape(-1, 2),
        "digests": np.array([read.digest for _, read in kept], np.uint64),
        "hashes": np.array([read.hash for _, read in kept], np.uint64),
        "labels": np.array([file.label for file, _ in kept], np.int32),
        "formats": np.unique([read.form for _, read in kept], return_inverse=True)[1].astype(np.uint8),
    }
    given = np.array([file.given for file, _ in kept], np.uint8)
    if (given != FREE).any():
        numbers["given"] = given
    np.savez(path, allow_pickle=False, **numbers)


def _write_texts(path: Path, kept: list[tuple[PictureFile, _Read]], class_names: tuple[str, ...]) -> None:
    texts = {
        "format": 1,
        "classes": list(class_names),
        "names": _unique([file.name for file, _ in kept]),
        "formats": sorted({read.form for _, read in kept}),
        "notes": {str(i): [note.to_json() for note in read.notes] for i, (_, read) in enumerate(kept) if read.notes},
        "credits": {str(i): asdict(file.credit) for i, (file, _) in enumerate(kept) if file.credit != NO_CREDIT},
    }
    storage.write_json(path, texts)


def _unique(names: list[str]) -> list[str]:
    """Return the names with a number behind one that was there before: a decision must name one picture."""
    taken = set(names)
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        if seen[name] == 1:
            unique.append(name)
            continue
        while f"{name} ({seen[name]})" in taken:
            seen[name] += 1
        unique.append(f"{name} ({seen[name]})")
        taken.add(unique[-1])
    return unique
