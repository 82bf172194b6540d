"""Bring pictures of many sizes to the one size, shape and colour that a network is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from aelab.fields import Config, field

Pixels = npt.NDArray[np.uint8]

_GREY_OF = {"white": 255, "black": 0, "gray": 128}


@dataclass(frozen=True)
class Prepare(Config):
    """What every picture becomes."""

    height: int = field(128, "Height", "Height that every image gets.", low=12, high=512, unit="px")
    width: int = field(128, "Width", "Width that every image gets.", low=12, high=512, unit="px")
    fit: Literal["crop", "pad", "stretch"] = field(
        "crop",
        "Fit",
        "Where a picture has other proportions: cut off what is too long, fill up what is too short, or distort it.",
    )
    color: Literal["rgb", "gray"] = field("rgb", "Colour", "Whether images are kept in colour or in grey.")
    background: Literal["white", "black", "gray"] = field(
        "white", "Background", "What is put behind transparent pixels, and around a picture that is filled up."
    )

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, W, C) of a prepared image."""
        return self.height, self.width, 3 if self.color == "rgb" else 1


def prepared(pixels: Pixels, prepare: Prepare) -> Pixels:
    """Return a picture at the size, fit and colour that are asked for.

    Parameters
    ----------
    pixels : ndarray, uint8 (h, w, c)
        c is 1 (grey), 3 (RGB) or 4 (RGB and alpha).
    prepare : Prepare

    Returns
    -------
    ndarray, uint8 (H, W, C)
        Resized with a Lanczos filter; grey is luma (ITU-R 601). A picture that has this form already comes
        back as it is.
    """
    height, width, channels = prepare.shape
    if pixels.shape == (height, width, channels):
        return pixels
    image = _converted(pixels, channels, prepare.background)
    if prepare.fit == "pad":
        image = _padded(image, prepare)
    elif image.size != (width, height):
        box = _middle(image, prepare) if prepare.fit == "crop" else None
        image = image.resize((width, height), Image.Resampling.LANCZOS, box)
    return np.asarray(image).reshape(height, width, channels)


def in_colors(pixels: Pixels, channels: int) -> Pixels:
    """Return a picture, uint8 (h, w, c), in grey (1 channel) or colour (3) and of its own size, on white."""
    return np.asarray(_converted(pixels, channels, "white")).reshape(*pixels.shape[:2], channels)


def enlarged_share(sizes: npt.NDArray[Any], prepare: Prepare) -> float:
    """Return the share (0 to 1) of pictures that must be enlarged, which invents detail that is not there.

    Parameters
    ----------
    sizes : ndarray, int (N, 2)
        Height and width of each picture.
    prepare : Prepare
    """
    if not len(sizes):
        return 0.0
    scales = np.array([prepare.height, prepare.width]) / np.maximum(sizes, 1)
    scale = scales.min(axis=1) if prepare.fit == "pad" else scales.max(axis=1)
    return float(np.mean(scale > 1))


def _converted(pixels: Pixels, channels: int, background: str) -> Image.Image:
    image, mode = _opaque(pixels, background), "RGB" if channels == 3 else "L"
    return image if image.mode == mode else image.convert(mode)


def _opaque(pixels: Pixels, background: str) -> Image.Image:
    if pixels.shape[2] == 1:
        return Image.fromarray(pixels[:, :, 0])
    image = Image.fromarray(pixels)
    if image.mode == "RGBA":
        below = Image.new("RGBA", image.size, (_GREY_OF[background],) * 3 + (255,))
        return Image.alpha_composite(below, image)
    return image


def _middle(image: Image.Image, prepare: Prepare) -> tuple[float, float, float, float]:
    """Return the largest box of the wanted proportions in the middle: left, top, right, bottom."""
    scale = min(image.width / prepare.width, image.height / prepare.height)
    left = (image.width - scale * prepare.width) / 2
    top = (image.height - scale * prepare.height) / 2
    return max(left, 0), max(top, 0), min(image.width - left, image.width), min(image.height - top, image.height)


def _padded(image: Image.Image, prepare: Prepare) -> Image.Image:
    """Return the whole picture in the middle, with the background around it."""
    scale = min(prepare.width / image.width, prepare.height / image.height)
    width = min(prepare.width, max(1, round(scale * image.width)))
    height = min(prepare.height, max(1, round(scale * image.height)))
    canvas = Image.new(image.mode, (prepare.width, prepare.height), prepare.background)
    inner = image.resize((width, height), Image.Resampling.LANCZOS)
    canvas.paste(inner, ((prepare.width - width) // 2, (prepare.height - height) // 2))
    return canvas
