"""Read many images a little at a time, in grey or small, in memory that does not grow with their number.

A mapped file is mapped anew now and then, so that what has been read does not stay.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

UInt8 = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_BLOCK_BYTES = 4 * 2**20  # four times as much as float32, eight times as int64
_BLOCKS_MAPPED = 16
_SCATTERED = 512  # images: reading one maps the pages around it as well
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R 601


def blocks(images: UInt8) -> Iterator[tuple[slice, UInt8]]:
    """Yield where a block of images (N, H, W, C) lies, and the block (n, H, W, C), in order."""
    step = _images_in(_BLOCK_BYTES, images)
    stretch = step * _BLOCKS_MAPPED
    for first in range(0, len(images), stretch):
        mapped = _mapped_anew(images)
        for start in range(first, min(first + stretch, len(images)), step):
            where = slice(start, min(start + step, len(images)))
            yield where, mapped[where]


def chosen(images: UInt8, indices: npt.NDArray[np.integer]) -> Iterator[UInt8]:
    """Yield the images (n, H, W, C) with these indices, a block at a time, in their order."""
    step = min(_images_in(_BLOCK_BYTES, images), _SCATTERED)
    for start in range(0, len(indices), step):
        yield _mapped_anew(images)[indices[start : start + step]]


def measured(images: UInt8, measure: Callable[[UInt8], Floats]) -> Floats:
    """Return what `measure` says of each block (n, H, W, C), float32 (n, ...), joined to (N, ...)."""
    parts = [measure(block) for _, block in blocks(images)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def grey(images: UInt8) -> Floats:
    """Return float32 (n, H, W), 0 to 255: the luma of RGB images, or the one channel there is."""
    if images.shape[3] == 1:
        return images[..., 0].astype(np.float32)
    return images[..., :3].astype(np.float32) @ _LUMA


def shrunk(planes: Floats, side: int) -> Floats:
    """Return float32 (n, h, w) with h and w at most `side`, of (n, H, W): each pixel the mean of what it covers."""
    height, width = planes.shape[1:]
    if height > side:
        planes = _averages(height, side) @ planes
    if width > side:
        planes = planes @ _averages(width, side).T
    return planes


def _averages(many: int, few: int) -> Floats:
    """Return the matrix (few, many) that averages equal stretches, counting pixels at their ends in part."""
    edges = np.linspace(0, many, few + 1)
    pixels = np.arange(many)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    weights: Floats = (np.clip(covered, 0, None) * few / many).astype(np.float32)
    return weights


def _images_in(size: int, images: UInt8) -> int:
    return max(1, size // max(1, int(np.prod(images.shape[1:]))))


def _mapped_anew(images: UInt8) -> UInt8:
    """Map a mapped file once more: what has been read through a map counts as used memory until it is closed."""
    if not isinstance(images, np.memmap) or not isinstance(images.base, mmap.mmap) or images.filename is None:
        return images  # in memory, or a part of a mapped array, whose place in the file numpy does not tell
    anew: UInt8 = np.memmap(images.filename, np.uint8, "r", images.offset, images.shape)
    return anew
