"""A contractive autoencoder: a code that hardly moves when the image does.

Beside the error, the squared Frobenius norm of the Jacobian of the code is minimised [1]_, so that only changes that
the training images themselves show are worth a movement of the code.  With one layer it has a closed form, as
equation 7 of [1]_ says for sigmoids; of tanh, which learns faster::

    ||J||^2 = sum_k (1 - z_k^2)^2 * sum_d W_dk^2

References
----------
.. [1] S. Rifai, P. Vincent, X. Muller, X. Glorot and Y. Bengio, "Contractive auto-encoders: Explicit invariance
   during feature extraction", ICML 2011.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aelab.errors import N_
from aelab.fields import field
from aelab.models._dense import DenseConfig, widen
from aelab.models._losses import PIXEL_ERROR, PIXEL_SYMBOLS, ErrorConfig, per_pixel, pixel_units
from aelab.models.spec import Layers, ModelSpec, Shape, Symbol, Tensor, latent


@dataclass(frozen=True)
class Config(DenseConfig, ErrorConfig):
    """Settings of the contractive autoencoder."""

    latent_dim: int = latent(128)
    weight: float = field(
        1e-4, "Weight", "Of the Jacobian's squared norm, beside the error of a pixel.", low=0.0, high=10.0, scale="log"
    )


def encoder(layers: Layers, image: Tensor, config: Config) -> Tensor:
    """(B, H, W, C) -> (B, latent_dim) in [-1, 1]."""
    return layers.Dense(config.latent_dim, activation="tanh")(layers.Flatten()(image))


def decoder(layers: Layers, code: Tensor, config: Config, shape: Shape) -> Tensor:
    """(B, latent_dim) -> (B, H, W, C) in [0, 1]."""
    return widen(layers, code, config.width, shape)


def jacobian_norm(code: Tensor, kernel: Tensor) -> Tensor:
    """Return the squared Frobenius norm of d code / d image for each image, (B,).

    Parameters
    ----------
    code : tensor (B, K)
        Behind its tanh.
    kernel : tensor (D, K)
        Of the one layer that led there.
    """
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    slope = 1.0 - ops.square(code)  # (B, K): the derivative of tanh
    return ops.sum(ops.square(slope) * ops.sum(ops.square(kernel), axis=0), axis=1)


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return the mean error of a pixel and the weighted norm of the Jacobian, a mean over the images of the batch."""
    from keras import ops  # noqa: PLC0415

    code = networks.encoder(given, training=training)  # (B, K)
    output = networks.decoder(code, training=training)  # (B, H, W, C)
    kernel = networks.encoder.layers[-1].kernel  # (D, K)
    return {
        "reconstruction": ops.mean(per_pixel(target, output, config.loss)),
        "weighted_contraction": config.weight * ops.mean(jacobian_norm(code, kernel)),
    }


SPEC = ModelSpec(
    name="contractive_ae",
    label=N_("Contractive autoencoder"),
    summary=N_("Its code hardly moves when the image does, except where the training images differ."),
    paper="Rifai et al. 2011",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=losses,
    units=pixel_units,
    parts={"reconstruction": N_("Reconstruction"), "weighted_contraction": N_("λ · Jacobian norm")},
    dense=True,
    equation=(r"\mathcal{L} = " + PIXEL_ERROR + r" + \lambda \Big\| \frac{\partial z}{\partial x} \Big\|_F^2"),
    symbols=(
        *PIXEL_SYMBOLS,
        Symbol("z", N_("its code"), "code"),
        Symbol(
            r"\frac{\partial z}{\partial x}",
            N_("the Jacobian: how each number of the code moves with each value of the image"),
            "slope",
        ),
        Symbol(
            r"\Big\| \frac{\partial z}{\partial x} \Big\|_F",
            N_("its Frobenius norm: the root of the sum of the squares of all its entries"),
            "ops.sum",
            where="jacobian_norm",
        ),
        Symbol(r"\lambda", N_("weight of the norm"), "config.weight"),
    ),
    order=5,
)
