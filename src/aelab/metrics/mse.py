"""Mean squared error: the distance most autoencoders are trained to make small."""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.metrics._pairs import Images, measure_pairs
from aelab.metrics.spec import Floats, MetricSpec


def mse(reference: Images, candidate: Images, *, data_range: float) -> Floats:
    """Return the mean squared difference of each pair of images.

    Parameters
    ----------
    reference, candidate : ndarray, (N, H, W, C)
    data_range : float
        Distance between the lowest and the highest possible intensity. The value is in squared units of
        the intensity and does not depend on it; it is asked for because a number cannot be read without it.

    Returns
    -------
    ndarray, float64 (N,)
        From 0, for identical images, to `data_range` squared.

    Raises
    ------
    LabError
        If the arrays cannot be compared or `data_range` is not above 0.

    Examples
    --------
    >>> mse(np.zeros((1, 2, 2, 1)), np.full((1, 2, 2, 1), 0.5), data_range=1.0)
    array([0.25])
    """
    return measure_pairs(_mse, reference, candidate, data_range)


def _mse(reference: Floats, candidate: Floats) -> Floats:
    reference -= candidate
    errors: Floats = np.square(reference, out=reference).mean(axis=(1, 2, 3))
    return errors


SPEC = MetricSpec(
    name="mse",
    label=N_("Mean squared error"),
    symbol=N_("MSE"),
    unit="",
    direction="lower",
    definition=N_(
        "The squared difference between the two images, averaged over all pixels and channels; 0 means identical."
    ),
    equation=r"\mathrm{MSE}(x, y) = \frac{1}{HWC} \sum_{i=1}^{HWC} (x_i - y_i)^2",
    source=(
        "Wang & Bovik (2009), Mean squared error: Love it or leave it?, "
        "IEEE Signal Processing Magazine 26(1), 98-117, doi:10.1109/MSP.2008.930649"
    ),
    per_image=mse,
    decimals=5,
    order=10,
)
