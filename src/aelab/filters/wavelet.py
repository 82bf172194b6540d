"""Wavelet shrinkage: what is small in many scales at once is taken for noise."""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.filters._images import Image, one_by_one
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images


def restore(noisy: Images, known: Known, *, sigma: float, wavelet: str) -> Images:
    """Return images (N, H, W, C) restored by scikit-image's ``denoise_wavelet`` with BayesShrink [1]_.

    Three channels are turned into brightness and two differences of colour first; others are restored one by one.
    An image that is too small for the wavelet is mirrored until it fits.

    Parameters
    ----------
    sigma : float
        Standard deviation of the noise, in units of the [0, 1] range. Tuned, and not estimated from each image, for the
        reason that `non_local_means` gives.
    wavelet : str
        PyWavelets' name.

    References
    ----------
    .. [1] Chang, Yu & Vetterli (2000), Adaptive wavelet thresholding for image denoising and compression, IEEE
       Transactions on Image Processing 9(9), 1532-1546, doi:10.1109/83.862633
    """
    import pywt  # noqa: PLC0415 - only its use need pay for it
    from skimage.restoration import denoise_wavelet  # noqa: PLC0415 - takes a second that only its use need cost

    height, width, channels = noisy.shape[1:]
    least = 2 * (pywt.Wavelet(wavelet).dec_len - 1)  # for one level that is not all edge
    margin = ((0, max(0, least - height)), (0, max(0, least - width)), (0, 0))

    def one(image: Image) -> Image:
        large = np.pad(image, margin, mode="symmetric")
        made: Image = denoise_wavelet(large, sigma, wavelet, convert2ycbcr=channels == 3, channel_axis=-1)
        return made[:height, :width]

    return one_by_one(one, noisy)


SPEC = FilterSpec(
    name="wavelet",
    label=N_("Wavelet shrinkage"),
    summary=N_(
        "Takes the image apart into details of every size and shrinks the faint ones; of colours, brightness and "
        "tint separately."
    ),
    settings={
        "sigma": (0.01, 0.02, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7),
        "wavelet": ("db1", "db2", "sym4"),
    },
    restore=restore,
    source=(
        "Chang, Yu & Vetterli (2000), Adaptive wavelet thresholding for image denoising and compression, IEEE "
        "Transactions on Image Processing 9(9), 1532-1546, doi:10.1109/83.862633"
    ),
    equation=(
        r"\hat{w} = \operatorname{sign}(w) \max(0, |w| - T), \quad T = \sigma^2 / \sigma_x, \quad w = \Psi \tilde{x}"
    ),
    order=70,
)
