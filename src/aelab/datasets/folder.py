"""Your own pictures: a folder or zip with one folder for each class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from aelab.datasets.spec import ImageSet, Progress, SourceSpec
from aelab.errors import N_, LabError
from aelab.fields import Config, field
from aelab.intake.classes import Arrangement, arrange
from aelab.intake.limits import check_room
from aelab.intake.listing import opened, printable
from aelab.intake.pictures import decoded

_FEWEST = 3  # one for each part of the split
_MOST_SENTENCES = 200  # about files left out; a dataset where more fail has one problem, not many


@dataclass(frozen=True)
class FolderConfig(Config):
    """Where the pictures are, and what to make of them."""

    path: str = field("", "Folder or zip", "With one folder of pictures for each class.")
    size: int = field(
        128, "Size", "Height and width that every image gets: the middle square, resized.", low=12, high=512, unit="px"
    )
    color: Literal["rgb", "gray"] = field("rgb", "Colour", "Whether images are kept in colour or in grey.")


def load(config: FolderConfig, progress: Progress) -> ImageSet:
    """Read the pictures, in the order of their paths; what cannot be read is left out with a sentence.

    Raises
    ------
    LabError
        If it is no folder or zip, has no pictures, too few or too many, or a class without any.
    """
    path = Path(config.path).expanduser()
    if not config.path:
        raise LabError("path must name a folder or zip with one folder of pictures for each class; it is empty.")
    what = printable(path.resolve().name)
    with opened(path) as listing:
        arrangement = arrange(listing, what)
        images, kept, complaints = _decoded(arrangement, config, progress)
    labels = np.array([label for _, label in arrangement.pictures], np.int32)[kept]
    _check_enough(labels, arrangement, what, complaints)
    return ImageSet(
        images=images,
        labels=labels,
        class_names=arrangement.class_names,
        provenance={
            "source": "folder",
            "origin": N_("Imported from a folder or zip of pictures."),
            "file": what,
            "files": len(arrangement.pictures),
            "processing": N_(
                "Turned upright, transparency laid on white, middle square cut out and resized (Lanczos)."
            ),
            "size": config.size,
            "color": config.color,
        },
        skipped=_shortened([*arrangement.left_out, *complaints]),
    )


def _decoded(
    arrangement: Arrangement, config: FolderConfig, progress: Progress
) -> tuple[npt.NDArray[np.uint8], list[int], list[LabError]]:
    """Return the images that could be decoded, which of the pictures they are, and complaints about the others."""
    count = len(arrangement.pictures)
    channels = 3 if config.color == "rgb" else 1
    check_room(count, config.size, config.size, channels)
    images = np.empty((count, config.size, config.size, channels), np.uint8)
    kept: list[int] = []
    complaints: list[LabError] = []
    for index, (entry, _) in enumerate(arrangement.pictures):
        try:
            images[len(kept)] = decoded(entry.name, entry.read(), config.size, config.color)
            kept.append(index)
        except LabError as error:
            complaints.append(LabError.from_json(error.to_json()))  # without the traceback, which holds the picture
        progress((index + 1) / count)
    return images[: len(kept)], kept, complaints


def _check_enough(
    labels: npt.NDArray[np.int32], arrangement: Arrangement, what: str, complaints: list[LabError]
) -> None:
    for label, name in enumerate(arrangement.class_names):
        if label not in labels:
            raise LabError(
                "No picture of the class {name} in {what} can be read. {complaint}",
                name=name,
                what=what,
                complaint=complaints[0],
            )
    if len(labels) < _FEWEST:
        raise LabError(
            "{what} has {count} readable pictures; a dataset needs at least {fewest}, one for each part of the split.",
            what=what,
            count=len(labels),
            fewest=_FEWEST,
        )


def _shortened(sentences: list[LabError]) -> tuple[LabError, ...]:
    more = len(sentences) - _MOST_SENTENCES
    if more <= 0:
        return tuple(sentences)
    return (*sentences[:_MOST_SENTENCES], LabError("{count} more files are left out.", count=more))


SPEC = SourceSpec(
    name="folder",
    label=N_("Folder or zip"),
    summary=N_("Your own pictures (JPEG, PNG, WebP, BMP, GIF) in one folder for each class."),
    config=FolderConfig,
    load=load,
    ready=False,
    order=10,
)
