"""Many images as one picture: one request instead of a hundred, each pixel a square."""

from __future__ import annotations

import base64
import io
import math
from typing import Literal

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from aelab.pixels import to_uint8

_GAP = 2
_SHOWN_PIXELS = 1000  # width to which a mosaic of small images is enlarged before it is sent
_MOST_ENLARGEMENT = 12
_FEW = 8  # images in a row that fill the width; fewer would be blown up
_FEW_PIXELS = 120


def mosaic(images: npt.NDArray[np.generic], columns: int) -> npt.NDArray[np.uint8]:
    """Lay images (N, H, W, C) out row by row; returns uint8 RGBA, transparent between them."""
    if np.issubdtype(images.dtype, np.floating):
        images = to_uint8(images)
    count, height, width, _ = images.shape
    columns = max(1, min(columns, count))
    rows = math.ceil(count / columns)
    canvas = np.zeros((rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, 4), np.uint8)
    for index in range(count):
        top, left = (index // columns) * (height + _GAP), (index % columns) * (width + _GAP)
        canvas[top : top + height, left : left + width, :3] = images[index]  # grey spreads over the three
        canvas[top : top + height, left : left + width, 3] = 255
    return canvas


def png(images: npt.NDArray[np.generic], columns: int) -> bytes:
    """Return a mosaic as a PNG, small images enlarged without smoothing."""
    canvas = mosaic(images, columns)
    factor = max(1, min(_MOST_ENLARGEMENT, _SHOWN_PIXELS // canvas.shape[1]))
    picture = Image.fromarray(canvas).resize(
        (canvas.shape[1] * factor, canvas.shape[0] * factor), Image.Resampling.NEAREST
    )
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def data_uri(images: npt.NDArray[np.generic], columns: int) -> str:
    """Return a mosaic as an address that holds the picture itself."""
    return "data:image/png;base64," + base64.b64encode(png(images, columns)).decode()


def show(images: npt.NDArray[np.generic], columns: int, *, alt: str, caption: str | None = None) -> None:
    """Draw images as one picture: as wide as the room allows, or less where there are only a few."""
    columns = min(columns, len(images))
    width: Literal["stretch"] | int = "stretch" if columns >= _FEW else columns * _FEW_PIXELS
    st.image(png(images, columns), caption=caption, width=width, alt=alt)


def show_one(image: npt.NDArray[np.generic], *, alt: str, caption: str | None = None, width: int = 196) -> None:
    """Draw one image (H, W, C) at a fixed width, without smoothing."""
    st.image(png(image[None], 1), caption=caption, width=width, alt=alt)
