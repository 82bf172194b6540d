"""What filters that learn from training images share: how many are enough, and that the sizes agree."""

from __future__ import annotations

import numpy as np

from aelab.errors import LabError
from aelab.filters.spec import Known
from aelab.pixels import Images

_MOST_SMALL, _SMALL = 10_000, 1024  # images, values of one
_MOST_LARGE = 2_500  # whose eigenvectors take seconds
_MOST_VALUES = 2**24  # 64 MB of float32


def sample(images: Images) -> Images:
    """Return images evenly spread over those given: 10,000 of up to 1,024 values, 2,500 larger ones, fewer photos.

    Linear methods gain little from more. Of photos of 128 × 128 × 3 values it is 341, as many as take 64 MB. The images
    of a folder are sorted by class, so the first ones would not do.

    Raises
    ------
    LabError
        If there are none.
    """
    if not len(images):
        raise LabError("A filter that learns needs at least one training image; there are none.")
    values = images[0].size
    most = max(1, min(_MOST_SMALL if values <= _SMALL else _MOST_LARGE, _MOST_VALUES // values))
    if len(images) <= most:
        return images
    return images[np.linspace(0, len(images) - 1, most).astype(np.int64)]


def check_learned(known: Known, noisy: Images, label: str) -> None:
    """Raise a `LabError` unless something was learned, from images of the size of `noisy`."""
    if "mean" not in known:
        raise LabError("{filter} restores nothing before it has learned from training images.", filter=label)
    if known["mean"].shape != noisy.shape[1:]:
        raise LabError(
            "{filter} has learned from images of {learned} and restores only such; these are {given}.",
            filter=label,
            learned=_size(known["mean"].shape),
            given=_size(noisy.shape[1:]),
        )


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape)
