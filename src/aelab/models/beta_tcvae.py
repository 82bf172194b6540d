"""A variational autoencoder whose divergence is taken apart, so that only the total correlation is punished.

The divergence from the prior is, on average over the images, the sum of three [1]_::

    KL(q(z, n) || q(z) p(n))              what the code tells of the image (mutual information)
    KL(q(z) || prod_k q(z_k))             how much the numbers of the code tell of one another (total correlation)
    sum_k KL(q(z_k) || p(z_k))            how far each number strays from the prior

Beta weighs the second alone: numbers that say different things are what disentangled means.

References
----------
.. [1] R. T. Q. Chen, X. Li, R. Grosse and D. Duvenaud, "Isolating sources of disentanglement in variational
   autoencoders", NeurIPS 2018: equation 2, estimated on batches as in appendix C.2. arXiv:1802.04942
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aelab.errors import N_
from aelab.fields import field
from aelab.models._bodies import decoder
from aelab.models._losses import IMAGE, image_units
from aelab.models._variational import (
    CODE,
    DIMENSION,
    EXPECTED,
    LIKELIHOOD,
    POSTERIOR,
    PRIOR_OF_NUMBER,
    Pass,
    VariationalConfig,
    encoder,
    log_normal,
    through,
    warmed_up,
)
from aelab.models.spec import ModelSpec, Symbol, Tensor, latent


@dataclass(frozen=True)
class Config(VariationalConfig):
    """Settings of the beta-TCVAE."""

    latent_dim: int = latent(10)
    beta: float = field(
        6.0,
        "Beta",
        "Weight of the total correlation: above 1 the numbers of the code tell less of one another.",
        low=0.0,
        high=100.0,
    )


def decomposed(passed: Pass, images: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return mutual information, total correlation and divergence of the single numbers, in nats, a scalar each.

    All codes together, q(z), are a mixture of the posteriors of all training images. Of these the batch has one for
    sure, that from which the code was drawn; its others stand for the rest.

    Parameters
    ----------
    passed : Pass
    images : int
        Of the whole training set.
    """
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    code, mean, log_variance = passed.code, passed.mean, passed.log_variance  # (B, K) each
    batch = ops.cast(ops.shape(code)[0], "float32")
    own = ops.eye(ops.shape(code)[0])  # (B, B)
    share = own / images + (1.0 - own) * (1.0 - 1.0 / images) / ops.maximum(batch - 1.0, 1.0)
    log_share = ops.log(share + 1e-20)  # (B, B): each row adds up to 1 before the logarithm
    pairs = log_normal(code[:, None], mean[None], log_variance[None])  # (B, B, K): log q(z_i[k] | x_j)
    log_q = ops.logsumexp(log_share + ops.sum(pairs, axis=2), axis=1)  # (B,): log q(z)
    log_product = ops.sum(ops.logsumexp(log_share[..., None] + pairs, axis=1), axis=1)  # (B,): log prod_k q(z_k)
    log_posterior = ops.sum(log_normal(code, mean, log_variance), axis=1)  # (B,): log q(z | x)
    log_prior = ops.sum(log_normal(code, ops.zeros_like(code), ops.zeros_like(code)), axis=1)  # (B,): log p(z)
    return ops.mean(log_posterior - log_q), ops.mean(log_q - log_product), ops.mean(log_product - log_prior)


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return reconstruction and the three parts of the divergence, each a mean over the images of the batch."""
    from keras import ops  # noqa: PLC0415

    passed = through(networks, given, target, config, training)
    information, correlation, marginal = decomposed(passed, networks.images)
    warm = warmed_up(networks, config)
    return {
        "reconstruction": ops.mean(passed.error),
        "mutual_information": warm * information,
        "beta_total_correlation": warm * config.beta * correlation,
        "marginal_kl": warm * marginal,
    }


SPEC = ModelSpec(
    name="beta_tcvae",
    label=N_("β-TCVAE"),
    summary=N_("A variational autoencoder whose numbers are pressed to say different things."),
    paper="Chen et al. 2018",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=losses,
    units=image_units,
    parts={
        "reconstruction": N_("Reconstruction"),
        "mutual_information": N_("Mutual information"),
        "beta_total_correlation": N_("β · Total correlation"),
        "marginal_kl": N_("KL divergence of each number"),
    },
    equation=(
        r"\mathcal{L} = -\mathbb{E}_{q(z|x)}[\log p(x|z)] + I_q(z; x)"
        r" + \beta\, \mathrm{KL}\Big(q(z) \,\Big\|\, \prod_{k=1}^{K} q(z_k)\Big)"
        r" + \sum_{k=1}^{K} \mathrm{KL}(q(z_k) \,\|\, \mathcal{N}(0, 1))"
    ),
    symbols=(
        IMAGE,
        POSTERIOR,
        CODE,
        EXPECTED,
        LIKELIHOOD,
        Symbol("q(z)", N_("all codes of the training images together"), "log_q"),
        Symbol("q(z_k)", N_("the k-th number of all these codes"), "log_product"),
        replace(PRIOR_OF_NUMBER, code="log_prior", where=""),
        Symbol(r"I_q(z; x)", N_("mutual information of code and image, in nats"), "log_posterior - log_q"),
        Symbol(
            r"\mathrm{KL}\Big(q(z) \,\Big\|\, \prod_{k=1}^{K} q(z_k)\Big)",
            N_("total correlation: a Kullback-Leibler divergence, of what the numbers of a code tell of one another"),
            "log_q - log_product",
        ),
        Symbol(
            r"\mathrm{KL}(q(z_k) \,\|\, \mathcal{N}(0, 1))",
            N_("Kullback-Leibler divergence of the k-th number from its prior, in nats"),
            "log_product - log_prior",
        ),
        DIMENSION,
        Symbol(r"\beta", N_("weight of the total correlation"), "config.beta"),
    ),
    generative=True,
    order=8,
)
