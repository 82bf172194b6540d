"""Shapes that are drawn here: images whose causes are known exactly.

Each image has one shape, and its six factors (shape, colour, size, angle, x, y) are drawn
independently of each other, so that a study can ask which of them a latent variable follows. In the
manner of dSprites (Matthey et al. 2017), with every factor unambiguous: no angle looks like another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from aelab.datasets.spec import ImageSet, Progress, SourceSpec
from aelab.errors import N_
from aelab.fields import Config, field
from aelab.intake.limits import check_room

Floats = npt.NDArray[np.float32]

_PIXELS_AT_ONCE = 2**20  # bounds the memory that drawing takes
_SATURATION = np.float32(0.85)


@dataclass(frozen=True)
class ShapesConfig(Config):
    """What to draw."""

    count: int = field(2000, "Images", "How many images to draw.", low=50, high=20_000, scale="log")
    size: int = field(28, "Size", "Height and width of every image.", low=12, high=256, unit="px", scale="log")
    color: Literal["rgb", "gray"] = field("rgb", "Colour", "Whether shapes differ in hue, or in grey level.")
    classes: int = field(
        3, "Kinds of shape", "Square, ellipse, triangle, star, cross: the first so many.", low=2, high=5
    )
    seed: int = field(0, "Seed", "Makes chance repeatable: the same seed draws the same images.", low=0, high=2**31 - 1)


def load(config: ShapesConfig, progress: Progress) -> ImageSet:
    """Draw the images; see `_factors` for what varies and how far."""
    channels = 3 if config.color == "rgb" else 1
    check_room(config.count, config.size, config.size, channels)
    factors = _factors(config)
    images = np.empty((config.count, config.size, config.size, channels), np.uint8)
    step = max(1, _PIXELS_AT_ONCE // config.size**2)
    for start in range(0, config.count, step):
        part = slice(start, start + step)
        images[part] = _drawn({name: values[part] for name, values in factors.items()}, config)
        progress(min(1.0, (start + step) / config.count))
    return ImageSet(
        images=images,
        labels=factors["shape"],
        class_names=tuple(_KINDS)[: config.classes],
        provenance={
            "source": "shapes",
            "origin": N_("Drawn by AE Lab: one shape an image, its factors independent of each other."),
            "units": {"size": "share of the side", "x": "share of the side", "y": "share of the side"}
            | {"angle": "degrees", "colour": "degrees of hue" if channels == 3 else "grey level, 0 to 1"},
            "config": config.to_json(),
        },
        factors=factors,
    )


def _factors(config: ShapesConfig) -> dict[str, npt.NDArray[Any]]:
    """Draw each factor uniformly, (count,) each.

    Shapes are as many of each kind as can be. Hue stops at 300 degrees, since 360 is red again; the
    angle stays within 30 degrees to either side, since a star repeats every 72. The largest shape in
    the outermost place just fits in the image.
    """
    rng = np.random.default_rng(config.seed)
    colours = (0.0, 300.0) if config.color == "rgb" else (0.35, 1.0)
    return {
        "shape": rng.permutation(np.arange(config.count, dtype=np.int32) % config.classes),
        "colour": rng.uniform(*colours, config.count).astype(np.float32),
        "size": rng.uniform(0.15, 0.3, config.count).astype(np.float32),
        "angle": rng.uniform(-30.0, 30.0, config.count).astype(np.float32),
        "x": rng.uniform(0.32, 0.68, config.count).astype(np.float32),
        "y": rng.uniform(0.32, 0.68, config.count).astype(np.float32),
    }


def _drawn(factors: Mapping[str, npt.NDArray[Any]], config: ShapesConfig) -> npt.NDArray[np.uint8]:
    """Draw images, uint8 (N, H, W, C), with edges that are smooth over one pixel."""
    radius = factors["size"][:, None, None]
    u, v = _shape_coordinates(factors, config.size)
    distance = np.empty_like(u)
    for kind, outside in enumerate(_KINDS.values()):
        of_kind = factors["shape"] == kind
        distance[of_kind] = outside(u[of_kind], v[of_kind])
    cover = np.clip(0.5 - distance * radius * config.size, 0, 1)[..., None]
    colours = _rgb(factors["colour"]) if config.color == "rgb" else factors["colour"][:, None]
    images: npt.NDArray[np.uint8] = np.rint(255 * cover * colours[:, None, None, :]).astype(np.uint8)
    return images


def _shape_coordinates(factors: Mapping[str, npt.NDArray[Any]], size: int) -> tuple[Floats, Floats]:
    """Return where each pixel lies, (N, H, W), seen from its shape: upright, centre 0, radius 1."""
    middles = (np.arange(size, dtype=np.float32) + 0.5) / size
    x = middles[None, None, :] - factors["x"][:, None, None]
    y = middles[None, :, None] - factors["y"][:, None, None]
    turn = np.deg2rad(factors["angle"])[:, None, None]
    radius = factors["size"][:, None, None]
    u = (np.cos(turn) * x + np.sin(turn) * y) / radius
    v = (np.cos(turn) * y - np.sin(turn) * x) / radius
    return u, v


def _rgb(hue: Floats) -> Floats:
    """Turn hues in degrees, (N,), into RGB, (N, 3), of one saturation and full value."""
    sector = (np.array([5, 3, 1], np.float32) + hue[:, None] / np.float32(60)) % np.float32(6)
    colours: Floats = 1 - _SATURATION * np.clip(np.minimum(sector, 4 - sector), 0, 1)
    return colours


# How far (u, v) is outside a shape of circumscribed radius 1; negative inside. The distance is exact
# near the edges and not near the corners, which is all that a smooth edge needs.


def _square(u: Floats, v: Floats) -> Floats:
    distance: Floats = np.maximum(np.abs(u), np.abs(v)) - np.float32(np.sqrt(0.5))
    return distance


def _ellipse(u: Floats, v: Floats) -> Floats:
    narrow = np.float32(0.6)
    k = np.hypot(u, v / narrow)
    steepness = np.hypot(u, v / narrow**2) / np.maximum(k, 1e-6)
    distance: Floats = (k - 1) / np.maximum(steepness, 1)
    return distance


def _triangle(u: Floats, v: Floats) -> Floats:
    distance: Floats = _sides(u, v, 3)[2] - np.float32(0.5)
    return distance


def _star(u: Floats, v: Floats) -> Floats:
    # A five-pointed star is what lies behind at most one of the lines along the sides of its pentagon.
    distance: Floats = _sides(u, -v, 5)[3] - np.float32(np.cos(0.4 * np.pi))
    return distance


def _cross(u: Floats, v: Floats) -> Floats:
    u, v = np.abs(u), np.abs(v)
    bar = np.float32(0.3)
    tip = np.sqrt(1 - bar**2)
    distance: Floats = np.minimum(np.maximum(u - tip, v - bar), np.maximum(v - tip, u - bar))
    return distance


def _sides(u: Floats, v: Floats, count: int) -> Floats:
    """Return how far (u, v) is along the normal of each side of a polygon, ascending; the first points down."""
    turns = 2 * np.pi * np.arange(count) / count
    return np.sort(np.stack([np.float32(np.sin(t)) * u + np.float32(np.cos(t)) * v for t in turns]), axis=0)


_KINDS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    N_("square"): _square,
    N_("ellipse"): _ellipse,
    N_("triangle"): _triangle,
    N_("star"): _star,
    N_("cross"): _cross,
}

SPEC = SourceSpec(
    name="shapes",
    label=N_("Shapes"),
    summary=N_("Drawn shapes whose kind, colour, size, angle and place are known. Needs no download."),
    config=ShapesConfig,
    load=load,
    order=1,
)
