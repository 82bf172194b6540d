"""Between images at rest (uint8, 0 to 255) and at the model border (float32, 0 to 1), and so with their classes."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt

UInt8Images = npt.NDArray[np.uint8]
Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.integer[Any]]  # numbers of classes; -1 where unknown


def to_unit(images: UInt8Images) -> Images:
    """Return uint8 images as float32 in [0, 1]."""
    return np.asarray(images, np.float32) / np.float32(255.0)


def to_uint8(images: npt.NDArray[np.floating[Any]]) -> UInt8Images:
    """Return images in [0, 1] as uint8, rounded; what lies outside is cut off."""
    rounded: UInt8Images = np.round(np.clip(images, 0.0, 1.0) * 255.0).astype(np.uint8)
    return rounded


def one_hot(labels: Labels, classes: int) -> npt.NDArray[np.float32]:
    """Return numbers of classes (N,) as rows of zeros with a one in the place of the class, (N, classes)."""
    rows: npt.NDArray[np.float32] = (labels[:, None] == np.arange(classes)).astype(np.float32)
    return rows


def to_png(pixels: UInt8Images) -> bytes:
    """Return one image, uint8 (H, W, C) of 1 or 3 channels, as a PNG file."""
    from PIL import Image  # noqa: PLC0415 - most who need pixels write no files

    buffer = io.BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
