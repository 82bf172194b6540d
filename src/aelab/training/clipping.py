"""Keep images between black and white."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("aelab")
class Clip(keras.layers.Layer):  # type: ignore[misc]
    """Cut images off at 0 and 1 whenever they are looked at.

    Not in training: what is cut off has no gradient, and would never come back from below black or above white.
    """

    def call(self, images: Any, training: bool = False) -> Any:
        """Return images (B, H, W, C) in [0, 1], or, in training, as they are."""
        return images if training else ops.clip(images, 0.0, 1.0)
