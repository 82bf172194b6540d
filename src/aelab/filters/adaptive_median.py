"""The adaptive median: only values that look lost are replaced, and by a window no larger than it takes."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import ndimage

from aelab.errors import N_
from aelab.filters._images import in_range
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images

SMALLEST: Final = 3


def restore(noisy: Images, known: Known, *, largest: int) -> Images:
    """Return images (N, H, W, C) restored by the adaptive median filter, channel by channel.

    Gonzalez & Woods' algorithm [1]_ at each value z, with the least, the middle and the greatest value of a window
    around it, from 3 by 3 pixels on:

    - A. If least < middle < greatest, go to B; else the middle value may itself be noise: take the next larger
      window, and if there is none, give the middle value.
    - B. If least < z < greatest, give z, else give the middle value.

    The image is mirrored at its edges. Hwang and Haddad [2]_ call this the ranked-order based adaptive median filter.

    Parameters
    ----------
    largest : int
        Side of the largest window, odd and at least 3.

    References
    ----------
    .. [1] Gonzalez & Woods, Digital Image Processing, 4th edition (2018), section 5.3
    .. [2] Hwang & Haddad (1995), Adaptive median filters: new algorithms and results, IEEE Transactions on Image
       Processing 4(4), 499-502, doi:10.1109/83.370679
    """
    restored = np.empty_like(noisy)
    undecided = np.ones(noisy.shape, bool)
    for window in range(SMALLEST, largest + 1, 2):
        size = (1, window, window, 1)
        middle = ndimage.median_filter(noisy, size, mode="reflect")
        least = ndimage.minimum_filter(noisy, size, mode="reflect")
        greatest = ndimage.maximum_filter(noisy, size, mode="reflect")
        keeps = (least < noisy) & (noisy < greatest)
        restored[undecided] = np.where(keeps, noisy, middle)[undecided]
        trusted = (least < middle) & (middle < greatest)
        restored[undecided & ~trusted] = middle[undecided & ~trusted]  # the answer where no window is larger
        undecided &= ~trusted
        if not undecided.any():
            break
    return in_range(restored)


SPEC = FilterSpec(
    name="adaptive_median",
    label=N_("Adaptive median"),
    summary=N_(
        "Replaces only values that are the least or the greatest around them, by the median of a window that grows "
        "until it can be trusted; channel by channel."
    ),
    settings={"largest": (3, 5, 7)},
    restore=restore,
    source=(
        "Hwang & Haddad (1995), Adaptive median filters: new algorithms and results, IEEE Transactions on Image "
        "Processing 4(4), 499-502, doi:10.1109/83.370679"
    ),
    equation=(
        r"\hat{x}_i = \begin{cases} \tilde{x}_i & \text{if } \min_W \tilde{x} < \tilde{x}_i < \max_W \tilde{x} \\ "
        r"\operatorname{median}_W \tilde{x} & \text{otherwise} \end{cases}"
    ),
    order=30,
)
