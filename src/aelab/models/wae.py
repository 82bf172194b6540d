"""A Wasserstein autoencoder: codes that together look like draws from a normal distribution, each of them sharp.

Unlike a variational autoencoder it does not blur the code of a single image; it only asks that all codes taken
together fit the prior, by the maximum mean discrepancy between the two [1]_::

    reconstruction + weight * MMD(codes, N(0, I))

References
----------
.. [1] I. Tolstikhin, O. Bousquet, S. Gelly and B. Schölkopf, "Wasserstein auto-encoders", ICLR 2018: algorithm 2, with
   inverse multiquadratic kernels. arXiv:1711.01558
.. [2] A. Gretton et al., "A kernel two-sample test", JMLR 13, 2012: the unbiased estimate, equation 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aelab.errors import N_
from aelab.fields import field
from aelab.models._bodies import BodyConfig, decoder, features
from aelab.models._losses import IMAGE_ERROR, PIXEL_SYMBOLS, ErrorConfig, image_units, per_pixel
from aelab.models.spec import Layers, ModelSpec, Symbol, Tensor, latent

_SCALES: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # kernels of several widths, as the authors' own code has them


@dataclass(frozen=True)
class Config(BodyConfig, ErrorConfig):
    """Settings of the Wasserstein autoencoder."""

    latent_dim: int = latent(16)
    weight: float = field(
        100.0,
        "Weight",
        "Of the discrepancy, beside the summed error of an image: higher fits the prior better.",
        low=0.0,
        high=1e5,
        scale="log",
    )


def encoder(layers: Layers, image: Tensor, config: Config) -> Tensor:
    """(B, H, W, C) -> (B, latent_dim)."""
    return layers.Dense(config.latent_dim)(features(layers, image, config))


def discrepancy(codes: Tensor, draws: Tensor) -> Tensor:
    """Return the unbiased estimate of the squared MMD between two samples (B, K), a scalar; it can be below zero."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    count = ops.cast(ops.shape(codes)[0], "float32")
    others = 1.0 - ops.eye(ops.shape(codes)[0])  # nobody is compared with itself
    pairs = ops.maximum(count * (count - 1.0), 1.0)

    def kernel(one: Tensor, two: Tensor) -> Tensor:
        distances = (
            ops.sum(ops.square(one), axis=1)[:, None]
            + ops.sum(ops.square(two), axis=1)[None]
            - 2.0 * ops.matmul(one, ops.transpose(two))
        )  # (B, B), squared
        reach = 2.0 * one.shape[-1]  # expected squared distance of two draws
        return sum(scale * reach / (scale * reach + ops.maximum(distances, 0.0)) for scale in _SCALES)

    within = ops.sum(others * (kernel(codes, codes) + kernel(draws, draws))) / pairs
    return within - 2.0 * ops.mean(kernel(codes, draws))


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return the summed error, a mean over the images of the batch, and the weighted discrepancy of their codes."""
    from keras import ops, random  # noqa: PLC0415

    code = networks.encoder(given, training=training)  # (B, K)
    output = networks.decoder(code, training=training)  # (B, H, W, C)
    draws = random.normal(ops.shape(code), seed=networks.seed)  # (B, K)
    return {
        "reconstruction": ops.mean(ops.sum(per_pixel(target, output, config.loss), axis=(1, 2, 3))),
        "weighted_mmd": config.weight * discrepancy(code, draws),
    }


SPEC = ModelSpec(
    name="wae",
    label=N_("Wasserstein autoencoder"),
    summary=N_("Sharp codes that together follow a normal distribution, so that new images can be drawn."),
    paper="Tolstikhin et al. 2018",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=losses,
    units=image_units,
    parts={"reconstruction": N_("Reconstruction"), "weighted_mmd": N_("λ · Discrepancy from the prior")},
    equation=(r"\mathcal{L} = " + IMAGE_ERROR + r" + \lambda\, \mathrm{MMD}^2\big(q(z), \mathcal{N}(0, I)\big)"),
    symbols=(
        *PIXEL_SYMBOLS,
        Symbol(
            r"\mathrm{MMD}",
            N_("maximum mean discrepancy: how unlike two samples are, told by how near the points of their pairs are"),
            "ops.mean",
            where="discrepancy",
        ),
        Symbol("q(z)", N_("all codes of a batch together"), "code"),
        Symbol(r"\mathcal{N}(0, I)", N_("draws from the prior"), "draws"),
        Symbol(r"\lambda", N_("weight of the discrepancy"), "config.weight"),
    ),
    generative=True,
    order=9,
)
