"""Nothing at all: what a filter has to be better than."""

from __future__ import annotations

from aelab.errors import N_
from aelab.filters._images import in_range
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images


def keep(noisy: Images, known: Known) -> Images:
    """Return the images (N, H, W, C) as they are, in an array of their own."""
    return in_range(noisy)


SPEC = FilterSpec(
    name="nothing",
    label=N_("Nothing"),
    summary=N_("Leaves the noisy image as it is. What is worse than this does harm."),
    settings={},
    restore=keep,
    source="",
    equation=r"\hat{x} = \tilde{x}",
    order=0,
)
