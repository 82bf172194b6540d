"""Principal component analysis: the linear baseline that every autoencoder is held against.

The best linear encoder and decoder for the squared error, found in closed form (no epochs, no
chance): codes are coordinates along the directions in which the training images vary most.

References
----------
.. [1] H. Hotelling, "Analysis of a complex of statistical variables into principal components",
   Journal of Educational Psychology 24, 1933. :DOI:`10.1037/h0071325`
.. [2] P. Baldi and K. Hornik, "Neural networks and principal component analysis", Neural Networks 2,
   1989: a linear autoencoder finds the same subspace. :DOI:`10.1016/0893-6080(89)90014-2`
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab.errors import N_, LabError
from aelab.models._losses import IMAGE, VALUES, per_pixel, reconstruct
from aelab.models.spec import CodeConfig, Layers, ModelSpec, Shape, Symbol, Tensor


@dataclass(frozen=True)
class Config(CodeConfig):
    """Settings of PCA: only the number of components."""


def encoder(layers: Layers, image: Tensor, config: Config) -> Tensor:
    """Project (B, H, W, C) on the components: (B, latent_dim)."""
    return layers.Dense(config.latent_dim)(layers.Flatten()(image))


def decoder(layers: Layers, code: Tensor, config: Config, shape: Shape) -> Tensor:
    """Add up the components (B, latent_dim) to (B, H, W, C), cut off at 0 and 1."""
    x = layers.Dense(math.prod(shape))(code)
    return layers.ReLU(max_value=1.0)(layers.Reshape(shape)(x))


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return the mean squared error a pixel."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    output = reconstruct(networks, given, training)  # (B, H, W, C)
    return {"reconstruction": ops.mean(per_pixel(target, output, "mse"))}


def fit(networks: Any, images: npt.NDArray[np.float32], config: Config) -> None:
    """Set the weights of both networks from the training images, float32 (N, H, W, C)."""
    from sklearn.decomposition import PCA  # noqa: PLC0415 - costs a second that only workers need pay

    flat = images.reshape(len(images), -1)
    most = min(flat.shape)
    if config.latent_dim > most:
        raise LabError(
            "latent_dim must be at most {most} for PCA of {count} images of {pixels} values; it is {value}.",
            most=most,
            count=flat.shape[0],
            pixels=flat.shape[1],
            value=config.latent_dim,
        )
    pca = PCA(config.latent_dim, svd_solver="auto", random_state=0).fit(flat)
    components, mean = pca.components_, pca.mean_  # (K, D), (D,)
    networks.encoder.set_weights([components.T, -mean @ components.T])
    networks.decoder.set_weights([components, mean])


SPEC = ModelSpec(
    name="pca",
    label=N_("PCA (linear baseline)"),
    summary=N_("The best any linear encoder can do, in closed form. An autoencoder should beat it."),
    paper="Hotelling 1933",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=losses,
    units=lambda config: N_("squared error per pixel"),
    equation=r"\mathcal{L} = \frac{1}{D} \big\| x - \hat{x} \big\|^2, \quad \hat{x} = W W^\top (x - \mu) + \mu",
    symbols=(
        IMAGE,
        Symbol(
            r"\hat{x}", N_("what the decoder makes of its code, cut off at 0 and 1"), "layers.ReLU", where="decoder"
        ),
        Symbol("W", N_("the directions in which the training images vary most"), "components"),
        Symbol(r"W^\top", N_("the same, transposed: it leads to the code, and W back"), "components.T"),
        Symbol(r"\mu", N_("the mean of the training images"), "mean"),
        VALUES,
    ),
    fit=fit,
    order=0,
)
