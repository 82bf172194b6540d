"""A variational autoencoder: every image becomes a small normal distribution over codes.

The loss is minus the evidence lower bound, per image [1]_, with the divergence weighted by beta [2]_::

    reconstruction + beta * KL(q(z|x) || N(0, I))

Free bits [3]_ spare what each number of the code says, up to so many nats, from the divergence.

References
----------
.. [1] D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", ICLR 2014. arXiv:1312.6114
.. [2] I. Higgins et al., "beta-VAE: Learning basic visual concepts with a constrained variational
   framework", ICLR 2017.
.. [3] D. P. Kingma et al., "Improved variational inference with inverse autoregressive flow", NeurIPS
   2016, section C.8. arXiv:1606.04934
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aelab.errors import N_
from aelab.fields import field
from aelab.models._bodies import decoder
from aelab.models._losses import IMAGE, image_units
from aelab.models._variational import (
    CODE,
    DIMENSION,
    EXPECTED,
    KL,
    LIKELIHOOD,
    POSTERIOR,
    PRIOR_OF_NUMBER,
    VariationalConfig,
    encoder,
    through,
    warmed_up,
)
from aelab.models.spec import ModelSpec, Symbol, Tensor


@dataclass(frozen=True)
class Config(VariationalConfig):
    """Settings of the variational autoencoder."""

    beta: float = field(
        1.0,
        "Beta",
        "Weight of the divergence from the prior: above 1 the codes are tidier and the images blurrier.",
        low=0.0,
        high=100.0,
    )
    free_bits: float = field(
        0.0,
        "Free bits",
        "What each number of the code may tell, on average over a batch, before the divergence counts.",
        low=0.0,
        high=10.0,
        unit="nats",
    )


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) of each number of a code in nats, (B, K).

    Their sum over K is equation 10 of [1]_.
    """
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    return 0.5 * (ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance)


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return reconstruction and weighted divergence, each a mean over the images of the batch."""
    from keras import ops  # noqa: PLC0415

    passed = through(networks, given, target, config, training)
    kl = ops.mean(kl_divergence(passed.mean, passed.log_variance), axis=0)  # (K,)
    beta = config.beta * warmed_up(networks, config)
    return {
        "reconstruction": ops.mean(passed.error),
        "beta_kl": beta * ops.sum(ops.maximum(kl, config.free_bits)),
    }


SPEC = ModelSpec(
    name="vae",
    label=N_("Variational autoencoder"),
    summary=N_("Codes follow a normal distribution, so that new images can be drawn from it."),
    paper="Kingma & Welling 2014",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=losses,
    units=image_units,
    parts={"reconstruction": N_("Reconstruction"), "beta_kl": N_("β · KL divergence")},
    equation=(
        r"\mathcal{L} = -\mathbb{E}_{q(z|x)}[\log p(x|z)]"
        r" + \beta \sum_{k=1}^{K} \max(\lambda, \mathrm{KL}(q(z_k|x) \,\|\, \mathcal{N}(0, 1)))"
    ),
    symbols=(
        IMAGE,
        POSTERIOR,
        CODE,
        EXPECTED,
        LIKELIHOOD,
        KL,
        Symbol("q(z_k|x)", N_("that of the k-th number alone"), "passed.mean"),
        PRIOR_OF_NUMBER,
        DIMENSION,
        Symbol(r"\beta", N_("weight of the divergence"), "config.beta"),
        Symbol(
            r"\lambda",
            N_("free bits: below so many nats the divergence of a number does not count"),
            "config.free_bits",
        ),
    ),
    generative=True,
    order=7,
)
