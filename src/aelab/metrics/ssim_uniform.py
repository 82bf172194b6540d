"""Structural similarity with uniform windows, which many programs compute: another number for the same images.

A square counts its corners as much as its middle, so that it sees a wider neighbourhood than its sides say; for one
image the two variants were seen to lie up to 0.17 apart.  It is here to be held beside numbers from elsewhere.
"""

from __future__ import annotations

from typing import Final

from aelab.errors import N_
from aelab.metrics._pairs import Images
from aelab.metrics._structure import Window, structural_similarity
from aelab.metrics.spec import Floats, MetricSpec

_SIDE: Final = 7
_WINDOW: Final = Window((1 / _SIDE,) * _SIDE, spread=_SIDE**2 / (_SIDE**2 - 1))


def ssim_uniform(reference: Images, candidate: Images, *, data_range: float) -> Floats:
    """Return the mean structural similarity of each pair of images, in uniform windows.

    Windows of 7 by 7 pixels that all count alike, K1 = 0.01, K2 = 0.03, sample covariance; averaged over the windows
    inside the image and over the channels.  The same as scikit-image's ``structural_similarity(x, y, data_range=...,
    channel_axis=-1)`` [1]_ with its defaults.

    Parameters
    ----------
    reference, candidate : ndarray, (N, H, W, C)
        H and W at least 7.
    data_range : float
        Distance between the lowest and the highest possible intensity.

    Returns
    -------
    ndarray, float64 (N,)
        At most 1, which identical images give exactly; negative where structures are opposed.

    Raises
    ------
    LabError
        If a side is shorter than 7 pixels, the arrays cannot be compared, or `data_range` is not above 0.

    References
    ----------
    .. [1] https://scikit-image.org/docs/stable/api/skimage.metrics.html

    Examples
    --------
    >>> import numpy as np
    >>> image = np.linspace(0, 1, 256).reshape(1, 16, 16, 1)
    >>> ssim_uniform(image, image, data_range=1.0)
    array([1.])
    """
    return structural_similarity(reference, candidate, data_range, _WINDOW)


SPEC = MetricSpec(
    name="ssim_uniform",
    label=N_("Structural similarity, uniform windows"),
    symbol=N_("SSIM (uniform window)"),
    unit="",
    direction="higher",
    definition=N_(
        "The same agreement in sliding squares of 7 × 7 pixels that all count alike, with sample covariance, as many "
        "programs compute it; not to be compared with SSIM in Gaussian windows."
    ),
    equation=(
        r"\mathrm{SSIM}_{7 \times 7}(x, y) = \frac{(2 \mu_x \mu_y + C_1)(2 \sigma_{xy} + C_2)}"
        r"{(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)},"
        r"\quad \mu_x = \tfrac{1}{49} \textstyle\sum x_i"
    ),
    source=(
        "Wang & Bovik (2002), A universal image quality index, IEEE Signal Processing Letters 9(3), 81-84, "
        "doi:10.1109/97.995823; constants of Wang et al. (2004), doi:10.1109/TIP.2003.819861"
    ),
    per_image=ssim_uniform,
    variant_of="ssim",
    decimals=4,
    order=31,
)
