"""The critic that generative networks are trained against.

It has no batch normalisation, with which the images of a batch would tell of one another.
"""

from __future__ import annotations

from aelab.errors import N_
from aelab.models._convolutional import FilterConfig, convolve
from aelab.models.spec import Layers, Symbol, Tensor

CRITIC = Symbol("D", N_("the critic: how sure it is that an image is real"), "networks.critic")


def critic(layers: Layers, image: Tensor, config: FilterConfig) -> tuple[Tensor, Tensor]:
    """(B, H, W, C) -> a score (B, 1), and the features (B, F) that it is made of."""
    features = convolve(layers, image, config, normalized=False)
    return layers.Dense(1)(features), features


def taken_for(real: bool, scores: Tensor) -> Tensor:
    """Return what it costs, in nats, to call images with these log-odds (B, 1) real, or drawn: a mean, a scalar."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    return ops.mean(ops.softplus(-scores if real else scores))
