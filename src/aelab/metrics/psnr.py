"""Peak signal-to-noise ratio: the mean squared error as an engineer's decibels."""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.metrics._pairs import Images
from aelab.metrics.mse import mse
from aelab.metrics.spec import Floats, MetricSpec


def psnr(reference: Images, candidate: Images, *, data_range: float) -> Floats:
    """Return the peak signal-to-noise ratio of each pair of images.

    The mean over images is not the ratio of the mean error: the logarithm is taken image by image.

    Parameters
    ----------
    reference, candidate : ndarray, (N, H, W, C)
    data_range : float
        Distance between the lowest and the highest possible intensity, the "peak".

    Returns
    -------
    ndarray, float64 (N,)
        In dB; infinite for identical images, below 0 where the error is larger than the peak.

    Raises
    ------
    LabError
        If the arrays cannot be compared or `data_range` is not above 0.

    Examples
    --------
    >>> psnr(np.zeros((1, 2, 2, 1)), np.full((1, 2, 2, 1), 0.1), data_range=1.0)
    array([20.])
    """
    error = mse(reference, candidate, data_range=data_range)
    with np.errstate(divide="ignore"):  # no error at all is an infinite ratio
        return 10 * np.log10(float(data_range) ** 2 / error)


SPEC = MetricSpec(
    name="psnr",
    label=N_("Peak signal-to-noise ratio"),
    symbol=N_("PSNR"),
    unit="dB",
    direction="higher",
    definition=N_(
        "The squared intensity range divided by the mean squared error, in decibels: "
        "10 dB more is a tenth of the squared error, and identical images give infinity."
    ),
    equation=r"\mathrm{PSNR}(x, y) = 10 \log_{10} \frac{R^2}{\mathrm{MSE}(x, y)}",
    source=(
        "Huynh-Thu & Ghanbari (2008), Scope of validity of PSNR in image/video quality assessment, "
        "Electronics Letters 44(13), 800-801, doi:10.1049/el:20080522"
    ),
    per_image=psnr,
    decimals=2,
    order=20,
)
