"""The bilateral filter: smooth among neighbours that look alike, so that edges stay."""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.filters._images import Image, by_channel, one_by_one
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images


def restore(noisy: Images, known: Known, *, sigma_color: float, sigma_spatial: float) -> Images:
    """Return images (N, H, W, C) restored by scikit-image's ``denoise_bilateral``, mirrored at their edges.

    Images of three and four channels are compared by the distance of their colours; others channel by channel.

    Parameters
    ----------
    sigma_color : float
        How far apart two values may be and still count as alike, in units of the [0, 1] range.
    sigma_spatial : float
        In pixels.
    """
    from skimage.restoration import denoise_bilateral  # noqa: PLC0415 - takes a second that only its use need cost

    chosen = {"sigma_color": sigma_color, "sigma_spatial": sigma_spatial, "mode": "symmetric"}

    def one(image: Image) -> Image:
        if image.shape[-1] in (3, 4):
            return np.reshape(denoise_bilateral(image, channel_axis=-1, **chosen), image.shape)
        return by_channel(lambda grey: np.reshape(denoise_bilateral(grey, **chosen), grey.shape), image)

    return one_by_one(one, noisy)


SPEC = FilterSpec(
    name="bilateral",
    label=N_("Bilateral filter"),
    summary=N_("Averages neighbours of similar colour only, all channels together, so that edges stay sharp."),
    settings={"sigma_color": (0.05, 0.1, 0.2, 0.4, 0.8), "sigma_spatial": (0.7, 1.0, 1.5, 2.5)},
    restore=restore,
    source=(
        "Tomasi & Manduchi (1998), Bilateral filtering for gray and color images, ICCV, 839-846, "
        "doi:10.1109/ICCV.1998.710815"
    ),
    equation=(
        r"\hat{x}_i \propto \sum_j e^{-\|i - j\|^2 / 2 \sigma_s^2} "
        r"e^{-\|\tilde{x}_i - \tilde{x}_j\|^2 / 2 \sigma_c^2} \, \tilde{x}_j"
    ),
    order=50,
)
