"""Take a dataset elsewhere: pictures in class folders, or the arrays that Keras users know.

Both are written a few images at a time and appear whole or not at all.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Literal

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets._threads import in_order
from aelab.datasets.dataset import Dataset
from aelab.datasets.spec import Progress, no_progress
from aelab.datasets.split import SPLIT_NAMES
from aelab.intake.classes import LIST_COLUMNS, LIST_NAME
from aelab.pixels import to_png
from aelab.spreadsheet import neutral

Form = Literal["zip", "npz"]

_UNLABELLED: Final = "unlabelled"
_LONGEST = 60  # characters of a name, of up to four bytes; file systems take 255
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)", re.IGNORECASE)  # devices of Windows
_AT_ONCE = 256


def export(dataset: Dataset, path: Path, form: Form, progress: Progress = no_progress, *, by_part: bool = True) -> None:
    """Write a dataset to a file, in the place of one that is there.

    Parameters
    ----------
    dataset : Dataset
    path : Path
    form : {"zip", "npz"}
        `zip`: PNG files in folders of their classes, with `manifest.csv` (file, split, class, original name).
        `npz`: uint8 x_train (N, H, W, C) and int32 y_train (N,), the same of validation and test, and class_names.
    progress : callable, optional
    by_part : bool
        Whether a zip has folders train, validation and test around those of the classes.

    Raises
    ------
    LabError
        If the file cannot be written.
    """
    with storage.written(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        if form == "zip":
            _write_pictures(dataset, archive, progress, by_part=by_part)
        else:
            _write_arrays(dataset, archive, progress)


def _write_pictures(dataset: Dataset, archive: zipfile.ZipFile, progress: Progress, *, by_part: bool) -> None:
    manifest = io.StringIO(newline="")
    rows = csv.writer(manifest, lineterminator="\n")
    rows.writerow(LIST_COLUMNS)
    names = _Names(dataset, by_part=by_part)
    count = dataset.counts["all"]
    with closing(in_order(to_png, _each_image(dataset))) as pictures:
        for index, picture in enumerate(pictures):
            path = names.path(index)
            archive.writestr(zipfile.ZipInfo(path), picture)  # as it is, since a PNG is compressed; dated 1980
            part, original = SPLIT_NAMES[dataset.split[index]], dataset.name_of(index)
            rows.writerow([neutral(text) for text in (path, part, names.class_name(index), original)])
            progress((index + 1) / count)
    archive.writestr(zipfile.ZipInfo(LIST_NAME), manifest.getvalue(), zipfile.ZIP_DEFLATED)


def _each_image(dataset: Dataset) -> Iterator[npt.NDArray[np.uint8]]:
    for images, _ in dataset.chunks(dataset.indices(), _AT_ONCE):
        yield from images


def _write_arrays(dataset: Dataset, archive: zipfile.ZipFile, progress: Progress) -> None:
    done = 0
    for part in SPLIT_NAMES:
        indices = dataset.indices(part)
        with _member(archive, f"x_{part}") as member:
            _write_header(member, (len(indices), *dataset.shape), np.uint8)
            for images, _ in dataset.chunks(indices, _AT_ONCE):
                member.write(images.data)
                done += len(images)
                progress(done / dataset.counts["all"])
        _write_array(archive, f"y_{part}", dataset.labels[indices])
    _write_array(archive, "class_names", np.array(dataset.class_names, np.str_))


def _write_array(archive: zipfile.ZipFile, name: str, array: npt.NDArray[Any]) -> None:
    with _member(archive, name) as member:
        _write_header(member, array.shape, array.dtype)
        member.write(np.ascontiguousarray(array).tobytes())


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    info = zipfile.ZipInfo(f"{name}.npy")
    info.compress_type = zipfile.ZIP_DEFLATED
    return archive.open(info, "w", force_zip64=True)


def _write_header(file: IO[bytes], shape: tuple[int, ...], dtype: npt.DTypeLike) -> None:
    header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


class _Names:
    """What each image is called in a zip: names that every system takes, none of them twice."""

    def __init__(self, dataset: Dataset, *, by_part: bool) -> None:
        self._dataset = dataset
        self._by_part = by_part
        self._taken: dict[str, int] = {}
        folders: dict[str, int] = {}
        self._folders = [_free(_safe(name), folders) for name in (*dataset.class_names, _UNLABELLED)]

    def class_name(self, index: int) -> str:
        """Return the name of an image's class, as it is; empty where it has none."""
        label = int(self._dataset.labels[index])
        return self._dataset.class_names[label] if label >= 0 else ""

    def path(self, index: int) -> str:
        """Return an image's path in the zip; asked once of each image."""
        folder = []
        if self._by_part:
            folder.append(SPLIT_NAMES[self._dataset.split[index]])
        if self._dataset.class_names:
            folder.append(self._folders[self._dataset.labels[index]])
        original = PurePosixPath(self._dataset.name_of(index))
        stem = f"{index:06}" if original.name.startswith("#") else original.stem
        where = "".join(f"{name}/" for name in folder)
        return _free(where + _safe(stem), self._taken) + ".png"


def _safe(name: str) -> str:
    """Return a name that is a file's on Linux, macOS and Windows; what cannot be in one becomes _."""
    text = unicodedata.normalize("NFC", name)
    text = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "_", text)[:_LONGEST].strip(". ")
    return f"_{text}" if not text or _RESERVED.fullmatch(text.partition(".")[0].strip()) else text


def _free(name: str, taken: dict[str, int]) -> str:
    """Return a name, or the next free number behind it; on many systems small and capital letters are one."""
    free = name
    while (key := free.casefold()) in taken:
        taken[name.casefold()] += 1
        free = f"{name} ({taken[name.casefold()]})"
    taken[key] = 1
    return free
