"""The body of a family that can be dense or convolutional: what stands between the pixels and the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aelab.fields import field
from aelab.models._convolutional import FilterConfig, convolve, deconvolve
from aelab.models._dense import narrow, widen
from aelab.models.spec import Layers, Shape, Tensor

Body = Literal["convolutional", "dense"]


@dataclass(frozen=True)
class BodyConfig(FilterConfig):
    """Settings of a body."""

    body: Body = field(
        "convolutional",
        "Body",
        "Dense layers are fast and good on small grey images; convolutions see neighbouring pixels together.",
    )
    width: int = field(
        512,
        "Width",
        "Of a dense body: units of the first hidden layer; the second has half as many.",
        low=4,
        high=4096,
        scale="log",
    )


def features(layers: Layers, image: Tensor, config: BodyConfig) -> Tensor:
    """(B, H, W, C) -> (B, F)."""
    return narrow(layers, image, config.width) if config.body == "dense" else convolve(layers, image, config)


def decoder(layers: Layers, code: Tensor, config: BodyConfig, shape: Shape) -> Tensor:
    """(B, latent_dim) -> (B, H, W, C) in [0, 1]."""
    if config.body == "dense":
        return widen(layers, code, config.width, shape)
    return deconvolve(layers, code, config, shape)
