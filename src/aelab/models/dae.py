"""A denoising autoencoder: the convolutional body, given corrupted images, asked for the clean ones.

The noise is drawn anew for every batch; validation uses one fixed draw.

References
----------
.. [1] P. Vincent, H. Larochelle, Y. Bengio and P.-A. Manzagol, "Extracting and composing robust
   features with denoising autoencoders", ICML 2008. :DOI:`10.1145/1390156.1390294`
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aelab.errors import N_
from aelab.models._convolutional import ConvolutionalConfig, deconvolve
from aelab.models._denoising import CLEAN, CORRUPTED, CORRUPTION, CORRUPTS, NoiseConfig
from aelab.models._losses import ERROR, OUTPUT, PIXEL_ERROR, VALUES, pixel_mean, pixel_units
from aelab.models.conv_ae import encoder
from aelab.models.spec import ModelSpec, Symbol


@dataclass(frozen=True)
class Config(NoiseConfig, ConvolutionalConfig):
    """Settings of the denoising autoencoder."""


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
    equation=r"\mathcal{L} = " + PIXEL_ERROR + r", \quad \hat{x} = f_\theta(\tilde{x}), \quad " + CORRUPTION,
    symbols=(
        CLEAN,
        replace(CORRUPTED, where="reconstruct"),
        CORRUPTS,
        OUTPUT,
        Symbol(r"f_\theta", N_("encoder and decoder, with all their weights"), "networks.decoder", where="reconstruct"),
        ERROR,
        VALUES,
    ),
    denoises=True,
    order=4,
)
