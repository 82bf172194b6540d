"""Find a published data set on this machine, or fetch it once.

It is looked for where the user says, in the lab's own cache folder, and in Keras' cache; only then is
it downloaded, against its published checksum.  What is found is used if its arrays are right, whatever
its checksum: MNIST exists in many packagings.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aelab import storage
from aelab.datasets import arrays
from aelab.datasets.spec import ImageSet, Progress
from aelab.errors import LabError
from aelab.fields import Config, field
from aelab.intake import idx
from aelab.intake.labelled import LabelledImages

BASE_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_SECONDS = (4, 20)  # to connect, and between two pieces: a class without a network should hear of it soon
_PIECE = 2**16


@dataclass(frozen=True)
class PublishedConfig(Config):
    """Where the data set is, if it is here already."""

    path: str = field("", "File", "The data set's npz or IDX file; empty: look in the caches, then download.")


@dataclass(frozen=True)
class Published:
    """A data set of 28 x 28 grey images in ten classes, published like MNIST.

    Attributes
    ----------
    name, title : str
        `name` is also what its file or folder in a cache is called.
    class_names : tuple of str
    hashes : mapping of str to str
        What is downloaded: each file's name, and its checksum as pooch writes it.
    provenance : mapping
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    hashes: Mapping[str, str]
    provenance: Mapping[str, Any]

    @property
    def download(self) -> Path:
        """What `hashes` is downloaded to: the one file, or a folder of all."""
        folder = _cache() / self.name
        return folder if len(self.hashes) > 1 else folder.with_name(next(iter(self.hashes)))


def load(published: Published, config: PublishedConfig, progress: Progress) -> ImageSet:
    """Return the data set, with the published test set kept as its test set.

    Raises
    ------
    LabError
        If it is not here and cannot be fetched, or what is here is something else.
    """
    place = storage.user_path(config.path) if config.path else _found(published) or _fetched(published, progress)
    try:
        content = arrays.read(place)
        _check(published, content, place)
    except LabError as error:
        if config.path:
            raise
        raise LabError(
            "{title} was found at {path}, but cannot be used: {reason} Delete it, then try again.",
            title=published.title,
            path=place,
            reason=error,
        ) from None
    progress(1.0)
    return ImageSet(
        images=content.images,
        labels=content.labels.astype(np.int32),
        class_names=published.class_names,
        provenance={"source": published.name, "file": place.name, **published.provenance},
        test=content.test,
    )


def _check(published: Published, content: LabelledImages, place: Path) -> None:
    if content.images.shape[1:] != (28, 28, 1) or content.labels.max() >= len(published.class_names):
        raise LabError(
            "{file} is not {title}: 28 × 28 grey images with labels 0 to {highest} are expected; it has {found} "
            "with labels up to {label}.",
            file=place.name,
            title=published.title,
            highest=len(published.class_names) - 1,
            found=" × ".join(map(str, content.images.shape[1:])),
            label=content.labels.max(),
        )


def _cache() -> Path:
    return storage.artifacts() / "cache"


def _places(published: Published) -> Iterator[Path]:
    keras = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    for cache in (_cache(), keras / "datasets"):
        for stem in (published.name, published.name.replace("_", "-")):
            yield cache / f"{stem}.npz"
            yield cache / stem


def _found(published: Published) -> Path | None:
    return next((place for place in _places(published) if place.is_file() or idx.is_complete(place)), None)


def _fetched(published: Published, progress: Progress) -> Path:
    """Download what is missing, and return where it is."""
    import pooch  # noqa: PLC0415 - needed once in the life of an installation

    pooch.get_logger().setLevel(logging.WARNING)
    target = published.download
    folder = target if len(published.hashes) > 1 else target.parent
    try:
        for number, (name, checksum) in enumerate(published.hashes.items()):
            bar = _Bar(progress, number / len(published.hashes), (number + 1) / len(published.hashes))
            downloader = pooch.HTTPDownloader(progressbar=bar, chunk_size=_PIECE, timeout=_SECONDS)
            pooch.retrieve(BASE_URL + name, checksum, fname=name, path=folder, downloader=downloader)
    except (OSError, ValueError) as error:  # requests' errors are OSErrors; pooch's for a checksum is a ValueError
        raise LabError(
            "{title} is not on this machine and could not be downloaded ({reason}). Connect to the internet and "
            "try again, or fetch {files} from {url} elsewhere and put it into {folder}, or import it from where it is: "
            "aelab datasets import FILE --name {name}.",
            title=published.title,
            name=published.name,
            reason=type(error).__name__,
            files=", ".join(published.hashes),
            url=BASE_URL,
            folder=folder,
        ) from None
    return target


class _Bar:
    """What pooch calls a progress bar: passes on how much of one file has come."""

    def __init__(self, progress: Progress, start: float, end: float) -> None:
        self.total = 0
        self._progress = progress
        self._start = start
        self._end = end
        self._done = 0

    def update(self, count: int) -> None:
        self._done += count
        share = min(1.0, self._done / self.total) if self.total else 0.0
        self._progress(self._start + share * (self._end - self._start))

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass
