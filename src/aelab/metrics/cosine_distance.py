"""Cosine distance: whether two images point the same way, however bright they are."""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.metrics._pairs import Images, measure_pairs
from aelab.metrics.spec import Floats, MetricSpec


def cosine_distance(reference: Images, candidate: Images, *, data_range: float) -> Floats:
    """Return one minus the cosine of the angle between each pair of images, read as vectors.

    A black image (all zeros) has no direction. Two of them are the same image and have distance 0; one
    beside another image has distance 1, as if at a right angle.

    Parameters
    ----------
    reference, candidate : ndarray, (N, H, W, C)
    data_range : float
        Distance between the lowest and the highest possible intensity; the angle does not depend on it.

    Returns
    -------
    ndarray, float64 (N,)
        From 0, the same direction, to 2, the opposite one; at most 1 where no intensity is negative.

    Raises
    ------
    LabError
        If the arrays cannot be compared or `data_range` is not above 0.

    Examples
    --------
    >>> image = np.ones((1, 2, 2, 1))
    >>> cosine_distance(image, -image, data_range=1.0)
    array([2.])
    """
    return measure_pairs(_cosine_distance, reference, candidate, data_range)


def _cosine_distance(reference: Floats, candidate: Floats) -> Floats:
    x, x_black = _directions(reference)
    y, y_black = _directions(candidate)
    # |x - y|² / 2 is 1 - x·y for unit vectors, and keeps its digits where x and y almost agree.
    distances: Floats = np.square(x - y).sum(axis=1) / 2
    distances[(x_black ^ y_black) & ~np.isnan(distances)] = 1.0
    return np.minimum(distances, 2.0)  # unit length holds to the last digit only


def _directions(images: Floats) -> tuple[Floats, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """Return the images as unit vectors (n, H W C), and which of them are black and stay zero."""
    vectors = images.reshape(len(images), -1)
    lengths = np.linalg.norm(vectors, axis=1)
    black = lengths == 0
    return vectors / np.where(black, 1.0, lengths)[:, None], black


SPEC = MetricSpec(
    name="cosine_distance",
    label=N_("Cosine distance"),
    symbol=N_("1 − cos"),
    unit="",
    direction="lower",
    definition=N_(
        "One minus the cosine of the angle between the two images, each read as one long vector; "
        "it sees the pattern and not the overall brightness, and 0 means the same pattern."
    ),
    equation=r"d_{\cos}(x, y) = 1 - \frac{x \cdot y}{\lVert x \rVert \, \lVert y \rVert}",
    source=(
        "Salton, Wong & Yang (1975), A vector space model for automatic indexing, "
        "Communications of the ACM 18(11), 613-620, doi:10.1145/361219.361220"
    ),
    per_image=cosine_distance,
    decimals=4,
    order=40,
)
