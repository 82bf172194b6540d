"""The median of 5 by 5 pixels: for more lost pixels than 3 by 3 can outvote."""

from __future__ import annotations

from aelab.errors import N_
from aelab.filters._medians import median
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images


def restore(noisy: Images, known: Known) -> Images:
    """Return the median of 5 by 5 values of the same channel, images (N, H, W, C) in and out."""
    return median(noisy, 5)


SPEC = FilterSpec(
    name="median_5",
    label=N_("Median 5 × 5"),
    summary=N_(
        "Replaces each value by the middle one of 5 × 5, channel by channel: more noise goes, and fine lines with it."
    ),
    settings={},
    restore=restore,
    source="Tukey (1977), Exploratory Data Analysis, Addison-Wesley, chapter 7",
    equation=r"\hat{x}_i = \operatorname{median} \{ \tilde{x}_j : j \in W_{5}(i) \}",
    order=20,
)
