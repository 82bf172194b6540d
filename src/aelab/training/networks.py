"""Build an architecture in Keras, and export it for the server as ONNX."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np

from aelab.models.spec import Shape, classes_of
from aelab.pixels import Labels, one_hot
from aelab.training.clipping import Clip
from aelab.training.config import Plan
from aelab.training.normalizing import BatchNormalization
from aelab.training.quantizer import VectorQuantizer

#: What an architecture is written against: Keras' layers, and the lab's own.
_LAYERS = SimpleNamespace(
    **vars(keras.layers) | {"BatchNormalization": BatchNormalization},
    VectorQuantizer=VectorQuantizer,
    Clip=Clip,
)


@dataclass(frozen=True)
class Networks:
    """The networks of an architecture, and the source of chance in its loss.

    Attributes
    ----------
    encoder : keras.Model or None
        (B, H, W, C) -> (B, K), or mean and log-variance, (B, K) each.
    decoder : keras.Model or None
        (B, K) -> (B, H, W, C).
    seed : keras.random.SeedGenerator
    critic : keras.Model or None
        The opponent, which is not exported: (B, H, W, C) -> (B, 1), or that and features.
    restorer : keras.Model or None
        (B, H, W, C) -> (B, H, W, C), where there are no codes.
    classes : int
        Of a conditional architecture, whose encoder and decoder take a one-hot class (B, classes) as well; else 0.
    """

    encoder: keras.Model | None
    decoder: keras.Model | None
    seed: keras.random.SeedGenerator
    critic: keras.Model | None = None
    restorer: keras.Model | None = None
    classes: int = 0

    @property
    def kept(self) -> dict[str, keras.Model]:
        """The networks that a run keeps, by name."""
        named = {"encoder": self.encoder, "decoder": self.decoder, "restorer": self.restorer}
        return {name: each for name, each in named.items() if each is not None}

    @property
    def shape(self) -> Shape:
        """(H, W, C) of the images that the last of them gives."""
        *_, last = self.kept.values()
        _, height, width, channels = last.output_shape
        return height, width, channels

    # Called as they are: `predict` spends 40 ms on any number of images, and compiling for `predict_on_batch` takes
    # longer than all snapshots of a short training.
    def encode(self, images: Any, labels: Labels | None = None) -> np.ndarray[Any, Any]:
        """Return the codes of a few hundred float32 images, (N, K); the mean, where it is a distribution.

        A conditional architecture must be told the number of each image's class (N,); another one ignores it.
        """
        assert self.encoder is not None
        codes = self.encoder(self.told(images, labels), training=False)
        return np.asarray(codes[0] if isinstance(codes, list | tuple) else codes)

    def decode(self, codes: Any, labels: Labels | None = None) -> np.ndarray[Any, Any]:
        """Return the images of a few hundred codes (N, K) and, as `encode` has it, classes: (N, H, W, C)."""
        assert self.decoder is not None
        return np.asarray(self.decoder(self.told(codes, labels), training=False))

    def told(self, given: Any, labels: Labels | None) -> Any:
        """Return what a network takes: images or codes, and beside them the class of each where it is told that."""
        if not self.classes:
            return given
        assert labels is not None
        return [given, one_hot(labels, self.classes)]

    def reconstruct(self, images: Any, labels: Labels | None = None) -> np.ndarray[Any, Any]:
        """Return what is made of a few images, (N, H, W, C): by way of their codes, where there are any."""
        if self.restorer is not None:
            return np.asarray(self.restorer(images, training=False))
        return self.decode(self.encode(images, labels), labels)


def build(plan: Plan, shape: Shape) -> Networks:
    """Make the networks with fresh weights drawn from the plan's seed.

    Raises
    ------
    LabError
        If the settings do not fit together, or with images of `shape` (H, W, C).
    """
    if plan.model.check is not None:
        plan.model.check(plan.model_config, shape)
    keras.utils.set_random_seed(plan.training.seed)
    image = keras.Input(shape, name="image")
    code = keras.Input((plan.model_config.code_length,), name="code")
    spec, config, classes = plan.model, plan.model_config, classes_of(plan.model_config)
    label = [keras.Input((classes,), name="label")] if classes else []

    def beside_label(given: Any) -> Any:
        return [given, *label] if label else given

    return Networks(
        spec.encoder and keras.Model(beside_label(image), spec.encoder(_LAYERS, image, config, *label), name="encoder"),
        spec.decoder
        and keras.Model(beside_label(code), spec.decoder(_LAYERS, code, config, shape, *label), name="decoder"),
        keras.random.SeedGenerator(plan.training.seed),
        spec.opponent and keras.Model(image, spec.opponent.network(_LAYERS, image, config), name="critic"),
        spec.restorer and keras.Model(image, spec.restorer(_LAYERS, image, config), name="restorer"),
        classes,
    )


def to_onnx(network: keras.Model) -> bytes:
    """Return a network as an ONNX file with a free batch size."""
    one = [np.zeros((1, *each.shape[1:]), np.float32) for each in network.inputs]
    network(one if len(one) > 1 else one[0])  # Keras exports what it has seen called
    folder = Path(tempfile.mkdtemp())
    try:
        network.export(folder / "network.onnx", format="onnx", verbose=False)
        return (folder / "network.onnx").read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def to_weights(networks: Networks) -> bytes:
    """Return the weights of the networks that are kept as one `.npz` file of numbered arrays, without pickles."""
    arrays = {
        f"{name}_{index}": array
        for name, network in networks.kept.items()
        for index, array in enumerate(network.get_weights())
    }
    with tempfile.TemporaryFile() as file:
        np.savez(file, allow_pickle=False, **arrays)
        file.seek(0)
        return file.read()
