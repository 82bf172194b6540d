"""The smallest autoencoder: one layer in, one layer out.

References
----------
.. [1] D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning internal representations by error
   propagation", in Parallel Distributed Processing, vol. 1, MIT Press, 1986.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aelab.errors import N_
from aelab.models._losses import PIXEL_ERROR, PIXEL_MEAN_SYMBOLS, ErrorConfig, pixel_mean, pixel_units
from aelab.models.spec import Layers, ModelSpec, Shape, Tensor


@dataclass(frozen=True)
class Config(ErrorConfig):
    """Settings of the shallow autoencoder."""


def encoder(layers: Layers, image: Tensor, config: Config) -> Tensor:
    """(B, H, W, C) -> (B, latent_dim)."""
    return layers.Dense(config.latent_dim, activation="relu")(layers.Flatten()(image))


def decoder(layers: Layers, code: Tensor, config: Config, shape: Shape) -> Tensor:
    """(B, latent_dim) -> (B, H, W, C) in [0, 1]."""
    return layers.Reshape(shape)(layers.Dense(math.prod(shape), activation="sigmoid")(code))


SPEC = ModelSpec(
    name="shallow_ae",
    label=N_("Shallow autoencoder"),
    summary=N_("One dense layer each way: the textbook's first autoencoder."),
    paper="Rumelhart, Hinton & Williams 1986",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=pixel_mean,
    units=pixel_units,
    dense=True,
    equation=r"\mathcal{L} = " + PIXEL_ERROR,
    symbols=PIXEL_MEAN_SYMBOLS,
    order=1,
)
