"""A vector-quantised autoencoder: a code that is written with a small alphabet.

The numbers of the code are taken in groups, and each group is replaced by the nearest vector of a codebook that is
learned, so that an image is worth latent_dim / code_size letters.  Rounding has no gradient: it is passed straight
through, and two more terms bring the codebook and the encoder together [1]_::

    squared error + ||sg[encoder] - codebook||^2 + commitment * ||encoder - sg[codebook]||^2

sg stops the gradient.

References
----------
.. [1] A. van den Oord, O. Vinyals and K. Kavukcuoglu, "Neural discrete representation learning", NeurIPS 2017:
   equation 3. arXiv:1711.00937
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aelab.errors import N_, LabError
from aelab.fields import field
from aelab.models import _bodies
from aelab.models._bodies import BodyConfig, features
from aelab.models._losses import IMAGE_ERROR, PIXEL_SYMBOLS, ErrorConfig, image_units, per_pixel
from aelab.models.spec import Layers, ModelSpec, Shape, Symbol, Tensor, latent


@dataclass(frozen=True)
class Config(BodyConfig, ErrorConfig):
    """Settings of the vector-quantised autoencoder."""

    latent_dim: int = latent(64)
    code_size: int = field(
        4,
        "Numbers in a letter",
        "The code is taken in groups of so many numbers; each is replaced by the nearest letter. It must divide the "
        "latent dimension.",
        low=1,
        high=512,
        scale="log",
    )
    codes: int = field(256, "Letters", "How many the codebook has.", low=2, high=8192, scale="log")
    commitment: float = field(
        0.25, "Commitment", "Weight of what keeps the encoder near its letters.", low=0.0, high=100.0
    )


def encoder(layers: Layers, image: Tensor, config: Config) -> Tensor:
    """(B, H, W, C) -> (B, latent_dim), not rounded yet."""
    return layers.Dense(config.latent_dim)(features(layers, image, config))


def decoder(layers: Layers, code: Tensor, config: Config, shape: Shape) -> Tensor:
    """Round codes (B, latent_dim) to the codebook, and make (B, H, W, C) in [0, 1] of them."""
    rounded = layers.VectorQuantizer(config.codes, config.code_size, name="codebook")(code)
    return _bodies.decoder(layers, rounded, config, shape)


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return the summed error, and what separates encoder and codebook: means over the images of the batch."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    code = networks.encoder(given, training=training)  # (B, K)
    letters = networks.decoder.get_layer("codebook").nearest(code)  # (B, K)
    output = networks.decoder(code, training=training)  # (B, H, W, C)

    def distance(one: Tensor, two: Tensor) -> Tensor:
        return ops.mean(ops.sum(ops.square(one - two), axis=1))

    return {
        "reconstruction": ops.mean(ops.sum(per_pixel(target, output, config.loss), axis=(1, 2, 3))),
        "codebook": distance(ops.stop_gradient(code), letters),
        "weighted_commitment": config.commitment * distance(code, ops.stop_gradient(letters)),
    }


def check(config: Config, shape: Shape) -> None:
    """Refuse groups that do not fit into the code."""
    if config.latent_dim % config.code_size == 0:
        return
    below = config.latent_dim // config.code_size * config.code_size
    raise LabError(
        "code_size must divide latent_dim; {size} does not divide {value}. The nearest latent_dim that fits is {near}.",
        size=config.code_size,
        value=config.latent_dim,
        near=" or ".join(str(each) for each in (below, below + config.code_size) if each),
    )


SPEC = ModelSpec(
    name="vq_vae",
    label=N_("Vector-quantised autoencoder"),
    summary=N_("Writes each image in a small alphabet that it learns; a code is a few letters."),
    paper="van den Oord, Vinyals & Kavukcuoglu 2017",
    config=Config,
    encoder=encoder,
    decoder=decoder,
    losses=losses,
    units=image_units,
    parts={
        "reconstruction": N_("Reconstruction"),
        "codebook": N_("Distance of the letters from the codes"),
        "weighted_commitment": N_("β · Distance of the codes from the letters"),
    },
    equation=(r"\mathcal{L} = " + IMAGE_ERROR + r" + \| \mathrm{sg}[z] - e \|^2 + \beta \| z - \mathrm{sg}[e] \|^2"),
    symbols=(
        *PIXEL_SYMBOLS,
        Symbol("z", N_("what the encoder makes of the image"), "code"),
        Symbol("e", N_("the nearest letters of the codebook"), "letters"),
        Symbol(r"\mathrm{sg}", N_("lets no gradient pass"), "ops.stop_gradient"),
        Symbol(r"\beta", N_("weight of what keeps the encoder near its letters"), "config.commitment"),
    ),
    check=check,
    order=10,
)
