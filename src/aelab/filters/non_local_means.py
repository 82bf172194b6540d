"""Non-local means: the average of places all over the image whose surroundings look alike."""

from __future__ import annotations

from typing import Final

import numpy as np

from aelab.errors import N_
from aelab.filters._images import Image, one_by_one
from aelab.filters._noise_level import estimated_sigma
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images

REACH: Final = 8  # pixels: how far away it looks for places that are alike


def restore(noisy: Images, known: Known, *, strength: float, patch: int) -> Images:
    """Return images (N, H, W, C) restored by scikit-image's ``denoise_nl_means``, all channels together.

    In its slower mode, which weighs the middle of a patch more and restores better. An image that seems to have no
    noise stays as it is.

    Parameters
    ----------
    strength : float
        How different patches may be and still be averaged, as a factor of the noise estimated from each image.
    patch : int
        Side of the surroundings that are compared, in pixels.
    """
    from skimage.restoration import denoise_nl_means  # noqa: PLC0415 - takes a second that only its use need cost

    sigmas = iter(estimated_sigma(noisy))

    def one(image: Image) -> Image:
        sigma = float(next(sigmas))
        if sigma <= 0:
            return image
        h = strength * sigma
        made = denoise_nl_means(image, patch, REACH, h, fast_mode=False, sigma=sigma, channel_axis=-1)
        return np.reshape(made, image.shape)  # it drops a single channel

    return one_by_one(one, noisy)


SPEC = FilterSpec(
    name="non_local_means",
    label=N_("Non-local means"),
    summary=N_("Averages places whose surroundings look alike, near or far, all channels together. Slow."),
    settings={"strength": (0.4, 0.6, 0.8, 1.0, 1.4), "patch": (3, 5, 7)},
    restore=restore,
    source=(
        "Buades, Coll & Morel (2005), A non-local algorithm for image denoising, CVPR, 60-65, doi:10.1109/CVPR.2005.38"
    ),
    equation=(r"\hat{x}_i \propto \sum_j e^{-\max(0, \, \| P_i - P_j \|^2 - 2 \sigma^2) / h^2} \, \tilde{x}_j"),
    order=80,
)
