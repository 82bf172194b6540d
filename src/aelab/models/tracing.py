"""Learn an architecture's shapes, parameters and arithmetic without loading TensorFlow.

`TracedLayers` stands in for `keras.layers`: the same call draws the network into a `Summary` instead
of building it.  A test holds every architecture's count against Keras' own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aelab.models.spec import ModelConfig, ModelSpec, Shape, classes_of

#: Instead of a row: what a network is given, and the class that it is told beside it.
GIVEN: Final = -1
TOLD: Final = -2


@dataclass(frozen=True)
class LayerSummary:
    """One layer.

    Attributes
    ----------
    kind : str
        What Keras calls it.
    shape : tuple of int
        Of its output, without the batch.
    parameters, multiply_adds : int
        Multiply-adds are those of one image.
    source : int
        The row whose output it takes; -1 for what the network is given, -2 for the class that it is told. Two rows of
        one source stand side by side.
    skips : tuple of int
        Earlier rows whose outputs it takes as well: what skip connections bring past the layers between.
    """

    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    source: int = GIVEN
    skips: tuple[int, ...] = ()


@dataclass
class Traced:
    """A tensor of which only the shape (without the batch) is known, and the row of the layer that gave it."""

    shape: tuple[int, ...]
    row: int = GIVEN


@dataclass
class TracedLayers:
    """The part of `keras.layers` that the architectures use; calls are recorded in `rows`."""

    rows: list[LayerSummary] = field(default_factory=list)

    def _layer(self, kind: str, output: Callable[[tuple[int, ...]], tuple[tuple[int, ...], int, int]]) -> Any:
        def call(tensor: Traced) -> Traced:
            shape, parameters, multiply_adds = output(tensor.shape)
            self.rows.append(LayerSummary(kind, shape, parameters, multiply_adds, tensor.row))
            return Traced(shape, len(self.rows) - 1)

        return call

    def _join(self, kind: str, output: Callable[[list[tuple[int, ...]]], tuple[int, ...]]) -> Any:
        def call(tensors: list[Traced]) -> Traced:
            newest, *skips = sorted((tensor.row for tensor in tensors), reverse=True)
            shape = output([tensor.shape for tensor in tensors])
            self.rows.append(LayerSummary(kind, shape, 0, 0, newest, tuple(skips)))
            return Traced(shape, len(self.rows) - 1)

        return call

    def Dense(self, units: int, activation: str | None = None, name: str | None = None) -> Any:
        """Stand in for `keras.layers.Dense`."""
        return self._layer("Dense", lambda s: ((units,), (s[-1] + 1) * units, s[-1] * units))

    def Conv2D(
        self,
        filters: int,
        kernel: int,
        strides: int = 1,
        padding: str = "same",
        use_bias: bool = True,
        activation: str | None = None,
        kernel_initializer: str = "glorot_uniform",
        name: str | None = None,
    ) -> Any:
        """Stand in for `keras.layers.Conv2D` with `padding="same"`."""

        def output(s: tuple[int, ...]) -> tuple[tuple[int, ...], int, int]:
            shape = (-(-s[0] // strides), -(-s[1] // strides), filters)
            weights = kernel * kernel * s[2] * filters
            return shape, weights + use_bias * filters, weights * shape[0] * shape[1]

        return self._layer("Conv2D", output)

    def Conv2DTranspose(
        self,
        filters: int,
        kernel: int,
        strides: int = 1,
        padding: str = "same",
        use_bias: bool = True,
        activation: str | None = None,
        kernel_initializer: str = "glorot_uniform",
    ) -> Any:
        """Stand in for `keras.layers.Conv2DTranspose` with `padding="same"`."""

        def output(s: tuple[int, ...]) -> tuple[tuple[int, ...], int, int]:
            weights = kernel * kernel * s[2] * filters
            return (s[0] * strides, s[1] * strides, filters), weights + use_bias * filters, weights * s[0] * s[1]

        return self._layer("Conv2DTranspose", output)

    def BatchNormalization(self, momentum: float = 0.99) -> Any:
        """Stand in for `keras.layers.BatchNormalization`."""
        return self._layer("BatchNormalization", lambda s: (s, 4 * s[-1], 0))

    def LeakyReLU(self, negative_slope: float = 0.3) -> Any:
        """Stand in for `keras.layers.LeakyReLU`."""
        return self._layer("LeakyReLU", lambda s: (s, 0, 0))

    def ReLU(self, max_value: float | None = None) -> Any:
        """Stand in for `keras.layers.ReLU`."""
        return self._layer("ReLU", lambda s: (s, 0, 0))

    def Add(self) -> Any:
        """Stand in for `keras.layers.Add`."""
        return self._join("Add", lambda shapes: shapes[0])

    def Concatenate(self) -> Any:
        """Stand in for `keras.layers.Concatenate`: one image's channels after another's."""
        return self._join("Concatenate", lambda shapes: (*shapes[0][:-1], sum(shape[-1] for shape in shapes)))

    def MaxPooling2D(self, size: int, padding: str = "same") -> Any:
        """Stand in for `keras.layers.MaxPooling2D` with `padding="same"`."""
        return self._layer("MaxPooling2D", lambda s: ((-(-s[0] // size), -(-s[1] // size), s[2]), 0, 0))

    def Clip(self) -> Any:
        """Stand in for `aelab.training.clipping.Clip`."""
        return self._layer("Clip", lambda s: (s, 0, 0))

    def VectorQuantizer(self, codes: int, size: int, name: str | None = None) -> Any:
        """Stand in for `aelab.training.quantizer.VectorQuantizer`."""
        return self._layer("VectorQuantizer", lambda s: (s, codes * size, codes * s[-1]))

    def Flatten(self) -> Any:
        """Stand in for `keras.layers.Flatten`."""
        return self._layer("Flatten", lambda s: ((math.prod(s),), 0, 0))

    def Reshape(self, target: tuple[int, ...]) -> Any:
        """Stand in for `keras.layers.Reshape`."""
        return self._layer("Reshape", lambda s: (tuple(target), 0, 0))

    def Cropping2D(self, cropping: tuple[tuple[int, int], tuple[int, int]]) -> Any:
        """Stand in for `keras.layers.Cropping2D`."""
        (top, bottom), (left, right) = cropping
        return self._layer("Cropping2D", lambda s: ((s[0] - top - bottom, s[1] - left - right, s[2]), 0, 0))


@dataclass(frozen=True)
class Summary:
    """The layers of the networks of an architecture, in order; `opponent` is trained with them and not kept."""

    encoder: tuple[LayerSummary, ...]
    decoder: tuple[LayerSummary, ...]
    opponent: tuple[LayerSummary, ...] = ()
    restorer: tuple[LayerSummary, ...] = ()

    @property
    def kept(self) -> tuple[LayerSummary, ...]:
        """The layers of all networks that a run keeps."""
        return self.encoder + self.decoder + self.restorer

    @property
    def parameters(self) -> int:
        """Numbers in the networks, statistics of batch normalisation included, as Keras counts them."""
        return sum(row.parameters for row in self.kept)

    @property
    def multiply_adds(self) -> int:
        """Multiplications of one image's way through the networks."""
        return sum(row.multiply_adds for row in self.kept)


def summarize(spec: ModelSpec, config: ModelConfig, shape: Shape) -> Summary:
    """Trace the networks of an architecture for images of `shape` (H, W, C)."""
    encoder, decoder, opponent, restorer = (TracedLayers() for _ in range(4))
    classes = classes_of(config)
    label = [Traced((classes,), TOLD)] if classes else []
    if spec.encoder is not None:
        spec.encoder(encoder, Traced(shape), config, *label)
    if spec.decoder is not None:
        spec.decoder(decoder, Traced((config.code_length,)), config, shape, *label)
    if spec.opponent is not None:
        spec.opponent.network(opponent, Traced(shape), config)
    if spec.restorer is not None:
        spec.restorer(restorer, Traced(shape), config)
    return Summary(*(tuple(traced.rows) for traced in (encoder, decoder, opponent, restorer)))
