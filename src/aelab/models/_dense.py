"""The dense body: two hidden layers that narrow to features, and the same two back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from aelab.fields import field
from aelab.models.spec import CodeConfig, Layers, Shape, Tensor


@dataclass(frozen=True)
class DenseConfig(CodeConfig):
    """Settings of the dense body."""

    width: int = field(
        512, "Width", "Units of the first hidden layer; the second has half as many.", low=4, high=4096, scale="log"
    )


def narrow(layers: Layers, image: Tensor, width: int) -> Tensor:
    """Turn images (B, H, W, C) into features (B, width // 2)."""
    x = layers.Flatten()(image)
    x = layers.Dense(width, activation="relu")(x)
    return layers.Dense(width // 2, activation="relu")(x)


def widen(layers: Layers, code: Tensor, width: int, shape: Shape) -> Tensor:
    """Turn codes (B, latent_dim) into images (B, H, W, C) in [0, 1]."""
    x = layers.Dense(width // 2, activation="relu")(code)
    x = layers.Dense(width, activation="relu")(x)
    return layers.Reshape(shape)(layers.Dense(math.prod(shape), activation="sigmoid")(x))
