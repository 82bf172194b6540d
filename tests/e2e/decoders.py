"""Train a small network of every family that decodes, and keep what Keras makes of some codes.

Run as a program, ``python decoders.py FOLDER``, so that TensorFlow stays out of the process of the browser tests.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from labs import Kept

from aelab.datasets import sources
from aelab.models import models
from aelab.training.config import plan
from aelab.training.loop import TrainingImages, train
from aelab.training.networks import to_onnx

_SMALL = {"latent_dim": 5, "filters": 4, "depth": 2, "width": 8, "code_size": 1, "codes": 16}
_TRAINING = {"epochs": 1, "batch_size": 32}
_IMAGES, _CODES = 96, 6


def main(folder: Path) -> None:
    """Write ``family.onnx`` and ``family.npz`` (codes, labels, classes and images) of each into `folder`."""
    digits = sources["digits"].load(sources["digits"].config(), lambda share: None)
    images, labels = digits.images[:_IMAGES], digits.labels[:_IMAGES]
    for spec in models:
        if spec.decoder is None:
            continue
        settings = {name: value for name, value in _SMALL.items() if name in spec.config.names()}
        told = (labels, labels[:8]) if spec.conditional else (None, None)
        networks = train(plan(spec.name, settings | _TRAINING), TrainingImages(images, images[:8], *told), Kept())
        length = networks.decoder.input_shape[0][1] if networks.classes else networks.decoder.input_shape[1]
        codes = 2 * np.random.default_rng(0).standard_normal((_CODES, length), dtype=np.float32)
        classes = np.arange(_CODES) % max(networks.classes, 1)
        (folder / f"{spec.name}.onnx").write_bytes(to_onnx(networks.decoder))
        np.savez(
            folder / f"{spec.name}.npz",
            codes=codes,
            labels=classes,
            classes=networks.classes,
            images=networks.decode(codes, classes),
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
