"""A contractive autoencoder: a code that hardly moves when the image does.

Beside the error, the squared Frobenius norm of the Jacobian of the code is minimised [1]_, so that only changes that
the training images themselves show are worth a movement of the code.  With one layer of sigmoids it has a closed
form, equation 7 of [1]_::

    ||J||^2 = sum_k (z_k (1 - z_k))^2 * sum_d W_dk^2

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
from aelab.models import shallow_ae
from aelab.models._losses import PIXEL_ERROR, PIXEL_SYMBOLS, per_pixel, pixel_units
from aelab.models.spec import Layers, ModelSpec, Symbol, Tensor


@dataclass(frozen=True)
class Config(shallow_ae.Config):
    """Settings of the contractive autoencoder."""

    weight: float = field(
        1e-4, "Weight", "Of the Jacobian's squared norm, beside the error of a pixel.", low=0.0, high=10.0, scale="log"
    )


def encoder(layers: Layers, image: Tensor, config: Config) -> Tensor:
    """(B, H, W, C) -> (B, latent_dim) in [0, 1]."""
    return layers.Dense(config.latent_dim, activation="sigmoid")(layers.Flatten()(image))


def jacobian_norm(code: Tensor, kernel: Tensor) -> Tensor:
    """Return the squared Frobenius norm of d code / d image for each image, (B,).

    Parameters
    ----------
    code : tensor (B, K)
        Behind its sigmoid.
    kernel : tensor (D, K)
        Of the one layer that led there.
    """
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    slope = code * (1.0 - code)  # (B, K): the sigmoid's derivative
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
    decoder=shallow_ae.decoder,
    losses=losses,
    units=pixel_units,
    parts={"reconstruction": N_("Reconstruction"), "weighted_contraction": N_("λ · Jacobian norm")},
    equation=(r"\mathcal{L} = " + PIXEL_ERROR + r" + \lambda \Big\| \frac{\partial z}{\partial x} \Big\|_F^2"),
    symbols=(
        *PIXEL_SYMBOLS,
        Symbol("z", N_("its code"), "code"),
        Symbol(r"\partial z / \partial x", N_("how the code moves with the image"), "jacobian_norm"),
        Symbol(r"\lambda", N_("weight of the norm"), "config.weight"),
    ),
    order=5,
)
