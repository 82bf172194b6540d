"""A denoising autoencoder: the convolutional body, given corrupted images, asked for the clean ones.

The noise is drawn anew for every batch; validation uses one fixed draw.

References
----------
.. [1] P. Vincent, H. Larochelle, Y. Bengio and P.-A. Manzagol, "Extracting and composing robust
   features with denoising autoencoders", ICML 2008. :DOI:`10.1145/1390156.1390294`
"""

from __future__ import annotations

from dataclasses import dataclass

from aelab.errors import N_
from aelab.fields import field
from aelab.models._convolutional import ConvolutionalConfig, deconvolve
from aelab.models._losses import ERROR, OUTPUT, PIXEL_ERROR, pixel_mean, pixel_units
from aelab.models.conv_ae import encoder
from aelab.models.spec import ModelSpec, Symbol
from aelab.noise import noises


@dataclass(frozen=True)
class Config(ConvolutionalConfig):
    """Settings of the denoising autoencoder."""

    noise: str = field("gaussian", "Noise", "What corrupts the images it is trained on.", choices=noises.names)
    noise_level: float = field(
        0.3, "Noise level", "How strong the training noise is; each noise says what its level means.", low=0.0, high=1.0
    )


SPEC = ModelSpec(
    name="dae",
    label=N_("Denoising autoencoder"),
    summary=N_("Trained on corrupted images against the clean ones, so that it learns to restore."),
    paper="Vincent et al. 2008",
    config=Config,
    encoder=encoder,
    decoder=deconvolve,
    losses=pixel_mean,
    units=pixel_units,
    equation=r"\mathcal{L} = " + PIXEL_ERROR + r", \quad \hat{x} = f_\theta(\tilde{x})",
    symbols=(
        Symbol("x", N_("a clean image"), "target"),
        Symbol(r"\tilde{x}", N_("the same, corrupted anew in every epoch"), "given"),
        OUTPUT,
        ERROR,
    ),
    denoises=True,
    order=4,
)
