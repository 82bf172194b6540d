"""Replace vectors by the nearest of a codebook."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable("aelab")
class VectorQuantizer(keras.layers.Layer):  # type: ignore[misc]
    """Take a code apart into vectors, and replace each by the nearest vector of a codebook [1]_.

    Forward the codebook is in the way; backward the gradient passes as if it were not (straight-through).

    Parameters
    ----------
    codes : int
        Vectors in the codebook.
    size : int
        Numbers in each of them; it divides the numbers of the code.

    References
    ----------
    .. [1] A. van den Oord, O. Vinyals and K. Kavukcuoglu, "Neural discrete representation learning", NeurIPS 2017:
       equations 1 and 2. arXiv:1711.00937
    """

    def __init__(self, codes: int, size: int, **of_layer: Any) -> None:
        super().__init__(**of_layer)
        self.codes, self.size = codes, size

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make a codebook as wide as the codes of a fresh encoder are."""
        self.codebook = self.add_weight(
            shape=(self.codes, self.size), initializer=keras.initializers.RandomNormal(stddev=1.0), name="codebook"
        )

    def call(self, code: Any) -> Any:
        """Return codes (B, K) made of vectors of the codebook."""
        return code + ops.stop_gradient(self.nearest(code) - code)

    def nearest(self, code: Any) -> Any:
        """Return the vectors of the codebook that are nearest to those of codes (B, K), themselves (B, K)."""
        return ops.reshape(ops.take(self.codebook, self.indices(code), axis=0), ops.shape(code))

    def indices(self, code: Any) -> Any:
        """Return which vector of the codebook is nearest to each of codes (B, K), (B, K / size)."""
        vectors = ops.reshape(code, (-1, code.shape[-1] // self.size, self.size))
        distances = ops.sum(ops.square(self.codebook), axis=1) - 2.0 * ops.matmul(vectors, ops.transpose(self.codebook))
        return tf.argmin(distances, axis=-1)  # Keras' own looks at bits, which ONNX cannot

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "codes": self.codes, "size": self.size}
