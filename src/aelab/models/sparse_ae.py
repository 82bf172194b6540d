"""A sparse autoencoder: a wide code of which each image uses a few numbers.

Every number of the code lies between 0 and 1 and should be on average `sparsity` [1]_; what it deviates costs the
divergence between two coins, summed over the code::

    mean squared error + weight * sum_k KL(sparsity || mean activation of z_k)

References
----------
.. [1] H. Lee, C. Ekanadham and A. Y. Ng, "Sparse deep belief net model for visual area V2", NeurIPS 2007.
.. [2] A. Ng, "Sparse autoencoder", CS294A lecture notes, Stanford 2011, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aelab.errors import N_
from aelab.fields import field
from aelab.models._bodies import BODY_HELP, Body, BodyConfig, decoder, features
from aelab.models._losses import PIXEL_ERROR, PIXEL_SYMBOLS, ErrorConfig, per_pixel, pixel_units
from aelab.models.spec import Layers, ModelSpec, Symbol, Tensor, latent


@dataclass(frozen=True)
class Config(BodyConfig, ErrorConfig):
    """Settings of the sparse autoencoder."""

    latent_dim: int = latent(128)
    body: Body = field("dense", "Body", BODY_HELP)
    sparsity: float = field(
        0.05, "Sparsity", "How large a number of the code should be on average, from 0 to 1.", low=0.001, high=0.5
    )
    weight: float = field(
        1e-4, "Weight", "Of the divergence from that average, beside the error of a pixel.", low=0.0, high=10.0,
        scale="log",
    )  # fmt: skip


def encoder(layers: Layers, image: Tensor, config: Config) -> Tensor:
    """(B, H, W, C) -> (B, latent_dim) in [0, 1]."""
    return layers.Dense(config.latent_dim, activation="sigmoid")(features(layers, image, config))


def divergence(code: Tensor, sparsity: float) -> Tensor:
    """Return KL(coin of `sparsity` || coin of the mean activation), summed over the numbers of a code, in nats."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    active = ops.clip(ops.mean(code, axis=0), 1e-6, 1.0 - 1e-6)  # (K,)
    return ops.sum(sparsity * ops.log(sparsity / active) + (1 - sparsity) * ops.log((1 - sparsity) / (1 - active)))


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return the mean error of a pixel and the weighted divergence of a batch."""
    from keras import ops  # noqa: PLC0415

    code = networks.encoder(given, training=training)  # (B, K)
    output = networks.decoder(code, training=training)  # (B, H, W, C)
    return {
        "reconstruction": ops.mean(per_pixel(target, output, config.loss)),
        "weighted_sparsity": config.weight * divergence(code, config.sparsity),
    }


SPEC = ModelSpec(
    name="sparse_ae",
    label=N_("Sparse autoencoder"),
    summary=N_("A wide code of which each image uses only a few numbers."),
    paper="Lee, Ekanadham & Ng 2007",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=losses,
    units=pixel_units,
    parts={"reconstruction": N_("Reconstruction"), "weighted_sparsity": N_("λ · Divergence from sparsity")},
    dense=True,
    equation=(r"\mathcal{L} = " + PIXEL_ERROR + r" + \lambda \sum_{k=1}^{K} \mathrm{KL}(\rho \,\|\, \bar{z}_k)"),
    symbols=(
        *PIXEL_SYMBOLS,
        Symbol("K", N_("latent dimension"), "config.latent_dim"),
        Symbol(r"\bar{z}_k", N_("mean of the k-th number of the code over a batch"), "active"),
        Symbol(
            r"\mathrm{KL}",
            N_("Kullback-Leibler divergence of two coins, whose chances of heads are these two numbers, in nats"),
            "ops.sum",
            where="divergence",
        ),
        Symbol(r"\rho", N_("what that mean should be"), "config.sparsity"),
        Symbol(r"\lambda", N_("weight of the divergence"), "config.weight"),
    ),
    order=4,
)
