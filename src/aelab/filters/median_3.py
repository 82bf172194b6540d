"""The median of 3 by 3 pixels: the classical answer to a few lost pixels."""

from __future__ import annotations

from aelab.errors import N_
from aelab.filters._medians import median
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images


def restore(noisy: Images, known: Known) -> Images:
    """Return the median of 3 by 3 values of the same channel, images (N, H, W, C) in and out."""
    return median(noisy, 3)


SPEC = FilterSpec(
    name="median_3",
    label=N_("Median 3 × 3"),
    summary=N_("Replaces each value by the middle one of 3 × 3, channel by channel: lost pixels are outvoted."),
    settings={},
    restore=restore,
    source="Tukey (1977), Exploratory Data Analysis, Addison-Wesley, chapter 7",
    equation=r"\hat{x}_i = \operatorname{median} \{ \tilde{x}_j : j \in W_{3}(i) \}",
    order=10,
)
