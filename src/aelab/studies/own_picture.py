"""A noisy picture of one's own, and what a run makes of it; no clean version is there to compare with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from aelab.datasets.prepare import in_colors
from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.intake.pictures import Picture, read_picture
from aelab.pixels import UInt8Images, to_uint8, to_unit
from aelab.studies import probing, tiling

#: By tiles in its own size, or as one image of the run's size.
How = Literal["tiles", "whole"]

#: Pixels of the shorter side at which a picture is restored; a larger one is made smaller, and that is said.
KEPT_SIDE: Final = 1024


@dataclass(frozen=True)
class Own:
    """A picture before and after.

    Attributes
    ----------
    given, restored : ndarray, uint8 (h, w, C)
        As the run got it, with its number of channels, and what it made of it.
    tiles : int
        How many there were; 0 of a picture that was restored as a whole.
    """

    given: UInt8Images
    restored: UInt8Images
    tiles: int


def read(name: str, data: bytes) -> Picture:
    """Decode a picture file, larger than pictures of a dataset may be; a `LabError` as `read_picture` has it."""
    picture = read_picture(name, data, KEPT_SIDE)
    tiling.check_size(*picture.pixels.shape[:2])
    return picture


def run(
    inference: Inference,
    dataset: Dataset,
    picture: Picture,
    how: How = "tiles",
    progress: Callable[[float], None] = lambda share: None,
) -> Own:
    """Restore a picture.

    Parameters
    ----------
    inference : Inference
    dataset : Dataset
        What the run was trained on: as its images were prepared, so is a picture that is restored as one image.
    picture : Picture
    how : {"tiles", "whole"}
    progress : callable
    """
    if how == "whole":
        given = probing.as_given(picture.pixels, dataset)
        return Own(to_uint8(given[0]), to_uint8(inference.reconstruct(given)[0]), 0)
    height, width, channels = inference.shape
    pixels = in_colors(picture.pixels, channels)
    restored = tiling.restore(inference.reconstruct, to_unit(pixels), (height, width), progress=progress)
    return Own(pixels, to_uint8(restored), count_tiles(pixels, (height, width)))


def count_tiles(pixels: UInt8Images, tile: tuple[int, int]) -> int:
    """Return of how many tiles a picture (h, w, c) is restored."""
    rows, columns = (
        len(tiling.starts(max(whole, side), side, tiling.OVERLAP))
        for whole, side in zip(pixels.shape[:2], tile, strict=True)
    )
    return rows * columns
