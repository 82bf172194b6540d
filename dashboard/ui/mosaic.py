"""Many images as one picture: one request instead of a hundred, each pixel a square."""

from __future__ import annotations

import base64
import io
from typing import Literal

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from aelab.pixels import to_uint8
from aelab.reports.tiles import mosaic

_SHOWN_PIXELS = 1000  # width to which a mosaic is enlarged before it is sent, about what a page shows
_SMALL = 40  # pixels: up to this wide, each pixel of an image must be seen as a square
_TILE = 168  # width of an image where there are only a few, which would be blown up otherwise
_MOST_ENLARGEMENT = 12


def png(images: npt.NDArray[np.generic], columns: int) -> bytes:
    """Return a mosaic as a PNG, small images enlarged without smoothing."""
    return _encoded(_enlarged(images, columns))


def data_uri(images: npt.NDArray[np.generic], columns: int) -> str:
    """Return a mosaic as an address that holds the picture itself."""
    return "data:image/png;base64," + base64.b64encode(png(images, columns)).decode()


def sheet(images: npt.NDArray[np.generic], columns: int) -> bytes:
    """Return images (N, H, W, C) side by side without gaps, pixel by pixel, as a PNG that a page takes pieces of."""
    pixels = to_uint8(images) if np.issubdtype(images.dtype, np.floating) else np.asarray(images, np.uint8)
    count, height, width, channels = pixels.shape
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    filled = np.zeros((rows * columns, height, width, channels), np.uint8)
    filled[:count] = pixels
    laid = filled.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    picture = laid.reshape(rows * height, columns * width, channels)
    return _encoded(Image.fromarray(picture[:, :, 0] if channels == 1 else picture))


def shrunk(images: npt.NDArray[np.generic], most: int) -> npt.NDArray[np.generic]:
    """Return images (N, H, W, C) with at most about `most` pixels along each side: means of whole squares of pixels."""
    every = -(-max(images.shape[1:3]) // most)
    if every < 2:
        return images
    count, height, width, channels = images.shape
    kept = images[:, : height // every * every, : width // every * every]
    squares = kept.reshape(count, height // every, every, width // every, every, channels)
    return squares.mean(axis=(2, 4), dtype=np.float32).astype(images.dtype)


def exact_uri(image: npt.NDArray[np.generic]) -> str:
    """Return one image (H, W, C), pixel by pixel, as an address; a style sheet enlarges it."""
    pixels = to_uint8(image) if np.issubdtype(image.dtype, np.floating) else np.asarray(image, np.uint8)
    plain = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    return "data:image/png;base64," + base64.b64encode(_encoded(plain)).decode()


def show(images: npt.NDArray[np.generic], columns: int, *, alt: str, caption: str | None = None) -> None:
    """Draw images as one picture: as wide as the room allows, or in tiles where there are only a few."""
    picture = _enlarged(images, columns)
    few = min(columns, len(images)) * _TILE < _SHOWN_PIXELS
    width: Literal["stretch"] | int = picture.width if few else "stretch"
    st.image(_encoded(picture), caption=caption, width=width, alt=alt)


def show_one(image: npt.NDArray[np.generic], *, alt: str, caption: str | None = None) -> None:
    """Draw one image (H, W, C) as a tile."""
    show(image[None], 1, alt=alt, caption=caption)


def _enlarged(images: npt.NDArray[np.generic], columns: int) -> Image.Image:
    """Return a mosaic with each pixel a square of whole screen pixels, so that nobody has to smooth it."""
    canvas = mosaic(images, columns)
    room, width = min(columns, len(images)) * _TILE, canvas.shape[1]
    if room < _SHOWN_PIXELS:
        factor = room // width
    elif images.shape[2] <= _SMALL:
        factor = -(-_SHOWN_PIXELS // width)  # at least as wide as it is shown: only shrunk, it stays crisp
    else:
        factor = _SHOWN_PIXELS // width
    factor = max(1, min(_MOST_ENLARGEMENT, factor))
    size = (canvas.shape[1] * factor, canvas.shape[0] * factor)
    return Image.fromarray(canvas).resize(size, Image.Resampling.NEAREST)


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
