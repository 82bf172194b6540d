"""A Wasserstein GAN: a critic that measures how far drawn images are from real ones, and cannot be too good.

The critic's scores differ by the distance between the two kinds of images, as long as no score changes faster than
the image does; a penalty on its gradient, between a real and a drawn image, sees to that [1]_::

    generator: -D(G(z))            critic: D(G(z)) - D(x) + weight * (||gradient of D|| - 1)^2

References
----------
.. [1] I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin and A. Courville, "Improved training of Wasserstein GANs",
   NeurIPS 2017: algorithm 1. arXiv:1704.00028
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aelab.errors import N_
from aelab.fields import field
from aelab.models import gan
from aelab.models._convolutional import deconvolve
from aelab.models._critic import (
    CRITIC_LOSS,
    DRAWING,
    DRAWING_SYMBOLS,
    GENERATOR_LOSS,
    REAL,
    SURE_OF_DRAWN,
    SURE_OF_REAL,
    critic,
    draw,
)
from aelab.models.spec import ModelSpec, Opponent, Symbol, Tensor


@dataclass(frozen=True)
class Config(gan.Config):
    """Settings of the Wasserstein GAN."""

    weight: float = field(
        10.0, "Penalty", "Weight of the penalty on the critic's gradient.", low=0.0, high=1e4, scale="log"
    )
    critic_steps: int = field(
        3, "Critic's steps", "How many steps the critic takes for each of the generator's.", low=1, high=20
    )


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return what the generator minimises: minus the mean score of its images."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    drawn = draw(networks, target, config.latent_dim, training)  # (B, H, W, C)
    scores, _ = networks.critic(drawn, training=training)  # (B, 1)
    return {"adversarial": -ops.mean(scores)}


def gradient_penalty(networks: Any, real: Tensor, drawn: Tensor, training: bool) -> Tensor:
    """Return how far the norm of the critic's gradient is from 1, squared, between pairs of images: a scalar."""
    import tensorflow as tf  # noqa: PLC0415 - only workers have it, and Keras' own gradient is TensorFlow's
    from keras import ops, random  # noqa: PLC0415

    share = random.uniform((ops.shape(real)[0], 1, 1, 1), seed=networks.seed)
    between = share * real + (1.0 - share) * drawn  # (B, H, W, C)
    with tf.GradientTape() as tape:
        tape.watch(between)
        scores, _ = networks.critic(between, training=training)
    norm = ops.sqrt(ops.sum(ops.square(tape.gradient(scores, between)), axis=(1, 2, 3)) + 1e-12)  # (B,)
    return ops.mean(ops.square(norm - 1.0))


def critic_losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return what the critic minimises: minus the distance that it measures, and the penalty."""
    from keras import ops  # noqa: PLC0415

    real_scores, _ = networks.critic(target, training=training)  # (B, 1)
    drawn = draw(networks, target, config.latent_dim, training)  # (B, H, W, C)
    drawn_scores, _ = networks.critic(drawn, training=training)
    return {
        "critic_distance": ops.mean(drawn_scores) - ops.mean(real_scores),
        "critic_penalty": config.weight * gradient_penalty(networks, target, drawn, training),
    }


SPEC = ModelSpec(
    name="wgan_gp",
    label=N_("Wasserstein GAN with gradient penalty"),
    summary=N_("Its critic measures a distance, so that its loss says how training goes; it has no encoder."),
    paper="Gulrajani et al. 2017",
    config=Config,
    encoder=None,
    decoder=deconvolve,
    losses=losses,
    units=lambda config: N_("the critic's score"),
    parts={"adversarial": N_("Minus the critic's score of drawn images")},
    equation=(
        r"\mathcal{L}_G = -D(\hat{x}), \quad \mathcal{L}_D = D(\hat{x}) - D(x)"
        r" + \lambda \big(\| \nabla_{\tilde{x}} D(\tilde{x}) \| - 1\big)^2, \quad " + DRAWING
    ),
    symbols=(
        replace(GENERATOR_LOSS, code="ops.mean"),
        replace(CRITIC_LOSS, code="ops.mean"),
        REAL,
        *DRAWING_SYMBOLS,
        replace(SURE_OF_REAL, meaning=N_("the critic's score of a real image: any number, the higher the more real")),
        replace(SURE_OF_DRAWN, meaning=N_("the critic's score of a drawn image")),
        Symbol(r"\tilde{x}", N_("an image between a real and a drawn one"), "between"),
        Symbol(
            r"\nabla_{\tilde{x}} D(\tilde{x})",
            N_("gradient of the critic's score: how it changes with each value of that image"),
            "tape.gradient",
        ),
        Symbol(r"\lambda", N_("weight of the penalty"), "config.weight"),
    ),
    usual={"learning_rate": 0.001, "batch_size": 64, "epochs": 5},
    opponent=Opponent(
        network=critic,
        losses=critic_losses,
        parts={
            "critic_distance": N_("Minus the distance that the critic measures"),
            "critic_penalty": N_("λ · Penalty on the critic's gradient"),
        },
        units=lambda config: N_("the critic's score"),
        steps=lambda config: config.critic_steps,
        momenta=(0.0, 0.9),
    ),
    generative=True,
    order=12,
)
