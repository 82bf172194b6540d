"""A variational autoencoder with a critic: an image is near another if the critic sees the same in both.

The error of a pixel punishes an edge that is one pixel off as much as one that is missing, and so blurs.  Here
images are compared by the features of a critic that learns to tell real images from drawn ones, and the decoder is
asked to deceive it as well [1]_::

    weight * squared error of the features + KL(q(z|x) || N(0, I)) + adversarial * log-odds of being found out

References
----------
.. [1] A. B. L. Larsen, S. K. Sønderby, H. Larochelle and O. Winther, "Autoencoding beyond pixels using a learned
   similarity metric", ICML 2016: algorithm 1. arXiv:1512.09300
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aelab.errors import N_
from aelab.fields import field
from aelab.models._convolutional import FilterConfig, convolve, deconvolve
from aelab.models._critic import COST, CRITIC_LOSS, GENERATOR_LOSS, SURE_OF_DRAWN, SURE_OF_REAL, judged_by, taken_for
from aelab.models._losses import IMAGE, OUTPUT
from aelab.models._variational import CODE, KL, POSTERIOR, posterior
from aelab.models.spec import Layers, ModelSpec, Symbol, Tensor
from aelab.models.vae import kl_divergence


@dataclass(frozen=True)
class Config(FilterConfig):
    """Settings of the VAE-GAN."""

    weight: float = field(
        1.0, "Weight", "Of the error of the critic's features, beside the divergence.", low=0.0, high=1e4, scale="log"
    )
    adversarial: float = field(
        1.0, "Adversarial weight", "Of deceiving the critic: higher is sharper, and less faithful.", low=0.0, high=1e3
    )


def encoder(layers: Layers, image: Tensor, config: Config) -> tuple[Tensor, Tensor]:
    """(B, H, W, C) -> mean and log-variance of the posterior, (B, latent_dim) each."""
    x = convolve(layers, image, config)
    return layers.Dense(config.latent_dim)(x), layers.Dense(config.latent_dim)(x)


def _made(networks: Any, code: Tensor, training: bool) -> Tensor:
    """Return what codes (B, K), and as many draws of the prior, decode to: (2 B, H, W, C)."""
    from keras import ops, random  # noqa: PLC0415 - only workers have Keras

    draws = random.normal(ops.shape(code), seed=networks.seed)
    # The encoder hears nothing of the critic's verdict: it is to be faithful, the decoder to deceive.
    return networks.decoder(ops.concatenate([ops.stop_gradient(code), draws]), training=training)


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return the three parts that encoder and decoder minimise, each a mean over the images of the batch."""
    from keras import ops  # noqa: PLC0415

    mean, log_variance, code = posterior(networks, given, training)  # (B, K) each
    output = networks.decoder(code, training=training)  # (B, H, W, C)
    seen, wanted = (networks.critic(images, training=training)[1] for images in (output, target))  # (B, F) each
    scores, _ = networks.critic(_made(networks, code, training), training=training)  # (2 B, 1)
    return {
        "weighted_features": config.weight * ops.mean(ops.sum(ops.square(seen - wanted), axis=1)),
        "kl": ops.mean(ops.sum(kl_divergence(mean, log_variance), axis=1)),
        "weighted_adversarial": config.adversarial * taken_for(True, scores),
    }


def critic_losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return what the critic minimises: how often it takes real images for drawn, and drawn ones for real."""
    _, _, code = posterior(networks, given, training)  # (B, K)
    real_scores, _ = networks.critic(target, training=training)  # (B, 1)
    drawn_scores, _ = networks.critic(_made(networks, code, training), training=training)  # (2 B, 1)
    return {"critic_real": taken_for(True, real_scores), "critic_drawn": taken_for(False, drawn_scores)}


SPEC = ModelSpec(
    name="vae_gan",
    label=N_("VAE-GAN"),
    summary=N_("A variational autoencoder that is judged by a critic instead of pixel by pixel: sharper images."),
    paper="Larsen et al. 2016",
    config=Config,
    encoder=encoder,
    decoder=deconvolve,
    losses=losses,
    units=lambda config: N_("weighted sum per image"),
    parts={
        "weighted_features": N_("λ · Error of the critic's features"),
        "kl": N_("KL divergence"),
        "weighted_adversarial": N_("α · Being found out by the critic"),
    },
    equation=(
        r"\mathcal{L}_G = \lambda \| D_\ell(x) - D_\ell(\hat{x}) \|^2"
        r" + \mathrm{KL}(q(z|x) \,\|\, \mathcal{N}(0, I)) - \alpha \log D(\tilde{x}),"
        r" \quad \mathcal{L}_D = -\log D(x) - \log(1 - D(\tilde{x}))"
    ),
    symbols=(
        replace(
            GENERATOR_LOSS,
            code="ops.mean",
            meaning=N_("what encoder and decoder minimise, in three terms; the last moves the decoder alone"),
        ),
        CRITIC_LOSS,
        IMAGE,
        POSTERIOR,
        CODE,
        OUTPUT,
        Symbol(r"D_\ell(x)", N_("features of the image: what the critic makes its score of"), "wanted"),
        Symbol(r"D_\ell(\hat{x})", N_("the same of what the decoder makes of its code"), "seen"),
        KL,
        Symbol(
            r"\mathcal{N}(0, I)",
            N_("the prior: each number has a normal distribution of mean 0 and variance 1"),
            "draws",
        ),
        Symbol(
            r"\tilde{x}",
            N_("drawn images: what the decoder makes of the codes, and of as many draws from the prior"),
            "networks.decoder",
            where="_made",
        ),
        SURE_OF_REAL,
        replace(SURE_OF_DRAWN, latex=r"D(\tilde{x})"),
        COST,
        Symbol(r"\lambda", N_("weight of the features"), "config.weight"),
        Symbol(r"\alpha", N_("weight of deceiving the critic"), "config.adversarial"),
    ),
    usual={"learning_rate": 0.001, "batch_size": 64, "epochs": 6},
    opponent=judged_by(critic_losses),
    generative=True,
    order=13,
)
