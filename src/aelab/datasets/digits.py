"""The digits that come with scikit-learn: real handwriting that needs no download."""

from __future__ import annotations

import numpy as np
from PIL import Image

from aelab.datasets.spec import ImageSet, Progress, SourceSpec
from aelab.errors import N_
from aelab.fields import Config

_SIDE = 28  # MNIST's, so that what is learnt on one can be tried on the other
_HIGHEST = 16.0


def load(config: Config, progress: Progress) -> ImageSet:
    """Return the 1,797 digits of the UCI test set, 8 x 8 enlarged to 28 x 28, uint8, ink bright on black."""
    from sklearn.datasets import load_digits  # noqa: PLC0415 - takes a second, which only the first use should pay

    digits = load_digits()
    images = np.empty((len(digits.images), _SIDE, _SIDE, 1), np.uint8)
    for index, small in enumerate(digits.images):
        images[index, :, :, 0] = _enlarged(np.asarray(small, np.float32))
    progress(1.0)
    return ImageSet(
        images=images,
        labels=np.asarray(digits.target, np.int32),
        class_names=tuple(str(digit) for digit in range(10)),
        provenance={
            "source": "digits",
            "origin": N_("Optical Recognition of Handwritten Digits, as distributed with scikit-learn."),
            "citation": "E. Alpaydin and C. Kaynak (1998). UCI Machine Learning Repository. doi:10.24432/C50P49",
            "license": "CC BY 4.0",
            "processing": N_("Enlarged from 8 × 8 to 28 × 28 pixels (bicubic); 0 to 16 became 0 to 255."),
        },
    )


def _enlarged(small: np.ndarray) -> np.ndarray:
    # In floats, since bicubic overshoots: it is cut off once, at the end.
    large = Image.fromarray(small).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
    return np.clip(np.rint(np.asarray(large) * (255 / _HIGHEST)), 0, 255).astype(np.uint8)


SPEC = SourceSpec(
    name="digits",
    label=N_("Digits"),
    summary=N_("1,797 small handwritten digits that come with scikit-learn. Needs no download."),
    config=Config,
    load=load,
    order=0,
)
