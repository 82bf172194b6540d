"""Many images as one picture, and several such pictures as one that moves."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from aelab.pixels import to_uint8

_GAP = 2
_WIDTH = 480  # pixels, about, of a picture that moves
_LINE = 16  # pixels that a line of text takes
_LETTER = 7  # pixels, about the width of one
_TABLE = 1200  # pixels, about, of a table that is no wider by itself
_COLOURS = 256

MILLISECONDS = 120  # a frame of a walk


def mosaic(images: npt.NDArray[np.generic], columns: int) -> npt.NDArray[np.uint8]:
    """Lay images (N, H, W, C) out row by row; returns uint8 RGBA, transparent between them."""
    if np.issubdtype(images.dtype, np.floating):
        images = to_uint8(np.asarray(images, np.float32))
    count, height, width, _ = images.shape
    columns = max(1, min(columns, count))
    rows = math.ceil(count / columns)
    canvas = np.zeros((rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, 4), np.uint8)
    for index in range(count):
        top, left = (index // columns) * (height + _GAP), (index % columns) * (width + _GAP)
        canvas[top : top + height, left : left + width, :3] = images[index]  # grey spreads over the three
        canvas[top : top + height, left : left + width, 3] = 255
    return canvas


def frame(images: npt.NDArray[np.generic], columns: int, line: str) -> Image.Image:
    """Return images as one picture of a film, with a line of text below, in 256 colours."""
    tiles = _enlarged(images, columns, _WIDTH)
    canvas = Image.new("RGB", (tiles.width, tiles.height + _LINE), "white")
    canvas.paste(tiles)
    ImageDraw.Draw(canvas).text((2, tiles.height + 2), line, fill="black")
    return canvas.quantize(_COLOURS)


def gif(frames: Sequence[Image.Image], milliseconds: Sequence[int]) -> bytes:
    """Return frames as a GIF that begins again after the last; each has its own time."""
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "GIF", save_all=True, append_images=frames[1:], duration=list(milliseconds), loop=0, optimize=True
    )
    return buffer.getvalue()


def walk_gif(
    table: npt.NDArray[np.generic], lines: Sequence[str], across: int, milliseconds: int = MILLISECONDS
) -> bytes:
    """Return a table of images as a GIF that goes from its first column to its last and back.

    Parameters
    ----------
    table : ndarray (R, S, H, W, C)
        A frame shows the images of one column.
    lines : sequence of str
        The text below the frame of each column.
    across : int
        How many of them stand side by side.
    milliseconds : int
        That a frame stays.
    """
    there = [frame(column, across, line) for column, line in zip(np.swapaxes(table, 0, 1), lines, strict=True)]
    frames = forth_and_back(there)
    return gif(frames, [milliseconds] * len(frames))


def forth_and_back(there: Sequence[Image.Image]) -> list[Image.Image]:
    """Return frames from the first to the last and back, neither end twice."""
    return [*there, *there[-2:0:-1]]


def table_png(table: npt.NDArray[np.generic], rows: Sequence[str], columns: Sequence[str]) -> bytes:
    """Return a table of images (R, S, H, W, C) as a PNG, what each row is at its left and each column above it."""
    count, steps, height, width, _ = table.shape
    tiles = _enlarged(table.reshape(count * steps, *table.shape[2:]), steps, _TABLE)
    factor = tiles.width // (steps * (width + _GAP) - _GAP)
    left = max(map(len, rows), default=0) * _LETTER + 8 if any(rows) else 0
    canvas = Image.new("RGB", (left + tiles.width, _LINE + tiles.height), "white")
    canvas.paste(tiles, (left, _LINE))
    draw = ImageDraw.Draw(canvas)
    for number, text in enumerate(rows):
        draw.text((4, _LINE + (number * (height + _GAP) + height // 2) * factor - 6), text, fill="black")
    wide = (width + _GAP) * factor
    for number, text in enumerate(columns):
        if len(text) * _LETTER <= wide:  # one that has no room would be written over the next
            draw.text((left + number * wide + 2, 1), text, fill="black")
    buffer = io.BytesIO()
    canvas.save(buffer, "PNG")
    return buffer.getvalue()


def _enlarged(images: npt.NDArray[np.generic], columns: int, width: int) -> Image.Image:
    """Return a mosaic about as wide as that, each pixel a square; never smaller than it is."""
    tiles = Image.fromarray(mosaic(images, columns)).convert("RGB")
    factor = max(1, width // tiles.width)
    return tiles.resize((tiles.width * factor, tiles.height * factor), Image.Resampling.NEAREST)
