"""How close images that the families draw are to MNIST's, as a classifier of its digits sees them.

    python benchmarks/frechet.py MNIST.npz [--rows vae,gan] [--seeds 1] [--lab FOLDER] [--set KEY=VALUE]

Each row is `aelab train` with the page's own defaults on the 54,999 training images of the import, and the Fréchet
distance of 10,000 images that it draws to the 10,000 test images.  The features are the last layer but one of a
convolutional network that is trained here on training images, the same for all rows; 10,000 of them it never sees, and
their distance to the test images is the floor.  CPU seconds are those of the whole worker.  A folder for the lab keeps
what was trained, so that rows can be measured one by one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mnist_lab import lab_with, trained

from aelab import inference, runs
from aelab.datasets.store import Dataset, open_dataset
from aelab.metrics.frechet import frechet_distance
from aelab.models.spec import Shape
from aelab.pixels import Images, to_unit
from aelab.studies import generation, prior

_PRIORS: dict[str, tuple[prior.Prior, ...]] = {
    "vae": ("normal", "mixture"),
    "wae": ("normal", "mixture"),
    "conv_ae": ("mixture",),
    "vq_vae": ("mixture",),
    "vae_gan": ("normal", "mixture"),
    "gan": ("normal",),
    "wgan_gp": ("normal",),
}
_DRAWN, _FEATURES = 10_000, 64
_LEAST_ACCURACY = 0.985
_EPOCHS, _BATCH = 4, 128


@dataclass(frozen=True)
class Judge:
    """A classifier, and what it sees in the test images and in training images that it was not trained on."""

    features: Any
    accuracy: float
    test: np.ndarray
    others: np.ndarray

    def distance(self, images: Images) -> float:
        """Return the Fréchet distance of images to the test images."""
        return frechet_distance(self.test, self.features.predict(images, batch_size=500, verbose=0))


def main() -> None:
    """Train and measure each row with each seed, and print it."""
    arguments = _arguments()
    with lab_with(arguments.mnist, arguments.lab) as folder:
        judge = _judge(open_dataset("mnist"), folder / "classifier.keras")
        print(f"classifier: {judge.accuracy:.2%} of the 10,000 test images, {_FEATURES} features")
        heads = f"{'':<10}{'codes from':<22}{'seed':>5}{'epochs':>8}{'N':>8}{'CPU s':>8}{'Fréchet distance':>18}"
        print(f"{heads}   (to the 10,000 test images; lower is better)")
        floor = frechet_distance(judge.test, judge.others)
        print(f"{'real':<10}{'(training images)':<22}{'':>13}{len(judge.others):>8}{'':>8}{floor:>18.2f}", flush=True)
        for model in arguments.rows:
            for seed in range(arguments.seeds):
                for line in _lines(judge, model, dict(arguments.settings) | {"seed": seed}):
                    print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("--rows", default=",".join(_PRIORS), type=lambda text: text.split(","))
    parser.add_argument("--seeds", default=1, type=int)
    parser.add_argument("--lab", type=Path)
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], type=lambda text: tuple(text.split("=", 1))
    )
    return parser.parse_args()


def _lines(judge: Judge, model: str, settings: dict[str, Any]) -> Iterator[str]:
    answer = trained(model, settings)
    run = runs.find(answer["run"])
    networks = inference.load(run)
    for kind in _PRIORS[model]:
        mixture = prior.fit(networks, run.images()) if kind == "mixture" else None
        images = generation.draw(networks, _DRAWN, np.random.default_rng(1), mixture=mixture)
        drawn_from = f"mixture of {mixture.components}" if mixture else "standard normal"
        of_training = f"{settings['seed']:>5}{run.plan.training.epochs:>8}{_DRAWN:>8}{answer['cpu_seconds']:>8.0f}"
        yield f"{model:<10}{drawn_from:<22}{of_training}{judge.distance(images):>18.2f}"


def _judge(dataset: Dataset, kept: Path) -> Judge:
    """Train a classifier on all training images but 10,000, or take the one that is kept."""
    import keras  # noqa: PLC0415 - seconds to import

    shuffled = np.random.default_rng(0).permutation(dataset.indices("train"))
    others, seen, test = shuffled[:_DRAWN], shuffled[_DRAWN:], dataset.indices("test")
    if kept.exists():
        classifier = keras.models.load_model(kept)
    else:
        classifier = _classifier(dataset.shape, len(dataset.class_names))
        classifier.fit(_images(dataset, seen), dataset.labels[seen], _BATCH, epochs=_EPOCHS, verbose=0)
        classifier.save(kept)
    _, accuracy = classifier.evaluate(_images(dataset, test), dataset.labels[test], verbose=0)
    assert accuracy >= _LEAST_ACCURACY, f"the classifier knows only {accuracy:.2%} of the test images"
    features = keras.Model(classifier.input, classifier.layers[-2].output)
    seen_in = [features.predict(_images(dataset, each), batch_size=500, verbose=0) for each in (test, others)]
    return Judge(features, accuracy, *seen_in)


def _classifier(shape: Shape, classes: int) -> Any:
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(0)
    image = keras.Input(shape)
    x = image
    for filters in (32, 64):
        x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Dropout(0.3)(keras.layers.Flatten()(x))
    x = keras.layers.Dense(_FEATURES, activation="relu")(x)
    classifier = keras.Model(image, keras.layers.Dense(classes, activation="softmax")(x))
    classifier.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return classifier


def _images(dataset: Dataset, indices: np.ndarray) -> Images:
    return to_unit(dataset.take(indices))


if __name__ == "__main__":
    main()
