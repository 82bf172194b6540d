"""The convolutional body that `conv_ae`, `dae` and `vae` share.

Halve height and width with strided convolutions until at most 8 pixels are left, doubling the
filters; the decoder mirrors it.  Sizes that do not divide are rounded up on the way down and
cropped at the end of the way up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aelab.fields import field
from aelab.models._losses import ErrorConfig
from aelab.models.spec import CodeConfig, Layers, Shape, Tensor

_SMALLEST = 8
_SLOPE = 0.2
_MOMENTUM = 0.9  # Keras' 0.99 still remembers the initial weights after an epoch of 16 steps
_MOST_FILTERS = 256


def first_filters() -> Any:
    """Declare how wide a family of convolutions begins."""
    return field(
        16,
        "Filters",
        "Channels of the first convolution; each next one has twice as many.",
        low=2,
        high=128,
        scale="log",
    )


@dataclass(frozen=True)
class FilterConfig(CodeConfig):
    """Settings of the convolutional body."""

    filters: int = first_filters()


@dataclass(frozen=True)
class ConvolutionalConfig(FilterConfig, ErrorConfig):
    """Settings of a family that has this body, and an error a pixel."""


def sizes(height: int, width: int) -> list[tuple[int, int]]:
    """Return (H, W) before the first and after each halving, until neither exceeds 8 pixels."""
    found = [(height, width)]
    while max(found[-1]) > _SMALLEST:
        h, w = found[-1]
        found.append((-(-h // 2), -(-w // 2)))
    return found


def _filters(config: FilterConfig, depth: int, times: int = 1) -> int:
    return min(times * config.filters << depth, _MOST_FILTERS)


def convolve(layers: Layers, image: Tensor, config: FilterConfig, *, normalized: bool = True, times: int = 1) -> Tensor:
    """Turn images (B, H, W, C) into features (B, h * w * f), with or without batch normalisation.

    `times` is how many times as many filters there are as the decoder has.
    """
    x = image
    for depth in range(len(sizes(*image.shape[-3:-1])) - 1):
        x = layers.Conv2D(_filters(config, depth, times), 3, strides=2, padding="same", use_bias=not normalized)(x)
        if normalized:
            x = layers.BatchNormalization(momentum=_MOMENTUM)(x)
        x = layers.LeakyReLU(negative_slope=_SLOPE)(x)  # (B, H / 2^(depth+1), W / 2^(depth+1), f * 2^depth)
    return layers.Flatten()(x)


def deconvolve(layers: Layers, code: Tensor, config: FilterConfig, shape: Shape) -> Tensor:
    """Turn codes (B, latent_dim) into images (B, H, W, C) in [0, 1]."""
    height, width, channels = shape
    steps = sizes(height, width)
    halvings = len(steps) - 1
    h, w = steps[-1]
    deepest = _filters(config, max(halvings - 1, 0))
    x = layers.Dense(h * w * deepest)(code)
    x = layers.LeakyReLU(negative_slope=_SLOPE)(x)
    x = layers.Reshape((h, w, deepest))(x)
    for depth in reversed(range(halvings)):
        x = layers.Conv2DTranspose(_filters(config, depth), 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=_MOMENTUM)(x)
        x = layers.LeakyReLU(negative_slope=_SLOPE)(x)
        target_h, target_w = steps[depth]
        h, w = 2 * h, 2 * w
        if (h, w) != (target_h, target_w):
            x = layers.Cropping2D(((0, h - target_h), (0, w - target_w)))(x)
            h, w = target_h, target_w
    return layers.Conv2DTranspose(channels, 3, strides=1, padding="same", activation="sigmoid")(x)
