"""A dense autoencoder with two hidden layers each way, 784-512-256-32 on MNIST by default.

References
----------
.. [1] G. E. Hinton and R. R. Salakhutdinov, "Reducing the dimensionality of data with neural
   networks", Science 313, 2006. :DOI:`10.1126/science.1127647`
"""

from __future__ import annotations

from dataclasses import dataclass

from aelab.errors import N_
from aelab.models._dense import DenseConfig, narrow, widen
from aelab.models._losses import PIXEL_ERROR, PIXEL_MEAN_SYMBOLS, ErrorConfig, pixel_mean, pixel_units
from aelab.models.spec import Layers, ModelSpec, Shape, Tensor


@dataclass(frozen=True)
class Config(DenseConfig, ErrorConfig):
    """Settings of the deep autoencoder."""


def encoder(layers: Layers, image: Tensor, config: Config) -> Tensor:
    """(B, H, W, C) -> (B, latent_dim)."""
    return layers.Dense(config.latent_dim)(narrow(layers, image, config.width))


def decoder(layers: Layers, code: Tensor, config: Config, shape: Shape) -> Tensor:
    """(B, latent_dim) -> (B, H, W, C) in [0, 1]."""
    return widen(layers, code, config.width, shape)


SPEC = ModelSpec(
    name="deep_ae",
    label=N_("Deep autoencoder"),
    summary=N_("Dense layers that narrow to the code and widen again; fast, and good on small grey images."),
    paper="Hinton & Salakhutdinov 2006",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=pixel_mean,
    units=pixel_units,
    dense=True,
    equation=r"\mathcal{L} = " + PIXEL_ERROR,
    symbols=PIXEL_MEAN_SYMBOLS,
    order=2,
)
