"""What the variational families share: a posterior over codes, a draw from it, and the likelihood of the image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

from aelab.errors import N_
from aelab.fields import field
from aelab.models._bodies import BodyConfig, features
from aelab.models._losses import per_pixel
from aelab.models.spec import Layers, Symbol, Tensor, latent

Likelihood = Literal["bce", "bernoulli", "gaussian", "mse"]

POSTERIOR: Final = Symbol(
    "q(z|x)",
    N_("what the encoder makes of it: a normal distribution of each number of the code"),
    "networks.encoder",
    where="posterior",
)
CODE: Final = Symbol("z", N_("a code: a draw from these distributions"), "code", where="posterior")
EXPECTED: Final = Symbol(
    r"\mathbb{E}_{q(z|x)}",
    N_("mean over such draws; in training, one draw of each image stands for it"),
    "passed.error",
)
LIKELIHOOD: Final = Symbol(r"p(x|z)", N_("likelihood of the image, given its code"), "config.loss", where="through")
DIMENSION: Final = Symbol("K", N_("latent dimension"), "config.latent_dim")
KL: Final = Symbol(
    r"\mathrm{KL}",
    N_("Kullback-Leibler divergence: how far the first distribution is from the second, in nats"),
    "log_variance",
    where="kl_divergence",
)
PRIOR_OF_NUMBER: Final = Symbol(
    r"\mathcal{N}(0, 1)",
    N_("the prior of each number: a normal distribution of mean 0 and variance 1"),
    "log_variance",
    where="kl_divergence",
)

#: The size of the logarithm of a variance that counts, either sign: beyond e^10 a float32 square soon overflows.
LOG_VARIANCE_BOUND: Final = 10.0
_LEAST_VARIANCE = 1e-5  # of a pixel: a third of the step between two of 256 greys, squared


@dataclass(frozen=True)
class VariationalConfig(BodyConfig):
    """Settings of every variational family."""

    latent_dim: int = latent(16)
    loss: Likelihood = field(
        "bce",
        "Likelihood",
        "What a pixel is to the decoder: a probability that is held against its grey (bce) or against black and white "
        "drawn from that (bernoulli); a normal distribution whose variance is learned (gaussian) or 1/2 (mse).",
    )
    warm_up: float = field(
        0.0,
        "Warm-up",
        "Epochs in which the weight of the divergence grows from zero, so that codes are in use before it is felt.",
        low=0.0,
        high=5000.0,
        unit="epochs",
    )


def encoder(layers: Layers, image: Tensor, config: VariationalConfig) -> tuple[Tensor, Tensor]:
    """(B, H, W, C) -> mean and log-variance of the posterior, (B, latent_dim) each."""
    x = features(layers, image, config)
    return layers.Dense(config.latent_dim)(x), layers.Dense(config.latent_dim)(x)


@dataclass(frozen=True)
class Pass:
    """A batch's way through a variational autoencoder.

    Attributes
    ----------
    mean, log_variance, code : tensor (B, latent_dim)
        Of the posterior, and one draw from it.
    error : tensor (B,)
        Minus the logarithm of the likelihood of each image, given its code.
    """

    mean: Tensor
    log_variance: Tensor
    code: Tensor
    error: Tensor


def through(networks: Any, given: Tensor, target: Tensor, config: VariationalConfig, training: bool) -> Pass:
    """Encode images (B, H, W, C), draw a code of each, decode it, and hold it against the target."""
    from keras import ops, random  # noqa: PLC0415 - only workers have Keras

    if draws_pixels(config):  # each is white as often as it is bright
        chance = random.uniform(ops.shape(given), seed=networks.seed)
        given = target = ops.cast(chance < given, "float32")
    mean, log_variance, code = posterior(networks, given, training)
    output = networks.decoder(code, training=training)  # (B, H, W, C)
    error = error_of_images(target, output, config.loss)  # (B,)
    return Pass(mean, log_variance, code, error)


def draws_pixels(config: VariationalConfig) -> bool:
    """Whether images are held against black and white drawn from their greys."""
    return config.loss == "bernoulli"


def posterior(networks: Any, given: Tensor, training: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Return mean and log-variance of the posterior of images (B, H, W, C), and one draw of it, (B, K) each."""
    from keras import ops, random  # noqa: PLC0415

    mean, log_variance = networks.encoder(given, training=training)  # (B, K), (B, K)
    log_variance = ops.clip(log_variance, -LOG_VARIANCE_BOUND, LOG_VARIANCE_BOUND)
    noise = random.normal(ops.shape(mean), seed=networks.seed)
    code = mean + ops.exp(0.5 * log_variance) * noise  # the reparametrisation: chance enters beside the weights
    return mean, log_variance, code


def error_of_images(target: Tensor, output: Tensor, loss: Likelihood) -> Tensor:
    """Return minus the log-likelihood of each image, (B,): nats, or the summed squared error of `mse`.

    `gaussian` has the one variance that suits the batch best, its mean squared error, as [1]_ finds.

    References
    ----------
    .. [1] O. Rybkin, K. Daniilidis and S. Levine, "Simple and effective VAE training with calibrated decoders",
       ICML 2021. arXiv:2006.13202
    """
    from keras import ops  # noqa: PLC0415

    squared_or_nats = per_pixel(target, output, "mse" if loss in {"gaussian", "mse"} else "bce")
    error = ops.sum(squared_or_nats, axis=(1, 2, 3))  # (B,)
    if loss != "gaussian":
        return error
    pixels = math.prod(output.shape[1:])
    variance = ops.maximum(ops.mean(error) / pixels, _LEAST_VARIANCE)
    return 0.5 * (error / variance + pixels * ops.log(2.0 * math.pi * variance))


def warmed_up(networks: Any, config: VariationalConfig) -> Tensor:
    """Return how far the weight of the divergence has grown, from 0 to 1."""
    from keras import ops  # noqa: PLC0415

    return ops.minimum(1.0, networks.epochs_done / config.warm_up) if config.warm_up else 1.0


def log_normal(code: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return the logarithm of the density of N(mean, exp(log_variance)) at each number of a code, in nats."""
    from keras import ops  # noqa: PLC0415

    return -0.5 * (math.log(2.0 * math.pi) + log_variance + ops.square(code - mean) / ops.exp(log_variance))
