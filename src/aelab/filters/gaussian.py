"""Gaussian smoothing: the average of the neighbourhood, the nearer the weightier."""

from __future__ import annotations

from scipy import ndimage

from aelab.errors import N_
from aelab.filters._images import in_range
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images


def restore(noisy: Images, known: Known, *, sigma: float) -> Images:
    """Return images (N, H, W, C) smoothed channel by channel, mirrored at their edges; `sigma` is in pixels."""
    return in_range(ndimage.gaussian_filter(noisy, (0, sigma, sigma, 0), mode="reflect"))


SPEC = FilterSpec(
    name="gaussian",
    label=N_("Gaussian smoothing"),
    summary=N_("Averages each value with its neighbours, channel by channel: grain goes, and edges with it."),
    settings={"sigma": (0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)},
    restore=restore,
    source="Gonzalez & Woods, Digital Image Processing, 4th edition (2018), section 3.5",
    equation=r"\hat{x} = G_\sigma * \tilde{x}, \quad G_\sigma(u) \propto e^{-\|u\|^2 / 2 \sigma^2}",
    order=40,
)
