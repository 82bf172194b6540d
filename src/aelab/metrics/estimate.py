"""From one value an image to one number with its uncertainty, so that no table shows a bare mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

_COVERAGE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over images and its 95% confidence interval.

    Attributes
    ----------
    mean, low, high : float
        In the unit of the values. `low` and `high` are NaN where `n` is 1: one image does not tell how
        much images differ.
    n : int
        Finite values, the ones that `mean`, `low` and `high` are made of.
    infinite : int
        Infinite values that were left out, such as the PSNR of images that came back unchanged.
    """

    mean: float
    low: float
    high: float
    n: int
    infinite: int = 0


def mean_with_interval(values: npt.ArrayLike) -> Estimate:
    """Return the mean of `values` with a 95% interval.

    The interval is Student's: mean ± t · s / √n, with n - 1 degrees of freedom. It is exact for normal
    values, close to it for the mean of a few dozen others, and says how far the mean would move with
    other test images, not with another training run. It knows nothing of a measure's bounds and may
    pass them.

    Parameters
    ----------
    values : array_like, (N,)
        One value an image.

    Returns
    -------
    Estimate
        Infinite values are counted and left out; where all are the same infinity, it is the mean. NaN is
        not left out: an image that could not be measured makes `mean`, `low` and `high` NaN. So does
        having no values at all.

    Examples
    --------
    >>> mean_with_interval([1.0, 2.0, 3.0, np.inf])
    Estimate(mean=2.0, low=-0.48413771..., high=4.48413771..., n=3, infinite=1)
    """
    values = np.asarray(values, np.float64).ravel()
    finite = values[np.isfinite(values)]
    n, infinite = len(finite), int(np.isinf(values).sum())
    if np.isnan(values).any() or len(values) == 0:
        return Estimate(np.nan, np.nan, np.nan, n, infinite)
    if n == 0:
        same = float(values[0]) if (values == values[0]).all() else np.nan
        return Estimate(same, same, same, n, infinite)
    mean = float(finite.mean())
    if n == 1:
        return Estimate(mean, np.nan, np.nan, n, infinite)
    quantile = special.stdtrit(n - 1, (1 + _COVERAGE) / 2)
    half = float(quantile * finite.std(ddof=1) / np.sqrt(n))
    return Estimate(mean, mean - half, mean + half, n, infinite)


def share_with_interval(hits: npt.ArrayLike) -> Estimate:
    """Return the share of `hits` that are true with a 95% interval, which stays within 0 and 1.

    The interval is Wilson's score interval [1]_: unlike that of a mean it is not empty where all are the same, and
    holds for rare ones too.

    Parameters
    ----------
    hits : array_like of bool, (N,)

    Returns
    -------
    Estimate
        NaN where there are none.

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
       American Statistical Association 22, 1927. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> share_with_interval([False] * 99 + [True])
    Estimate(mean=0.01, low=0.00176..., high=0.05448..., n=100, infinite=0)
    """
    hits = np.asarray(hits, bool).ravel()
    n = len(hits)
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    z, share = float(special.ndtri((1 + _COVERAGE) / 2)), float(hits.mean())
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * float(np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half), n)
