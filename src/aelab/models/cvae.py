"""The conditional variational autoencoder: encoder and decoder are told the class of the image.

What is asked for is the likelihood of an image given its class y [1]_, so that everything in the bound of a VAE is
given y as well, and the loss is the VAE's own::

    -E[log p(x|z, y)] + beta * KL(q(z|x, y) || N(0, I))

The code need not say what the class says already: it is left with what images of all classes have in common, such as
the slant and the width of a stroke.  The same code with another y is the same style of another class.

References
----------
.. [1] K. Sohn, H. Lee and X. Yan, "Learning structured output representation using deep conditional generative
   models", NeurIPS 2015: equation 4, here with the prior p(z) of its equation 1 whatever the class.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aelab.errors import N_
from aelab.models import _bodies, _variational
from aelab.models._losses import IMAGE, image_units
from aelab.models._variational import CODE, DIMENSION, EXPECTED, KL, LIKELIHOOD, POSTERIOR, PRIOR_OF_NUMBER
from aelab.models.spec import ConditionalConfig, Layers, ModelSpec, Shape, Symbol, Tensor
from aelab.models.vae import Config as VaeConfig
from aelab.models.vae import losses


@dataclass(frozen=True)
class Config(VaeConfig, ConditionalConfig):
    """Settings of the conditional variational autoencoder."""


def encoder(layers: Layers, image: Tensor, config: Config, label: Tensor) -> tuple[Tensor, Tensor]:
    """(B, H, W, C), (B, classes) -> mean and log-variance of the posterior, (B, latent_dim) each."""
    height, width = image.shape[-3:-1]
    plane = layers.Reshape((height, width, 1))(layers.Dense(height * width)(label))  # one picture a class, learned
    return _variational.encoder(layers, layers.Concatenate()([image, plane]), config)  # (B, H, W, C + 1)


def decoder(layers: Layers, code: Tensor, config: Config, shape: Shape, label: Tensor) -> Tensor:
    """(B, latent_dim), (B, classes) -> (B, H, W, C) in [0, 1]."""
    return _bodies.decoder(layers, layers.Concatenate()([code, label]), config, shape)  # (B, latent_dim + classes)


SPEC = ModelSpec(
    name="cvae",
    label=N_("Conditional variational autoencoder"),
    summary=N_("Is told the class of every image: its codes are free of it, and a class can be asked for."),
    paper="Sohn, Lee & Yan 2015",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=losses,
    units=image_units,
    parts={"reconstruction": N_("Reconstruction"), "beta_kl": N_("β · KL divergence")},
    equation=(
        r"\mathcal{L} = -\mathbb{E}_{q(z|x, y)}[\log p(x|z, y)]"
        r" + \beta \sum_{k=1}^{K} \max(\lambda, \mathrm{KL}(q(z_k|x, y) \,\|\, \mathcal{N}(0, 1)))"
    ),
    symbols=(
        IMAGE,
        Symbol("y", N_("its class: a one among as many zeros as there are other classes"), "label"),
        replace(
            POSTERIOR,
            latex="q(z|x, y)",
            meaning=N_("what the encoder makes of both: a normal distribution of each number of the code"),
        ),
        CODE,
        replace(EXPECTED, latex=r"\mathbb{E}_{q(z|x, y)}"),
        replace(LIKELIHOOD, latex="p(x|z, y)", meaning=N_("likelihood of the image, given its code and its class")),
        KL,
        Symbol("q(z_k|x, y)", N_("that of the k-th number alone"), "passed.mean"),
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
    order=8,
)
