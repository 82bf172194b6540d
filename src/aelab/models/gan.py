"""A generative adversarial network: one side draws images, the other tells them from real ones.

There is no encoder and no error of a pixel.  The generator is told only how sure the critic is, by the loss that
does not fade when the critic is right [1]_; the networks are convolutional [2]_::

    generator: -log D(G(z))            critic: -log D(x) - log(1 - D(G(z)))

References
----------
.. [1] I. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014: section 3. arXiv:1406.2661
.. [2] A. Radford, L. Metz and S. Chintala, "Unsupervised representation learning with deep convolutional generative
   adversarial networks", ICLR 2016. arXiv:1511.06434
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aelab.errors import N_
from aelab.fields import field
from aelab.models._convolutional import FilterConfig, deconvolve
from aelab.models._critic import (
    COST,
    CRITIC_LOSS,
    DRAWING,
    DRAWING_SYMBOLS,
    GENERATOR_LOSS,
    REAL,
    SURE_OF_DRAWN,
    SURE_OF_REAL,
    draw,
    judged_by,
    taken_for,
)
from aelab.models.spec import ModelSpec, Tensor


@dataclass(frozen=True)
class Config(FilterConfig):
    """Settings of the generative adversarial network."""

    latent_dim: int = field(
        64, "Latent dimension", "How many numbers an image is drawn from.", low=1, high=4096, scale="log"
    )


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return what the generator minimises: how surely it is found out."""
    drawn = draw(networks, target, config.latent_dim, training)  # (B, H, W, C)
    scores, _ = networks.critic(drawn, training=training)  # (B, 1)
    return {"adversarial": taken_for(True, scores)}


def critic_losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return what the critic minimises: how often it takes real images for drawn, and drawn ones for real."""
    real_scores, _ = networks.critic(target, training=training)  # (B, 1)
    drawn = draw(networks, target, config.latent_dim, training)  # (B, H, W, C)
    drawn_scores, _ = networks.critic(drawn, training=training)
    return {"critic_real": taken_for(True, real_scores), "critic_drawn": taken_for(False, drawn_scores)}


SPEC = ModelSpec(
    name="gan",
    label=N_("Generative adversarial network"),
    summary=N_("Draws images that a critic cannot tell from real ones; it has no encoder."),
    paper="Goodfellow et al. 2014; Radford, Metz & Chintala 2016",
    config=Config,
    encoder=None,
    decoder=deconvolve,
    losses=losses,
    units=lambda config: N_("nats per image"),
    parts={"adversarial": N_("Being found out by the critic")},
    equation=(
        r"\mathcal{L}_G = -\log D(\hat{x}), \quad \mathcal{L}_D = -\log D(x) - \log(1 - D(\hat{x})), \quad " + DRAWING
    ),
    symbols=(GENERATOR_LOSS, CRITIC_LOSS, REAL, *DRAWING_SYMBOLS, SURE_OF_REAL, SURE_OF_DRAWN, COST),
    usual={"learning_rate": 0.001, "batch_size": 64, "epochs": 15},
    opponent=judged_by(critic_losses),
    generative=True,
    order=11,
)
