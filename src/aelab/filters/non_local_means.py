"""Non-local means: the average of places all over the image whose surroundings look alike."""

from __future__ import annotations

from typing import Final

import numpy as np

from aelab.errors import N_
from aelab.filters._images import Image, one_by_one
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images

REACH: Final = 8  # pixels: how far away it looks for places that are alike
STRENGTH: Final = 0.8  # of the noise: how different patches may be and still be averaged


def restore(noisy: Images, known: Known, *, sigma: float, patch: int) -> Images:
    """Return images (N, H, W, C) restored by scikit-image's ``denoise_nl_means``, all channels together.

    In its slower mode, which weighs the middle of a patch more and restores better. The noise is a setting, tuned on
    pairs of clean and noisy images: ``estimate_sigma`` finds too little of it in photos with a white ground, where half
    of it is cut off, and restoring those lost a decibel.

    Parameters
    ----------
    sigma : float
        Standard deviation of the noise, in units of the [0, 1] range.
    patch : int
        Side of the surroundings that are compared, in pixels.
    """
    from skimage.restoration import denoise_nl_means  # noqa: PLC0415 - takes a second that only its use need cost

    def one(image: Image) -> Image:
        h = STRENGTH * sigma
        made = denoise_nl_means(image, patch, REACH, h, fast_mode=False, sigma=sigma, channel_axis=-1)
        return np.reshape(made, image.shape)  # it drops a single channel

    return one_by_one(one, noisy)


SPEC = FilterSpec(
    name="non_local_means",
    label=N_("Non-local means"),
    summary=N_("Averages places whose surroundings look alike, near or far, all channels together. Slow."),
    settings={"sigma": (0.02, 0.03, 0.045, 0.07, 0.1, 0.15, 0.22, 0.33, 0.5), "patch": (3, 5, 7)},
    restore=restore,
    source=(
        "Buades, Coll & Morel (2005), A non-local algorithm for image denoising, CVPR, 60-65, doi:10.1109/CVPR.2005.38"
    ),
    equation=(r"\hat{x}_i \propto \sum_j e^{-\max(0, \, \| P_i - P_j \|^2 - 2 \sigma^2) / h^2} \, \tilde{x}_j"),
    order=80,
)
