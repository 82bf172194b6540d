"""Total variation: the closest image that is made of even patches."""

from __future__ import annotations

from aelab.errors import N_
from aelab.filters._images import one_by_one
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images


def restore(noisy: Images, known: Known, *, weight: float) -> Images:
    """Return images (N, H, W, C) restored channel by channel by scikit-image's ``denoise_tv_chambolle`` [1]_.

    Parameters
    ----------
    weight : float
        Of the variation against the squared distance to the noisy image.

    References
    ----------
    .. [1] Chambolle (2004), An algorithm for total variation minimization and applications, Journal of Mathematical
       Imaging and Vision 20, 89-97, doi:10.1023/B:JMIV.0000011325.36760.1e
    """
    from skimage.restoration import denoise_tv_chambolle  # noqa: PLC0415 - takes a second that only its use need cost

    return one_by_one(lambda image: denoise_tv_chambolle(image, weight=weight, channel_axis=-1), noisy)


SPEC = FilterSpec(
    name="total_variation",
    label=N_("Total variation"),
    summary=N_("Finds a near image with as little change from pixel to pixel as possible, channel by channel."),
    settings={"weight": (0.02, 0.04, 0.06, 0.08, 0.12, 0.18, 0.25, 0.35, 0.5, 0.8)},
    restore=restore,
    source=(
        "Rudin, Osher & Fatemi (1992), Nonlinear total variation based noise removal algorithms, Physica D 60, "
        "259-268, doi:10.1016/0167-2789(92)90242-F"
    ),
    equation=r"\hat{x} = \arg\min_u \tfrac{1}{2} \| u - \tilde{x} \|^2 + \lambda \sum_i \| \nabla u_i \|",
    order=60,
)
