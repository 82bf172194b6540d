"""The median of a square window, for a whole batch at once."""

from __future__ import annotations

from scipy import ndimage

from aelab.filters._images import in_range
from aelab.pixels import Images


def median(noisy: Images, window: int) -> Images:
    """Return images (N, H, W, C) with each value replaced by the median of its channel's window around it.

    The image is mirrored at its edges, as often as the window needs.
    """
    return in_range(ndimage.median_filter(noisy, size=(1, window, window, 1), mode="reflect"))
