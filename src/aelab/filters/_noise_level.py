"""How noisy is a picture?  Filters whose strength goes by the noise must find out from the picture alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aelab.pixels import Images

_UPPER_QUARTILE = 0.6744897501960817  # of the standard normal distribution


def estimated_sigma(images: Images) -> npt.NDArray[np.float64]:
    """Return the standard deviation of Gaussian noise that each image (N, H, W, C) seems to have, (N,).

    The median of the sizes of the finest diagonal wavelet coefficients, which most images hardly use, averaged over
    the channels: scikit-image's ``estimate_sigma(image, average_sigmas=True, channel_axis=-1)`` [1]_. That one has no
    answer for an image without such coefficients, such as an evenly grey one or a drawing of stripes; here it is 0.

    References
    ----------
    .. [1] Donoho & Johnstone (1994), Ideal spatial adaptation by wavelet shrinkage, Biometrika 81(3), 425-455,
       doi:10.1093/biomet/81.3.425
    """
    import pywt  # noqa: PLC0415 - only the filters that need it pay for it

    return np.array([np.mean([_of_channel(pywt.dwt2(c, "db2")[1][2]) for c in np.moveaxis(i, -1, 0)]) for i in images])


def _of_channel(diagonal: npt.NDArray[np.float32]) -> float:
    sizes = np.abs(diagonal[diagonal != 0])
    return float(np.median(sizes)) / _UPPER_QUARTILE if len(sizes) else 0.0
