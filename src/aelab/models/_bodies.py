"""The body of a family that can be dense or convolutional: what stands between the pixels and the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from aelab.errors import N_
from aelab.fields import OnlyWith, field
from aelab.models._convolutional import FilterConfig, convolve, deconvolve
from aelab.models._dense import DenseConfig, narrow, widen
from aelab.models.spec import Layers, Shape, Tensor

BODY_HELP: Final = N_(
    "Dense layers (their width counts) are fast and good on small grey images; convolutions (their filters count) "
    "see neighbouring pixels together."
)
Body = Literal["convolutional", "dense"]


@dataclass(frozen=True)
class BodyConfig(FilterConfig, DenseConfig):
    """Settings of a body."""

    only_with: ClassVar[OnlyWith] = {
        "width": ("body", "dense"),
        "filters": ("body", "convolutional"),
    }

    body: Body = field(
        "convolutional",
        "Body",
        BODY_HELP,
    )


def features(layers: Layers, image: Tensor, config: BodyConfig) -> Tensor:
    """(B, H, W, C) -> (B, F)."""
    return narrow(layers, image, config.width) if config.body == "dense" else convolve(layers, image, config)


def decoder(layers: Layers, code: Tensor, config: BodyConfig, shape: Shape) -> Tensor:
    """(B, latent_dim) -> (B, H, W, C) in [0, 1]."""
    if config.body == "dense":
        return widen(layers, code, config.width, shape)
    return deconvolve(layers, code, config, shape)
