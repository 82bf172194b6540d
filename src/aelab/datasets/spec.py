"""What a source of images gives, and what its file declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

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
    skipped : tuple of LabError
        What was wrong with each file that was left out.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]
    class_names: tuple[str, ...]
    provenance: Mapping[str, Any]
    test: npt.NDArray[np.bool_] | None = None
    factors: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    skipped: tuple[LabError, ...] = ()


@dataclass(frozen=True)
class SourceSpec:
    """One source of images.

    Attributes
    ----------
    name, label, summary : str
    config : type of Config
        What can be chosen.
    load : callable
        ``load(config, progress) -> ImageSet``.
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
    load: Callable[[Any, Progress], ImageSet]
    ready: bool = True
    order: int = 0
