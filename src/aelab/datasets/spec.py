"""What a source of images gives, and what its file declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab.datasets.originals import NO_CREDIT, Credit
from aelab.datasets.prepare import Prepare
from aelab.datasets.split import FREE
from aelab.errors import LabError
from aelab.fields import Config

#: Called now and then with the share done, 0 to 1.
Progress = Callable[[float], None]


def no_progress(share: float) -> None:
    """Ignore the progress."""


@dataclass(frozen=True)
class ImageSet:
    """Images with what is known about them, before they are stored.

    Attributes
    ----------
    images : ndarray, uint8 (N, H, W, C)
        C is 1 (grey) or 3 (RGB).
    labels : ndarray, int32 (N,)
        Index into `class_names`, -1 where unknown.
    class_names : tuple of str
    provenance : mapping
        Where the images came from and what was done to them: plain JSON data.
    test : ndarray, bool (N,), or None
        The source's own test set, where it has one.
    factors : mapping of str to ndarray (N,)
        The known causes of each image, where they are known.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]
    class_names: tuple[str, ...]
    provenance: Mapping[str, Any]
    test: npt.NDArray[np.bool_] | None = None
    factors: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class PictureFile:
    """A picture file that waits to be read.

    Attributes
    ----------
    name : str
        As people should read it, printable.
    read : callable
        Returns its bytes, or raises a `LabError`; called in any thread.
    label : int
        Index of its class, -1 where unknown.
    given : int
        Which part of the split the source wants it in, in the codes of `split`; `FREE` if it does not say.
    credit : Credit
    """

    name: str
    read: Callable[[], bytes]
    label: int = -1
    given: int = FREE
    credit: Credit = NO_CREDIT


@dataclass(frozen=True)
class PictureSet:
    """Picture files of many sizes, before they are read.

    Attributes
    ----------
    what : str
        What errors call them all, such as the name of the zip.
    pictures : tuple of PictureFile
    class_names : tuple of str
    provenance : mapping
        Where the pictures came from: plain JSON data.
    prepare : Prepare
        What is made of them unless a recipe says otherwise.
    left_out : tuple of LabError
        About files that are not among `pictures`.
    """

    what: str
    pictures: tuple[PictureFile, ...]
    class_names: tuple[str, ...]
    provenance: Mapping[str, Any]
    prepare: Prepare
    left_out: tuple[LabError, ...] = ()


@dataclass(frozen=True)
class SourceSpec:
    """One source of images: of arrays (`load`) or of picture files (`pictures`).

    Attributes
    ----------
    name, label, summary : str
    config : type of Config
        What can be chosen.
    load : callable or None
        ``load(config, progress) -> ImageSet``.
    pictures : callable or None
        ``pictures(config)`` is a context manager; the `PictureSet` it gives can be read within it.
    ready : bool
        Whether a dataset named like the source exists without being imported: it is made, with the
        default config, when it is first opened.
    order : int
        Place in lists.
    """

    name: str
    label: str
    summary: str
    config: type[Config]
    load: Callable[[Any, Progress], ImageSet] | None = None
    pictures: Callable[[Any], AbstractContextManager[PictureSet]] | None = None
    ready: bool = True
    order: int = 0
