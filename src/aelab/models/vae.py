"""A variational autoencoder: every image becomes a small normal distribution over codes.

The loss is minus the evidence lower bound, per image [1]_, with the divergence weighted by beta [2]_::

    reconstruction + beta * KL(q(z|x) || N(0, I))

Reconstruction and divergence are counted in nats with `bce`; with `mse` the reconstruction is the
summed squared error, which is the Gaussian likelihood of variance 1/2 up to a constant.

References
----------
.. [1] D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", ICLR 2014. arXiv:1312.6114
.. [2] I. Higgins et al., "beta-VAE: Learning basic visual concepts with a constrained variational
   framework", ICLR 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aelab.errors import N_
from aelab.fields import field
from aelab.models._convolutional import ConvolutionalConfig, convolve, deconvolve
from aelab.models._losses import per_pixel
from aelab.models.spec import Layers, ModelSpec, ReconstructionLoss, Tensor

_LOG_VARIANCE_BOUND = 10.0  # e^10: beyond it a float32 square soon overflows


@dataclass(frozen=True)
class Config(ConvolutionalConfig):
    """Settings of the variational autoencoder."""

    latent_dim: int = field(
        16, "Latent dimension", "How many numbers the encoder keeps of each image.", low=1, high=4096, scale="log"
    )
    loss: ReconstructionLoss = field(
        "bce", "Loss", "Squared error (mse), or binary cross-entropy (bce), which treats a pixel as a probability."
    )
    beta: float = field(
        1.0,
        "Beta",
        "Weight of the divergence from the prior: above 1 the codes are tidier and the images blurrier.",
        low=0.0,
        high=100.0,
    )


def encoder(layers: Layers, image: Tensor, config: Config) -> tuple[Tensor, Tensor]:
    """(B, H, W, C) -> mean and log-variance of the posterior, (B, latent_dim) each."""
    features = convolve(layers, image, config)
    return layers.Dense(config.latent_dim)(features), layers.Dense(config.latent_dim)(features)


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) in nats, (B,): equation 10 of [1]_."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    return 0.5 * ops.sum(ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance, axis=-1)


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return reconstruction and weighted divergence, each a mean over the images of the batch."""
    from keras import ops, random  # noqa: PLC0415

    mean, log_variance = networks.encoder(given, training=training)  # (B, K), (B, K)
    log_variance = ops.clip(log_variance, -_LOG_VARIANCE_BOUND, _LOG_VARIANCE_BOUND)
    noise = random.normal(ops.shape(mean), seed=networks.seed)
    code = mean + ops.exp(0.5 * log_variance) * noise  # the reparametrisation: chance enters beside the weights
    output = networks.decoder(code, training=training)  # (B, H, W, C)
    error = ops.sum(per_pixel(target, output, config.loss), axis=(1, 2, 3))  # (B,)
    return {
        "reconstruction": ops.mean(error),
        "beta_kl": config.beta * ops.mean(kl_divergence(mean, log_variance)),
    }


SPEC = ModelSpec(
    name="vae",
    label=N_("Variational autoencoder"),
    summary=N_("Codes follow a normal distribution, so that new images can be drawn from it."),
    paper="Kingma & Welling 2014",
    config=Config,
    encoder=encoder,
    decoder=deconvolve,
    losses=losses,
    units=lambda config: N_("nats per image") if config.loss == "bce" else N_("summed squared error per image"),
    parts={"reconstruction": N_("Reconstruction"), "beta_kl": N_("β · KL divergence")},
    generative=True,
    order=5,
)
