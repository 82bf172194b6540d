"""A U-Net that restores photos: no bottleneck, and only the noise left to learn.

A code has no room for the fine detail of a photo, so a denoising autoencoder blurs it.  Here the image is halved a
few times for an overview, and on the way back up each size is joined by what was seen at that size on the way down
[1]_: fine detail takes the short way.  What comes out is added to the image that was given, so that the network
paints the correction alone, at first none [2]_.  Without biases, an image half as bright with half the noise is
restored to half as bright a one, which helps with levels of noise that it was not trained on [3]_.

References
----------
.. [1] O. Ronneberger, P. Fischer and T. Brox, "U-Net: Convolutional networks for biomedical image segmentation",
   MICCAI 2015. arXiv:1505.04597
.. [2] K. Zhang, W. Zuo, Y. Chen, D. Meng and L. Zhang, "Beyond a Gaussian denoiser: Residual learning of deep CNN for
   image denoising", IEEE Transactions on Image Processing 26, 2017. arXiv:1608.03981
.. [3] S. Mohan, Z. Kadkhodaie, E. P. Simoncelli and C. Fernandez-Granda, "Robust and interpretable blind image
   denoising via bias-free convolutional neural networks", ICLR 2020. arXiv:1906.05478
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aelab.errors import N_
from aelab.fields import field
from aelab.models._convolutional import first_filters
from aelab.models._denoising import CLEAN, CORRUPTED, CORRUPTION, CORRUPTS, NoiseConfig, level
from aelab.models._losses import VALUES, per_pixel
from aelab.models.spec import Layers, ModelSpec, Symbol, Tensor


@dataclass(frozen=True)
class Config(NoiseConfig):
    """Settings of the U-Net."""

    noise_level: float = level(0.1)
    filters: int = first_filters()
    depth: int = field(3, "Depth", "How often the image is halved: the more, the further apart it sees.", low=1, high=5)


def _twice(layers: Layers, x: Tensor, filters: int) -> Tensor:
    """(B, h, w, c) -> (B, h, w, filters) by two convolutions."""
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, activation="relu")(x)
    return x


def _joined(layers: Layers, x: Tensor, seen: Tensor) -> Tensor:
    """Crop x (B, h or h + 1, w or w + 1, c), and put what was `seen` at its size, (B, h, w, c), beside it."""
    rows, columns = (mine - its for mine, its in zip(x.shape[-3:-1], seen.shape[-3:-1], strict=True))
    if rows or columns:  # a side that does not divide was rounded up on the way down
        x = layers.Cropping2D(((0, rows), (0, columns)))(x)
    return layers.Concatenate()([seen, x])


def restorer(layers: Layers, image: Tensor, config: Config) -> Tensor:
    """(B, H, W, C) -> (B, H, W, C) in [0, 1], restored."""
    x, seen = image, []
    for depth in range(config.depth):
        seen.append(_twice(layers, x, config.filters << depth))  # (B, H / 2^depth, W / 2^depth, filters * 2^depth)
        x = layers.MaxPooling2D(2, padding="same")(seen[-1])
    x = _twice(layers, x, config.filters << config.depth)
    for depth in reversed(range(config.depth)):
        x = layers.Conv2DTranspose(config.filters << depth, 2, strides=2, padding="same", use_bias=False)(x)
        x = _twice(layers, _joined(layers, x, seen[depth]), config.filters << depth)
    channels = image.shape[-1]
    correction = layers.Conv2D(channels, 3, padding="same", use_bias=False, kernel_initializer="zeros")(x)
    return layers.Clip()(layers.Add()([image, correction]))


def losses(networks: Any, given: Tensor, target: Tensor, config: Config, training: bool) -> dict[str, Tensor]:
    """Return the mean squared error a pixel."""
    from keras import ops  # noqa: PLC0415 - only workers have Keras

    output = networks.restorer(given, training=training)  # (B, H, W, C)
    return {"reconstruction": ops.mean(per_pixel(target, output, "mse"))}


SPEC = ModelSpec(
    name="unet_dae",
    label=N_("Denoising U-Net"),
    summary=N_(
        "Restores photos in full detail: skip connections lead around the bottleneck. It has no code, and cannot draw."
    ),
    paper="Ronneberger, Fischer & Brox 2015; Zhang et al. 2017",
    config=Config,
    encoder=None,
    decoder=None,
    restorer=restorer,
    losses=losses,
    units=lambda config: N_("squared error per pixel"),
    equation=(
        r"\mathcal{L} = \frac{1}{D} \| x - \hat{x} \|^2, \quad \hat{x} = \tilde{x} + f_\theta(\tilde{x}), \quad "
        + CORRUPTION
    ),
    symbols=(
        CLEAN,
        CORRUPTED,
        CORRUPTS,
        Symbol(
            r"\hat{x}",
            N_("what the network makes of it; outside of training it is cut off at 0 and 1"),
            "layers.Clip",
            where="restorer",
        ),
        Symbol(r"f_\theta", N_("the correction that the network paints, with all its weights"), "correction"),
        VALUES,
    ),
    usual={"epochs": 60},
    enough_images=20_000,
    denoises=True,
    order=4,
)
