"""The critic that generative networks are trained against.

It has no batch normalisation, with which the images of a batch would tell of one another; and twice as many filters as
the decoder, since a decoder learns no more than its critic sees.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from aelab.errors import N_
from aelab.models._convolutional import FilterConfig, convolve
from aelab.models.spec import Layers, Opponent, Symbol, Tensor

_TIMES: Final = 2

REAL: Final = Symbol("x", N_("a real image"), "target", where="critic_losses")
PRIOR: Final = Symbol("z", N_("a draw from the prior"), "prior")
DRAWN: Final = Symbol(r"\hat{x}", N_("what the decoder makes of it"), "drawn")
DRAWING: Final = r"\hat{x} = G(z)"
DRAWING_SYMBOLS: Final = (PRIOR, Symbol("G", N_("the generator: the decoder"), "networks.decoder", where="draw"), DRAWN)
GENERATOR_LOSS: Final = Symbol(r"\mathcal{L}_G", N_("what the generator minimises"), "taken_for", where="losses")
CRITIC_LOSS: Final = Symbol(
    r"\mathcal{L}_D", N_("what the critic minimises, in steps of its own"), "taken_for", where="critic_losses"
)
SURE_OF_REAL: Final = Symbol(
    "D(x)", N_("how sure the critic is, from 0 to 1, that a real image is real"), "real_scores", where="critic_losses"
)
SURE_OF_DRAWN: Final = Symbol(
    r"D(\hat{x})", N_("how sure it is, from 0 to 1, that a drawn image is real"), "drawn_scores", where="critic_losses"
)
COST: Final = Symbol(
    r"-\log D(x)",
    N_("what such a verdict costs, in nats: the scores of the critic are log-odds"),
    "ops.softplus",
    where="taken_for",
)


def critic(layers: Layers, image: Tensor, config: FilterConfig) -> tuple[Tensor, Tensor]:
    """(B, H, W, C) -> a score (B, 1), and the features (B, F) that it is made of."""
    features = convolve(layers, image, config, normalized=False, times=_TIMES)
    return layers.Dense(1)(features), features


def taken_for(real: bool, scores: Tensor) -> Tensor:
    """Return what it costs, in nats, to call images with these log-odds (B, 1) real, or drawn: a mean, a scalar."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    return ops.mean(ops.softplus(-scores if real else scores))


def draw(networks: Any, like: Tensor, latent_dim: int, training: bool) -> Tensor:
    """Return what as many draws of the prior decode to as there are images in a batch, (B, H, W, C)."""
    from keras import ops, random  # noqa: PLC0415

    prior = random.normal((ops.shape(like)[0], latent_dim), seed=networks.seed)
    return networks.decoder(prior, training=training)


def judged_by(losses: Callable[..., Mapping[str, Tensor]]) -> Opponent:
    """Return the opponent that tells real images from drawn ones, a step for each of the others'.

    Parameters
    ----------
    losses : callable
        Gives `critic_real` and `critic_drawn`, what `taken_for` says of both.
    """
    return Opponent(
        network=critic,
        losses=losses,
        parts={
            "critic_real": N_("The critic's loss on real images"),
            "critic_drawn": N_("The critic's loss on drawn images"),
        },
        units=lambda config: N_("nats per image"),
        steps=lambda config: 1,
        momenta=(0.5, 0.999),
    )
