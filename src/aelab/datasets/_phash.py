"""Perceptual hashes: 64 bits that stay nearly the same when a picture is resized, recompressed or brightened.

The bits are those of the library ImageHash, so that figures can be compared with other people's; here a
whole array of images passes through each step at once, which is several times faster than one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

import numpy as np
import numpy.typing as npt
import scipy.fft
from PIL import Image

from aelab.datasets._threads import in_order

UInt8 = npt.NDArray[np.uint8]

_SIDE = 32  # pixels of a thumbnail
_LOW = 8  # frequencies kept, each way
_CHUNK_PIXELS = 4_000_000
_CHUNK_IMAGES = 1024
_CHUNK_PICTURES = 16  # each of a size of its own, perhaps a large one


def phash(images: Iterable[UInt8]) -> npt.NDArray[np.uint64]:
    """Return the perceptual hash of each image, equal to ``ImageHash.phash`` bit for bit.

    A thumbnail's 8 × 8 lowest frequencies (DCT-II) are compared with their median.

    Parameters
    ----------
    images : array, uint8 (N, H, W, C), or iterable of uint8 (h, w, c)
        C is 1 (grey), 3 (RGB) or 4 (RGBA, laid on white).

    Returns
    -------
    ndarray, uint64 (N,)
        The highest bit is the mean brightness, the lowest the highest frequency both ways, row by row:
        ``int(str(imagehash.phash(picture)), 16)``. Nearly always 32 bits are set, so that two
        hashes differ in an even number of bits.

    References
    ----------
    C. Zauner (2010). Implementation and Benchmarking of Perceptual Image Hash Functions. Diploma thesis,
    Upper Austria University of Applied Sciences, Hagenberg.
    """
    chunks = [_hashes(chunk) for chunk in _thumbnails(images)]
    return np.concatenate(chunks) if chunks else np.empty(0, np.uint64)


def thumbnails(images: Iterable[UInt8]) -> UInt8:
    """Return uint8 (N, 32, 32): each image in grey (luma, ITU-R 601), squeezed to a square (Lanczos).

    `images` are those of `phash`, which begins with the same thumbnails.
    """
    chunks = list(_thumbnails(images))
    return np.concatenate(chunks) if chunks else np.empty((0, _SIDE, _SIDE), np.uint8)


def _thumbnails(images: Iterable[UInt8]) -> Iterator[UInt8]:
    """Yield the thumbnails a chunk at a time, so that memory does not grow with the images."""
    if isinstance(images, np.ndarray):
        size = int(np.clip(_CHUNK_PIXELS // max(1, images.shape[1] * images.shape[2]), 1, _CHUNK_IMAGES))
        for start in range(0, len(images), size):
            yield _squeezed_together(images[start : start + size])
        return
    rest = iter(images)
    few = list(islice(rest, _CHUNK_PICTURES))
    if len(few) < _CHUNK_PICTURES:  # starting threads would take longer than these pictures
        squeezed: Iterator[UInt8] = map(_squeezed, few)
    else:
        squeezed = in_order(_squeezed, chain(few, rest))
    while small := list(islice(squeezed, _CHUNK_IMAGES)):
        yield np.stack(small)


def _squeezed(image: UInt8) -> UInt8:
    return np.asarray(_grey(image).resize((_SIDE, _SIDE), Image.Resampling.LANCZOS))


def _squeezed_together(images: UInt8) -> UInt8:
    """Return the thumbnails of uint8 (N, H, W, C), in two calls for all of them.

    Pillow squeezes rows first and then columns, each row and column for itself. So images standing on top
    of each other can have all their rows squeezed at once, and then side by side all their columns.
    """
    count, height, width = images.shape[:3]
    tower = _grey(np.ascontiguousarray(images).reshape(count * height, width, -1))
    low = np.asarray(tower.resize((_SIDE, count * height), Image.Resampling.LANCZOS)).reshape(count, height, _SIDE)
    row = Image.fromarray(np.ascontiguousarray(low.transpose(1, 0, 2)).reshape(height, count * _SIDE))
    both = np.asarray(row.resize((count * _SIDE, _SIDE), Image.Resampling.LANCZOS)).reshape(_SIDE, count, _SIDE)
    return np.ascontiguousarray(both.transpose(1, 0, 2))


def _grey(pixels: UInt8) -> Image.Image:
    if pixels.shape[2] == 1:
        return Image.fromarray(pixels[..., 0])
    image = Image.fromarray(pixels)
    if pixels.shape[2] == 4:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L")


def _hashes(small: UInt8) -> npt.NDArray[np.uint64]:
    # In float64 and axis by axis as ImageHash does it: on flat or symmetric pictures frequencies tie with
    # the median, and the last bit of the arithmetic decides.
    columns = scipy.fft.dct(small.astype(np.float64), axis=1)[:, :_LOW]
    low = scipy.fft.dct(columns, axis=2)[:, :, :_LOW].reshape(len(small), _LOW * _LOW)
    bits = low > np.median(low, axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(">u8")[:, 0].astype(np.uint64)
