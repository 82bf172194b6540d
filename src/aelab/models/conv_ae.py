"""A convolutional autoencoder: strided convolutions to a dense code, transposed ones back.

References
----------
.. [1] J. Masci, U. Meier, D. Cireşan and J. Schmidhuber, "Stacked convolutional auto-encoders for
   hierarchical feature extraction", ICANN 2011. :DOI:`10.1007/978-3-642-21735-7_7`
"""

from __future__ import annotations

from aelab.errors import N_
from aelab.models._convolutional import ConvolutionalConfig, convolve, deconvolve
from aelab.models._losses import PIXEL_ERROR, PIXEL_MEAN_SYMBOLS, pixel_mean, pixel_units
from aelab.models.spec import Layers, ModelSpec, Tensor


def encoder(layers: Layers, image: Tensor, config: ConvolutionalConfig) -> Tensor:
    """(B, H, W, C) -> (B, latent_dim)."""
    return layers.Dense(config.latent_dim)(convolve(layers, image, config))


SPEC = ModelSpec(
    name="conv_ae",
    label=N_("Convolutional autoencoder"),
    summary=N_("Sees neighbouring pixels together; works on any image size, grey or colour."),
    paper="Masci et al. 2011",
    config=ConvolutionalConfig,
    encoder=encoder,
    decoder=deconvolve,
    losses=pixel_mean,
    units=pixel_units,
    equation=r"\mathcal{L} = " + PIXEL_ERROR,
    symbols=PIXEL_MEAN_SYMBOLS,
    order=3,
)
