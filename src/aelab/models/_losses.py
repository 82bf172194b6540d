"""How far a reconstruction is from its target, counted a pixel or a whole image."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from aelab.errors import N_
from aelab.fields import field
from aelab.models.spec import CodeConfig, ReconstructionLoss, Symbol, Tensor

#: Of the equations in which an image is held against what its code decodes to.
IMAGE: Final = Symbol("x", N_("an image"), "given")
OUTPUT: Final = Symbol(r"\hat{x}", N_("what the decoder makes of its code"), "output")
RECONSTRUCTED: Final = replace(OUTPUT, code="networks.decoder", where="reconstruct")  # where the loss calls that
ERROR: Final = Symbol(r"\ell(x_d, \hat{x}_d)", N_("error of the d-th of its D values"), "config.loss")
VALUES: Final = Symbol("D", N_("values of an image: height × width × channels"), "per_pixel", of_image=True)
PIXEL_SYMBOLS: Final = (IMAGE, OUTPUT, ERROR, VALUES)
PIXEL_MEAN_SYMBOLS: Final = (IMAGE, RECONSTRUCTED, ERROR, VALUES)  # of `pixel_mean`
PIXEL_ERROR: Final = r"\frac{1}{D} \sum_{d=1}^{D} \ell(x_d, \hat{x}_d)"
IMAGE_ERROR: Final = r"\sum_{d=1}^{D} \ell(x_d, \hat{x}_d)"


@dataclass(frozen=True)
class ErrorConfig(CodeConfig):
    """Settings of a family that holds an image against what its code decodes to, pixel by pixel."""

    loss: ReconstructionLoss = field(
        "mse", "Loss", "Squared error (mse), or binary cross-entropy (bce), which treats a pixel as a probability."
    )


def reconstruct(networks: Any, given: Tensor, training: bool) -> Tensor:
    """Return decoder(encoder(given)), (B, H, W, C)."""
    return networks.decoder(networks.encoder(given, training=training), training=training)


def per_pixel(target: Tensor, output: Tensor, loss: ReconstructionLoss) -> Tensor:
    """Return the error of every pixel, (B, H, W, C): squared, or binary cross-entropy in nats."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    if loss == "mse":
        return ops.square(target - output)
    p = ops.clip(output, 1e-6, 1.0 - 1e-6)
    return -(target * ops.log(p) + (1.0 - target) * ops.log(1.0 - p))


def pixel_mean(networks: Any, given: Tensor, target: Tensor, config: Any, training: bool) -> dict[str, Tensor]:
    """Return the one part of a plain autoencoder's loss: the mean error a pixel, a scalar."""
    from keras import ops  # noqa: PLC0415

    output = reconstruct(networks, given, training)
    return {"reconstruction": ops.mean(per_pixel(target, output, config.loss))}


def pixel_units(config: Any) -> str:
    """Name the unit of `pixel_mean`."""
    return N_("squared error per pixel") if config.loss == "mse" else N_("nats per pixel")


def image_units(config: Any) -> str:
    """Name the unit of an error that is summed over an image."""
    return N_("summed squared error per image") if config.loss == "mse" else N_("nats per image")
