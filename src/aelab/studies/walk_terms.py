"""What the walks through a latent space are and what is said of them, where a page is to explain it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aelab.errors import N_
from aelab.studies.terms import Term

DISTANCE: Final = Term(
    N_("Distance"),
    N_(
        "Euclidean, from a code to the nearest code of a test image. Where it is more than twice the usual distance "
        "from a code to the nearest other (the median), the decoder has seen nothing like it: the picture is made up."
    ),
    r"d(z) = \min_n \lVert z - z_n \rVert",
    "",
)

#: By the name of a walk.
WALKS: Final[Mapping[str, tuple[Term, ...]]] = {
    "dimensions": (
        Term(
            N_("Traversal"),
            N_(
                "One number of the code is moved from −a to +a around a base, all the others held. u is 1 where the "
                "run has a prior (its standard deviation), else the standard deviation of the codes along this "
                "number."
            ),
            r"z(s) = z_0 + s\,u_j\,e_j, \qquad s \in [-a, a]",
            "Higgins et al., beta-VAE, ICLR 2017",
        ),
        Term(
            N_("KL divergence of a dimension"),
            N_(
                "How far the posteriors of the images are from the prior along it, mean over the test images, in "
                "nats. At 0 it tells nothing of the image. A dimension is unused where the variance of the posterior "
                "means over the images is at most 0.01."
            ),
            r"\mathrm{KL}_j = \frac{1}{N}\sum_{i=1}^{N} \tfrac12\left(\mu_{ij}^2 + \sigma_{ij}^2 - 1 "
            r"- \ln \sigma_{ij}^2\right)",
            "Kingma and Welling, ICLR 2014, appendix B; Burda et al., ICLR 2016",
        ),
        Term(
            N_("Change"),
            N_(
                "Mean squared difference between the images of a row and that of the base, over steps and pixels, of "
                "intensities from 0 to 1. Higher: the dimension changes more."
            ),
            r"\frac{1}{S\,D}\sum_{s}\left\lVert g(z(s)) - g(z_0)\right\rVert^2",
            "",
        ),
        DISTANCE,
    ),
    "images": (
        Term(
            N_("Linear"),
            N_("The straight line between the two codes."),
            r"z(t) = (1 - t)\,a + t\,b",
            "",
        ),
        Term(
            N_("Spherical"),
            N_(
                "The great circle between them, ω being their angle. It keeps the length of the code where both have "
                "the same. Where there is no one circle (same direction, opposite, or zero) it is the line."
            ),
            r"z(t) = \frac{\sin((1 - t)\,\omega)}{\sin\omega}\,a + \frac{\sin(t\,\omega)}{\sin\omega}\,b",
            "Shoemake, SIGGRAPH 1985; White, arXiv:1609.04468",
        ),
        Term(
            N_("Blend"),
            N_("The pixels of the two pictures themselves; no network takes part."),
            r"x(t) = (1 - t)\,x_a + t\,x_b",
            "",
        ),
        DISTANCE,
    ),
    "groups": (
        Term(
            N_("Arithmetic"),
            N_(
                "The mean code of the images with something, minus that of the images without it, is a direction; s "
                "times of it is added to the code of the base."
            ),
            r"z(s) = z_0 + s\left(\frac{1}{|A|}\sum_{i \in A} z_i - \frac{1}{|B|}\sum_{i \in B} "
            r"z_i\right)",
            "Radford et al., ICLR 2016, section 6.3.2; White, arXiv:1609.04468",
        ),
        DISTANCE,
    ),
    "plane": (
        Term(
            N_("Quantiles"),
            N_(
                "The places between which equal shares of the normal prior lie (Φ is its distribution function), or "
                "of the codes of a run without a prior. Each image stands for equally many draws."
            ),
            r"z_i = \Phi^{-1}\!\left(\frac{i - 1/2}{S}\right), \qquad i = 1, \dots, S",
            "Kingma and Welling, ICLR 2014, figure 4",
        ),
        Term(
            N_("Equal steps"),
            N_("Evenly spaced, between the quantiles of 0.5% and of 99.5%."),
            r"z_i = z_1 + \frac{i - 1}{S - 1}\,(z_S - z_1)",
            "",
        ),
        DISTANCE,
    ),
}
