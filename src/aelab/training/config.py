"""What is chosen for a training beside the architecture's own settings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from aelab.errors import LabError
from aelab.fields import Config, check_keys, field
from aelab.models import models
from aelab.models.spec import ModelConfig, ModelSpec, Shape

_FEWEST_EPOCHS = 2
_MOST_EPOCHS = 150
_ENOUGH_STEPS = 2700  # of the optimiser, where images are few: MNIST has as many in six epochs
_FEW_PHOTOS = 2000
_VALUES_OF_A_DIGIT = 784

Augmentation = Literal["none", "mirror", "shift", "both"]


@dataclass(frozen=True)
class TrainingConfig(Config):
    """Settings that every training has.

    The learning rate is where a cosine schedule begins; it ends at zero with the last epoch [1]_.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "SGDR: Stochastic gradient descent with warm restarts", ICLR
       2017. arXiv:1608.03983
    """

    epochs: int = field(10, "Epochs", "How often every training image is seen.", low=1, high=5000, scale="log")
    batch_size: int = field(
        128, "Batch size", "Images per step of the optimiser.", low=1, high=8192, unit="images", scale="log"
    )
    learning_rate: float = field(
        0.002,
        "Learning rate",
        "Size of Adam's first steps; a cosine takes it to zero.",
        low=1e-7,
        high=100.0,
        scale="log",
    )
    seed: int = field(0, "Seed", "Makes chance repeatable: the same seed gives the same run.", low=0, high=2**31 - 1)
    limit: int = field(
        0,
        "Images to use",
        "Training images, evenly drawn; 0 uses all of them.",
        low=0,
        high=100_000_000,
    )
    augment: Augmentation = field(
        "none",
        "Vary images",
        "Whether images are mirrored (left to right) at random, shifted by up to a sixteenth of their side, or both, "
        "each time they are seen, so that few photos teach more. A mirrored digit is another sign: only shift those.",
    )


def suggested_batch_size(images: int) -> int:
    """Return a batch size that leaves about twenty steps in an epoch: a power of two from 8 to 128, or all images.

    With the usual 128, an epoch of a hundred photos would be a single step, and the network would have
    learned nothing by the end.
    """
    return min(128, max(8, 1 << max(0, (images // 20).bit_length() - 1)), max(1, images))


def usual(spec: ModelSpec, images: int, shape: Shape) -> TrainingConfig:
    """Return the settings with which a training begins, until somebody chooses.

    Parameters
    ----------
    spec : ModelSpec
    images : int
        That it learns from.
    shape : tuple of int
        (H, W, C) of each.
    """
    if spec.fit is not None:
        return _once(TrainingConfig())
    suggested = suggested_batch_size(images)
    batch_size = min(suggested, spec.usual.get("batch_size", suggested))
    chosen = TrainingConfig.parse({**spec.usual, "batch_size": batch_size})
    if spec.dense:
        slower = min(1.0, _VALUES_OF_A_DIGIT / math.prod(shape))
        chosen = replace(chosen, learning_rate=float(f"{slower * chosen.learning_rate:.1g}"))
    if shape[-1] > 1 and images < _FEW_PHOTOS:
        chosen = replace(chosen, augment="both")  # in colour: letters and digits mostly are not
    return replace(chosen, epochs=_epochs(chosen, spec, images))


def _once(chosen: TrainingConfig) -> TrainingConfig:
    """Return the settings of a closed form: what tells how to step says nothing of it, and would make another run."""
    return TrainingConfig(epochs=1, seed=chosen.seed, limit=chosen.limit)


def _epochs(chosen: TrainingConfig, spec: ModelSpec, images: int) -> int:
    """Return how many epochs are enough of few images, and not too many of a great many."""
    if spec.enough_images is not None:
        return min(chosen.epochs, max(_FEWEST_EPOCHS, spec.enough_images // max(1, images)))
    steps = math.ceil(max(1, images) / chosen.batch_size)
    return max(chosen.epochs, min(_MOST_EPOCHS, math.ceil(_ENOUGH_STEPS / steps)))


@dataclass(frozen=True)
class Plan:
    """Everything that must be known to train: the architecture, its settings, the training's."""

    model: ModelSpec
    model_config: ModelConfig
    training: TrainingConfig


def plan(model: str, settings: Mapping[str, Any]) -> Plan:
    """Sort loose settings, such as `--set` gives, into the two configs.

    Raises
    ------
    LabError
        For an unknown model, a setting neither config has, or a value out of bounds.
    """
    spec = models[model]
    own, common = spec.config.names(), TrainingConfig.names()
    check_keys(settings, own + common)
    chosen = Plan(
        spec,
        _parsed(spec, {key: value for key, value in settings.items() if key in own}),
        TrainingConfig.parse({key: value for key, value in settings.items() if key in common}),
    )
    if spec.fit is not None:
        chosen = replace(chosen, training=_once(chosen.training))
    if spec.denoises:
        _check_noise(chosen.model_config)
    return chosen


def _parsed(spec: ModelSpec, settings: Mapping[str, Any]) -> ModelConfig:
    return spec.config.parse(spec.config.suited(settings).to_json() | dict(settings))


def _check_noise(config: Any) -> None:
    from aelab.noise import noises  # noqa: PLC0415 - only denoising models pay for it

    for name, part in zip(("noise_level", "second_level"), config.corruption.parts, strict=False):
        noise = noises[part.noise]
        if part.level > noise.highest:
            raise LabError(
                "{field} must be between 0 and {high} for {noise}; it is {value}.",
                field=name,
                high=f"{noise.highest:.10g}",
                noise=noise.label,
                value=f"{part.level:.10g}",
            )
