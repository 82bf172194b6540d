"""Structural similarity, in the variant of the original paper: Gaussian windows of 11 by 11 pixels."""

from __future__ import annotations

from typing import Final

import numpy as np

from aelab.errors import N_
from aelab.metrics._pairs import Images
from aelab.metrics._structure import Window, structural_similarity
from aelab.metrics.spec import Floats, MetricSpec

SIGMA: Final = 1.5

_OFFSETS: Final = np.arange(-5, 6)
_HEIGHTS: Final = np.exp(-0.5 * (_OFFSETS / SIGMA) ** 2)
_WINDOW: Final = Window(tuple(_HEIGHTS / _HEIGHTS.sum()))


def ssim(reference: Images, candidate: Images, *, data_range: float) -> Floats:
    """Return the mean structural similarity of each pair of images.

    Gaussian window of 11 by 11 pixels with sigma 1.5, K1 = 0.01, K2 = 0.03, population covariance;
    averaged over the windows inside the image and over the channels. The same as scikit-image's
    ``structural_similarity(x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    data_range=..., channel_axis=-1)`` [2]_, whose defaults are another variant.

    Parameters
    ----------
    reference, candidate : ndarray, (N, H, W, C)
        H and W at least 11.
    data_range : float
        Distance between the lowest and the highest possible intensity.

    Returns
    -------
    ndarray, float64 (N,)
        At most 1, which identical images give exactly; negative where structures are opposed.

    Raises
    ------
    LabError
        If a side is shorter than 11 pixels, the arrays cannot be compared, or `data_range` is not above 0.

    References
    ----------
    .. [1] Wang, Bovik, Sheikh & Simoncelli (2004), Image quality assessment: from error visibility to
       structural similarity, IEEE Transactions on Image Processing 13(4), 600-612,
       doi:10.1109/TIP.2003.819861
    .. [2] https://scikit-image.org/docs/stable/api/skimage.metrics.html

    Examples
    --------
    >>> image = np.linspace(0, 1, 256).reshape(1, 16, 16, 1)
    >>> ssim(image, image, data_range=1.0)
    array([1.])
    """
    return structural_similarity(reference, candidate, data_range, _WINDOW)


SPEC = MetricSpec(
    name="ssim",
    label=N_("Structural similarity"),
    symbol=N_("SSIM (Gaussian window)"),
    unit="",
    direction="higher",
    definition=N_(
        "Agreement of brightness, contrast and structure in sliding Gaussian windows of 11 × 11 pixels (sigma 1.5), "
        "averaged over the image; 1 means identical."
    ),
    equation=(
        r"\mathrm{SSIM}(x, y) = \frac{(2 \mu_x \mu_y + C_1)(2 \sigma_{xy} + C_2)}"
        r"{(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)},"
        r"\quad C_1 = (0.01 R)^2,\; C_2 = (0.03 R)^2"
    ),
    source=(
        "Wang, Bovik, Sheikh & Simoncelli (2004), Image quality assessment: from error visibility to structural "
        "similarity, IEEE Transactions on Image Processing 13(4), 600-612, doi:10.1109/TIP.2003.819861"
    ),
    per_image=ssim,
    decimals=4,
    order=30,
)
